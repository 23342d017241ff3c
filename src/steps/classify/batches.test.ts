import { expect, test } from "vitest";
import { batchesOf } from "./batches.ts";

const sizes = (texts: readonly string[]) => batchesOf(texts).map((batch) => batch.length);

test("short texts are embedded many at a time, long ones few at a time", () => {
  expect(sizes(Array.from({ length: 300 }, () => "where is my parcel"))).toEqual([128, 128, 44]);
  expect(sizes(Array.from({ length: 25 }, () => "a".repeat(2_000)))).toEqual([10, 10, 5]);
});

test("a text longer than a batch is a batch of its own, and the order stays", () => {
  const texts = ["first", "b".repeat(50_000), "last"];
  expect(batchesOf(texts)).toEqual([["first"], ["b".repeat(50_000)], ["last"]]);
  expect(batchesOf([])).toEqual([]);
});
