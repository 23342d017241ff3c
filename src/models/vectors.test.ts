import { expect, test } from "vitest";
import { VectorCache, vectorKey } from "./vectors.ts";

test("the vector used longest ago makes room", () => {
  const cache = new VectorCache(2);
  const vector = Float32Array.of(1);
  cache.set("a", vector);
  cache.set("b", vector);
  expect(cache.get("a")).toBe(vector);
  cache.set("c", vector);
  expect(cache.get("b")).toBeUndefined();
  expect(cache.get("a")).toBe(vector);
});

test("the same text under another model is another vector", () => {
  expect(vectorKey("m", "text")).toBe(vectorKey("m", "text"));
  expect(vectorKey("m", "text")).not.toBe(vectorKey("n", "text"));
  expect(vectorKey("m", "ab")).not.toBe(vectorKey("ma", "b"));
});
