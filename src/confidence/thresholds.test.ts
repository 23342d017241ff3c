import { describe, expect, test } from "vitest";
import { seeded } from "./random.ts";
import { boundFor, fewestLabels, missingLabels, thresholdFor } from "./thresholds.ts";
import { stepsOf, type Vote } from "./votes.ts";

/** Answers from the most confident down, "." right and "x" wrong, with all confidences different. */
function ranked(marks: string): readonly Vote[] {
  return [...marks].map((mark, at) => ({ confidence: 1 - (at + 1) / 10_000, right: mark === "." }));
}
const accepted = (marks: string, promise: "certified" | "expected", risk: number) =>
  thresholdFor(stepsOf(ranked(marks)), promise, risk)?.step.accepted ?? null;
const right = (n: number) => ".".repeat(n);

describe("certified thresholds", () => {
  test("59 right answers promise 5 %, 58 do not; 149 promise 2 %, 299 promise 1 %", () => {
    expect(accepted(right(58), "certified", 0.05)).toBeNull();
    expect(accepted(right(59), "certified", 0.05)).toBe(59);
    expect(accepted(right(148), "certified", 0.02)).toBeNull();
    expect(accepted(right(149), "certified", 0.02)).toBe(149);
    expect(accepted(right(299), "certified", 0.01)).toBe(299);
  });

  test("an early wrong answer does not end the sequence before it began", () => {
    expect(accepted(`.x${right(198)}`, "certified", 0.05)).toBe(200);
  });

  test("the sequence stops at the first test that fails, whatever comes after", () => {
    const dip = [...right(100), ..."x".repeat(30), ...right(2_000)].map((mark, at) => ({
      confidence: (at < 100 ? 0.995 : 0.9) - at / 1e6,
      right: mark === ".",
    }));
    expect(thresholdFor(stepsOf(dip), "certified", 0.05)?.step.accepted).toBeLessThan(105);
    expect(thresholdFor(stepsOf(dip), "expected", 0.05)?.step.accepted).toBe(2_130);
  });

  test("where to begin depends on confidences only: turning wrong into right never loses anything", () => {
    const random = seeded(3);
    for (let round = 0; round < 50; round += 1) {
      const marks = Array.from({ length: 300 }, (_, at) => (random() < at / 3000 ? "x" : ".")).join("");
      const before = accepted(marks, "certified", 0.05) ?? 0;
      expect(accepted(marks.replace("x", "."), "certified", 0.05) ?? 0).toBeGreaterThanOrEqual(before);
    }
  });

  test("answers of equal confidence are accepted together or not at all", () => {
    const tied = [
      ...ranked(right(100)),
      ...Array.from({ length: 50 }, (_, at) => ({ confidence: 0.5, right: at % 2 === 0 })),
    ];
    expect(thresholdFor(stepsOf(tied), "certified", 0.05)?.step.accepted).toBe(100);
    const same = Array.from({ length: 80 }, () => ({ confidence: 0.7, right: true }));
    expect(thresholdFor(stepsOf(same), "certified", 0.05)?.step).toMatchObject({ threshold: 0.7, accepted: 80 });
  });
});

describe("expected thresholds", () => {
  test("(wrong + 1) / accepted stays at or below the risk: 20 right answers do for 5 %, 50 for 2 %", () => {
    expect(accepted(right(19), "expected", 0.05)).toBeNull();
    expect(accepted(right(20), "expected", 0.05)).toBe(20);
    expect(accepted(right(50), "expected", 0.02)).toBe(50);
    expect(accepted(`${right(30)}x${right(9)}`, "expected", 0.05)).toBe(40);
    expect(accepted(`${right(30)}x${right(8)}`, "expected", 0.05)).toBe(30);
  });

  test("the lowest threshold counts, also after one that fails", () => {
    expect(accepted(`xx${right(98)}`, "expected", 0.05)).toBe(100);
  });

  test("ties are not parted", () => {
    const tied = [...ranked(right(25)), ...Array.from({ length: 5 }, (_, at) => ({ confidence: 0.5, right: at < 3 }))];
    expect(thresholdFor(stepsOf(tied), "expected", 0.05)?.step.accepted).toBe(25);
  });
});

describe("what is missing", () => {
  test("counts down to the table while no answer is wrong", () => {
    for (const [n, missing] of [
      [1, 58],
      [41, 18],
      [58, 1],
    ] as const) {
      expect(missingLabels(stepsOf(ranked(right(n))), "certified", 0.05)).toBe(missing);
    }
    expect(missingLabels([], "certified", 0.02)).toBe(149);
    expect(missingLabels([], "expected", 0.02)).toBe(50);
    expect(fewestLabels("expected", 0.01)).toBe(100);
  });

  test("more labels are missing the more were wrong, and none would do when too many were", () => {
    const missing = (marks: string) => missingLabels(stepsOf(ranked(marks)), "certified", 0.05);
    const one = missing(`x${right(49)}`) ?? 0;
    expect(one).toBeGreaterThan(43);
    expect(missing(`xx${right(48)}`) ?? 0).toBeGreaterThan(one);
    expect(missing("x".repeat(20) + right(20))).toBeNull();
  });

  test("labels enough at the same error do keep the promise", () => {
    const part = `${right(30)}x${right(19)}`;
    const more = missingLabels(stepsOf(ranked(part)), "expected", 0.05) ?? 0;
    expect(more).toBeGreaterThan(0);
    const all = part + right(more);
    expect(accepted(all, "expected", 0.05)).not.toBeNull();
  });
});

test("a bound for a set that was chosen beforehand", () => {
  expect(boundFor(59, 0, "certified", 0.05)).toBeCloseTo(0.0495, 3);
  expect(boundFor(58, 0, "certified", 0.05)).toBeNull();
  expect(boundFor(100, 1, "expected", 0.02)).toBe(0.02);
  expect(boundFor(0, 0, "expected", 0.02)).toBeNull();
});
