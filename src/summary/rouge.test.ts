import { expect, test } from "vitest";
import { rouge } from "./rouge.ts";

test("a text is all of itself and nothing of another", () => {
  expect(rouge("The cat sat.", "the cat sat")).toEqual({ rouge1: 1, rouge2: 1, rougeL: 1 });
  expect(rouge("a dog", "the cat sat")).toEqual({ rouge1: 0, rouge2: 0, rougeL: 0 });
  expect(rouge("", "")).toEqual({ rouge1: 0, rouge2: 0, rougeL: 0 });
});

test("words count as often as both texts have them, pairs and order count apart", () => {
  const { rouge1, rouge2, rougeL } = rouge("the the cat", "the cat the");
  expect(rouge1).toBe(1);
  expect(rouge2).toBe(0.5);
  expect(rougeL).toBeCloseTo(2 / 3);
});
