import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { ground } from "./ground.ts";

const page = readText(
  new TextEncoder().encode("Signed on the 3rd day of May, 2011.\nIt lasts for two (2) years.\nTotal EUR 1.234,50"),
  10,
);

describe("a value that somebody wrote", () => {
  it.each([
    ["EUR 1.234,50", "exact"],
    ["total eur", "normalised"],
    ["2011-05-03", "normalised"],
    ["2 years", "normalised"],
    ["1234.50", "normalised"],
    ["3 years", "none"],
    ["1234.51", "none"],
    ["", "none"],
    [null, "none"],
  ] as const)("%j stands on the page: %s", (value, kind) => {
    const found = ground(value, page);
    expect(found.kind).toBe(kind);
    expect(found.spans.length > 0).toBe(kind !== "none");
  });
});
