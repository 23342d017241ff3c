import { describe, expect, it } from "vitest";
import { type Example, fit } from "./fit.ts";
import { scoreOf } from "../ranking/ranker.ts";

/** Numbers that look random and are the same every time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Choices that really follow `good - bad`, among five options each. */
function choices(n: number, seed: number): readonly Example[] {
  const random = noise(seed);
  return Array.from({ length: n }, () => {
    const options = Array.from({ length: 5 }, () => ({ good: random(), bad: random(), idle: random() }));
    const values = options.map(({ good, bad }) => 3 * good - 2 * bad);
    const best = values.indexOf(Math.max(...values));
    return { options, right: options.map((_, at) => at === best) };
  });
}

describe("learning the weights of a choice", () => {
  it("finds the signs and the proportion of what decides", () => {
    const weights = fit(choices(300, 1), { l2: 1e-3, stepsMax: 100 });
    expect(weights["good"]).toBeGreaterThan(0);
    expect((weights["good"] ?? 0) / -(weights["bad"] ?? 1)).toBeCloseTo(1.5, 0);
    expect(Math.abs(weights["idle"] ?? 0)).toBeLessThan((weights["good"] ?? 0) / 8);
  });

  it("decides choices it has not seen", () => {
    const weights = fit(choices(300, 1));
    const right = choices(200, 2).filter(({ options, right: is }) => {
      const scores = options.map((cues) => scoreOf(cues, weights));
      return is[scores.indexOf(Math.max(...scores))];
    });
    expect(right.length).toBeGreaterThan(190);
  });

  it("gives the same weights for the same examples", () => {
    expect(fit(choices(50, 3))).toEqual(fit(choices(50, 3)));
  });

  it("several right options share the credit", () => {
    const example = { options: [{ a: 1 }, { a: 1 }, { b: 1 }], right: [true, true, false] };
    const weights = fit([example, example, example]);
    expect(weights["a"]).toBeGreaterThan(weights["b"] ?? 0);
  });

  it("a stronger pull to zero gives smaller weights, and nothing to learn from gives none", () => {
    const loose = fit(choices(50, 4), { l2: 1e-4, stepsMax: 50 });
    const tight = fit(choices(50, 4), { l2: 1, stepsMax: 50 });
    expect(Math.abs(tight["good"] ?? 0)).toBeLessThan(Math.abs(loose["good"] ?? 0));
    expect(fit([{ options: [{ a: 1 }], right: [true] }])).toEqual({});
  });
});
