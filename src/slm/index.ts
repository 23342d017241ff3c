export { choose, chooseWhether } from "./choose.ts";
export { fitDocument } from "./fit.ts";
export { checkedObject, writeObject } from "./grammar.ts";
export { type DecodePlan, type PlannedPath, planOf, shownLoss } from "./plan/plan.ts";
export { point } from "./point.ts";
export { absentWords, proseInstruction } from "./prompts.ts";
export { quote, type Stretch } from "./quote.ts";
export type { Reading } from "./readings.ts";
export { type WindowSize, windowsOf } from "./windows.ts";
