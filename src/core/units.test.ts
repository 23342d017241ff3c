import { expect, test } from "vitest";
import { parseBytes, parseDuration, writtenBytes } from "./units.ts";

test("sizes and times are read as people write them, and nothing else is", () => {
  expect(["50MB", "1.5 gb", "0", "12345"].map(parseBytes)).toEqual([50e6, 1.5e9, 0, 12_345]);
  expect(["30d", "12h", "90min", "1.5h", "2w", "7y"].map(parseDuration)).toEqual([
    30 * 864e5,
    12 * 36e5,
    54e5,
    54e5,
    14 * 864e5,
    7 * 365 * 864e5,
  ]);
  expect(["", "MB", "-1", "1e3", "5 apples", "9".repeat(30)].map(parseBytes)).toEqual(Array(6).fill(null));
  expect(["", "30", "d", "1 month", "-2d"].map(parseDuration)).toEqual(Array(5).fill(null));
});

test("bytes are written in the largest unit that leaves a number of at least one", () => {
  expect([0, 999, 1_000, 1_250_000, 340e6, 5e12].map(writtenBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "1.3 MB",
    "340 MB",
    "5.0 TB",
  ]);
});
