export { cloudStep, mergeAnswer, mergeFailure } from "./answer.ts";
export { type CloudOptions, type CloudPolicy, policyOf, shapeOf } from "./policy.ts";
export { type Planned, type Question, planQuestion } from "./question.ts";
