export { type SummarizeOptions, summarize } from "./summarize.ts";
