export { mergeAnswer, mergeFailure } from "./answer.ts";
export { cloudStep } from "./challenged.ts";
export { type CloudOptions, policyOf, shapeOf } from "./policy.ts";
export { type Question, planQuestion } from "./question.ts";
