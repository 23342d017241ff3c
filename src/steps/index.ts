export { type ClassifyOptions, classify, label } from "./classify/index.ts";
export { cloud } from "./cloud.ts";
export { type Delivery, type Target, deliver, folder, to } from "./deliver.ts";
export { type ExtractOptions, extract } from "./extract.ts";
export type { Claim, Signal } from "../learning/fields/index.ts";
export { type ReadOptions, read } from "./read.ts";
export { review } from "./review.ts";
export { type RaiseDoubt, type RuleValues, validate } from "./validate.ts";
