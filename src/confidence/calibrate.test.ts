import { describe, expect, test } from "vitest";
import { confidenceOf, fitCalibration, type Judged } from "./calibrate.ts";
import { fitLogistic, sigmoid } from "./logistic.ts";
import { auroc, calibrationError } from "./metrics.ts";
import { seeded } from "./random.ts";

/** Answers whose chance of being right is known: a logistic of two signals, and a third that says nothing. */
function answers(n: number, seed: number, shift: Readonly<Record<string, number>> = { total: 0 }): readonly Judged[] {
  const random = seeded(seed);
  const paths = Object.keys(shift);
  return Array.from({ length: n }, (_, at) => {
    const path = paths[at % paths.length] ?? "";
    const signals = { margin: random(), agreement: Math.round(random()), noise: random() };
    const chance = sigmoid(-1.5 + 4 * signals.margin + 2 * signals.agreement + (shift[path] ?? 0));
    return { path, signals, right: random() < chance };
  });
}

const judged = (rows: readonly Judged[], by: readonly Judged[]) => {
  const calibration = fitCalibration(by);
  return rows.map((row) => ({ confidence: confidenceOf(calibration, row.path, row.signals), right: row.right }));
};

describe("calibration", () => {
  test("confidences of unseen answers are as often right as they say", () => {
    const unseen = answers(4000, 2);
    for (const n of [100, 300, 2000]) {
      const error = calibrationError(judged(unseen, answers(n, 1))) ?? 1;
      expect(error).toBeLessThan(n < 300 ? 0.08 : 0.04);
    }
  });

  test("they rank nearly as well as the truth they were drawn from", () => {
    expect(auroc(judged(answers(4000, 2), answers(300, 1))) ?? 0).toBeGreaterThan(0.83);
  });

  test("each path finds its own level, an unknown path that of all", () => {
    const shift = { easy: 2, hard: -2 };
    const unseen = answers(4000, 4, shift);
    const calibration = fitCalibration(answers(800, 3, shift));
    for (const path of ["easy", "hard"]) {
      const rows = unseen.filter((row) => row.path === path);
      const mean = rows.reduce((sum, row) => sum + confidenceOf(calibration, path, row.signals), 0) / rows.length;
      expect(mean).toBeCloseTo(rows.filter(({ right }) => right).length / rows.length, 1);
    }
    const between = confidenceOf(calibration, "other", { margin: 0.5 });
    expect(between).toBeGreaterThan(confidenceOf(calibration, "hard", { margin: 0.5 }));
    expect(between).toBeLessThan(confidenceOf(calibration, "easy", { margin: 0.5 }));
  });

  test("labels without an error make nothing certain, and fewer labels are less sure", () => {
    const flawless = (n: number) =>
      fitCalibration(Array.from({ length: n }, () => ({ path: "date", signals: { margin: 1 }, right: true })));
    const [few, many] = [10, 400].map((n) => confidenceOf(flawless(n), "date", { margin: 1 }));
    expect(few).toBeLessThan(0.97);
    expect(many).toBeLessThan(0.9999);
    expect(many).toBeGreaterThan(few ?? 1);
  });

  test("the curve keeps the order of answers", () => {
    const calibration = fitCalibration(answers(1000, 5));
    expect(calibration.curve).not.toBeNull();
    const rising = Array.from({ length: 50 }, (_, at) => confidenceOf(calibration, "total", { margin: at / 50 }));
    expect(rising.every((value, at) => at === 0 || value > (rising[at - 1] ?? 1))).toBe(true);
  });

  test("survives JSON and gives the same for the same labels", () => {
    const calibration = fitCalibration(answers(600, 6));
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
    expect(fitCalibration(answers(600, 6))).toEqual(calibration);
  });

  test("nothing to learn from leaves even odds", () => {
    expect(confidenceOf(fitCalibration([]), "total", { margin: 1 })).toBe(0.5);
  });
});

describe("logistic regression", () => {
  test("finds the weights the answers were drawn with", () => {
    const random = seeded(7);
    const inputs = Array.from({ length: 20_000 }, () => Float64Array.of(1, random(), random()));
    const right = inputs.map((input) => random() < sigmoid(-1 + 3 * (input[1] ?? 0) - 2 * (input[2] ?? 0)));
    const zero = new Float64Array(3);
    const weights = fitLogistic({ inputs, right }, { prior: zero, pull: zero.map(() => 0.1) });
    for (const [at, drawn] of [-1, 3, -2].entries()) expect(Math.abs((weights[at] ?? 0) - drawn)).toBeLessThan(0.2);
  });
});
