export { type Accepts, acceptance, type Terms } from "./accept.ts";
export { certifiedMiss, chanceOfAtLeast, chanceOfAtMost, labelsNeeded, lowerBound, upperBound } from "./bounds.ts";
export {
  type CalibrateOptions,
  type Calibration,
  confidenceOf,
  fitCalibration,
  fitTemperature,
  type Judged,
  type Signals,
} from "./calibrate.ts";
export { certify, type CertifyOptions, riskLadder, wholeDocument } from "./certificates.ts";
export {
  crossFit,
  type Fold,
  type FoldOptions,
  groupedFolds,
  populationFolds,
  spreadFolds,
  type Splittable,
} from "./folds.ts";
export { fitLogistic, type LogisticOptions, type LogisticRows, sigmoid } from "./logistic.ts";
export {
  areaUnderRiskCoverage,
  auroc,
  calibrationCurve,
  calibrationError,
  type CalibrationPoint,
  type RiskAtCoverage,
  riskCoverage,
  type Sure,
} from "./metrics.ts";
export { hash32, seeded } from "./random.ts";
export { layoutLikeness, populationOf, sourceIn, type SourceIndex, sourceIndexOf, sourcesOf } from "./sources.ts";
export { boundFor, fewestLabels, type Found, missingLabels, thresholdFor } from "./thresholds.ts";
export { oneOfEach, type Step, stepsOf, type Vote } from "./votes.ts";
export {
  type Audit,
  auditRefutes,
  auditShare,
  type Baseline,
  baselineOf,
  type Drift,
  driftOf,
  isAudited,
} from "./watch.ts";
export {
  challenge,
  type Challenge,
  type ChallengeCode,
  type Opinion,
  plausibility,
  type Statement,
  type SumPaths,
  unlikelyBelow,
} from "./challenge.ts";
export { type PageText, pageTextOf, standsOn, wordOverlap } from "./grounding.ts";
