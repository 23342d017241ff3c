import { describe, expect, test } from "vitest";
import { incompleteBeta } from "./beta.ts";
import { chanceOfAtLeast, chanceOfAtMost, labelsNeeded, lowerBound, upperBound } from "./bounds.ts";

/** Sum of the binomial's terms: slow, and right by definition. */
function atMost(wrong: number, accepted: number, risk: number): number {
  let term = (1 - risk) ** accepted;
  let sum = term;
  for (let k = 1; k <= wrong; k += 1) {
    term *= ((accepted - k + 1) / k) * (risk / (1 - risk));
    sum += term;
  }
  return sum;
}

describe("exact bounds", () => {
  test("the labels a promise needs are those of the table", () => {
    const table = [0.05, 0.02, 0.01].map((risk) => [0, 1, 2].map((wrong) => labelsNeeded(risk, wrong)));
    expect(table).toEqual([
      [59, 93, 124],
      [149, 236, 313],
      [299, 473, 628],
    ]);
  });

  test("one label fewer does not do", () => {
    for (const risk of [0.01, 0.02, 0.05, 0.1]) {
      for (const wrong of [0, 1, 2, 5, 20]) {
        const needed = labelsNeeded(risk, wrong);
        expect(upperBound(needed, wrong)).toBeLessThanOrEqual(risk);
        expect(upperBound(needed - 1, wrong)).toBeGreaterThan(risk);
      }
    }
  });

  test("the upper bound is where the tail of the binomial is five per cent", () => {
    for (const [accepted, wrong] of [
      [10, 0],
      [59, 0],
      [100, 3],
      [1000, 17],
      [3000, 250],
    ] as const) {
      expect(atMost(wrong, accepted, upperBound(accepted, wrong))).toBeCloseTo(0.05, 9);
    }
  });

  test("known values: 3 of 100 is at most 7.57 % and at least 0.82 %", () => {
    expect(upperBound(100, 3)).toBeCloseTo(0.07571, 4);
    expect(lowerBound(100, 3)).toBeCloseTo(0.00823, 4);
  });

  test("chances agree with the sum of terms on both sides", () => {
    for (const [accepted, wrong, risk] of [
      [20, 1, 0.05],
      [200, 9, 0.02],
      [1500, 40, 0.02],
    ] as const) {
      expect(chanceOfAtMost(wrong, accepted, risk)).toBeCloseTo(atMost(wrong, accepted, risk), 10);
      expect(chanceOfAtLeast(wrong, accepted, risk)).toBeCloseTo(1 - atMost(wrong - 1, accepted, risk), 10);
    }
  });

  test("nothing accepted proves nothing, and all wrong is the worst", () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(5, 5)).toBe(1);
    expect(lowerBound(5, 0)).toBe(0);
    expect(chanceOfAtLeast(0, 10, 0.05)).toBe(1);
    expect(chanceOfAtMost(10, 10, 0.05)).toBe(1);
  });

  test("the beta function is symmetric and ends at 0 and 1", () => {
    expect(incompleteBeta(0, 2, 3)).toBe(0);
    expect(incompleteBeta(1, 2, 3)).toBe(1);
    expect(incompleteBeta(0.3, 2, 3) + incompleteBeta(0.7, 3, 2)).toBeCloseTo(1, 12);
    expect(incompleteBeta(0.25, 1, 1)).toBeCloseTo(0.25, 12);
  });
});
