export { type ClassifyOptions, classify } from "./classify.ts";
export { label } from "./paths.ts";
