import { expect, test } from "vitest";
import { calibrationCurve, riskCoverage } from "./metrics.ts";

const answers = [
  { confidence: 0.9, right: true },
  { confidence: 0.9, right: false },
  { confidence: 0.8, right: true },
  { confidence: 0.1, right: false },
];

test("risk and coverage at every confidence, equal ones together", () => {
  expect(riskCoverage(answers)).toEqual([
    { threshold: 0.9, coverage: 0.5, risk: 0.5 },
    { threshold: 0.8, coverage: 0.75, risk: 1 / 3 },
    { threshold: 0.1, coverage: 1, risk: 0.5 },
  ]);
  expect(riskCoverage([])).toEqual([]);
});

test("the calibration curve compares confidence with accuracy in bins of equal size", () => {
  const curve = calibrationCurve(answers, 2);
  expect(curve.map(({ n }) => n)).toEqual([2, 2]);
  expect(curve[0]).toMatchObject({ accuracy: 0.5 });
  expect(curve[0]?.confidence).toBeCloseTo(0.45, 12);
  expect(calibrationCurve(answers.slice(0, 1), 10)).toEqual([{ n: 1, confidence: 0.9, accuracy: 1 }]);
});
