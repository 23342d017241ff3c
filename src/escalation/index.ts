export { mergeAnswer, mergeFailure } from "./answer.ts";
export { cloudStep } from "./challenged.ts";
export { isWorthLarge } from "./gain.ts";
export { type CloudOptions, policyOf, shapeOf } from "./policy.ts";
export { type Question, planQuestion } from "./question.ts";
export { tokensOf } from "./window.ts";
