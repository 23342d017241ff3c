export { acceptance, isCertified, ruling, rulingScopes } from "./accept.ts";
export { chanceOfAtLeast, labelsNeeded, lowerBound, upperBound } from "./bounds.ts";
export { type Calibration, confidenceOf, fitCalibration } from "./calibrate.ts";
export { type CertifyOptions, certify, riskLadder } from "./certificates.ts";
export { wholeDocument } from "./documents.ts";
export { type Fold, groupedFolds, populationFolds, spreadFolds, type Splittable } from "./folds.ts";
export { dot, fitLogistic, sigmoid } from "./logistic.ts";
export {
  areaUnderRiskCoverage,
  auroc,
  calibrationCurve,
  calibrationError,
  type CalibrationPoint,
  type RiskAtCoverage,
  riskCoverage,
} from "./metrics.ts";
export { hash32, seeded } from "./random.ts";
export { layoutLikeness, populationOf, sourceIn, type SourceIndex, sourceIndexOf, sourcesOf } from "./sources.ts";
export {
  auditRefutes,
  auditShare,
  type Baseline,
  baselineOf,
  driftOf,
  isAudited,
  type Mix,
  mixHasShifted,
} from "./watch.ts";
export { challenge, type Opinion, unlikelyBelow } from "./challenge.ts";
export { pageTextOf } from "./grounding.ts";
