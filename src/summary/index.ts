export { alignmentOf } from "./alignment.ts";
export { type FactKind, factKinds, factsOf, statedIn } from "./facts.ts";
export { type Example, type Trial, answersOf, learnSummary, relevanceOf, trials } from "./learn.ts";
export { type SummaryModel, packSummary, unpackSummary } from "./model.ts";
export { mergeSummaries, partsOf } from "./parts.ts";
export { type Rouge, rouge } from "./rouge.ts";
export { type Sentence, type Summary, alignmentMin, summarize, uses } from "./summarize.ts";
export { titles } from "./sections.ts";
export { supportOf } from "./support.ts";
