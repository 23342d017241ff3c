export { type FittedDocument, estimateTokens, fitDocument } from "./fit.ts";
export { type ObjectReading, type ObjectRequest, readObject } from "./grammar.ts";
export { type Pointing, type PointRequest, type Reading, point } from "./point.ts";
