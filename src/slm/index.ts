export { fitDocument } from "./fit.ts";
export { readObject } from "./grammar.ts";
export { point } from "./point.ts";
