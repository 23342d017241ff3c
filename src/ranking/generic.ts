import generic from "./generic-ranker.json" with { type: "json" };
import type { RankerProfile } from "./ranker.ts";

/** Weights by field type alone: for schemas nothing was learned for yet. */
export const genericRanker: RankerProfile = generic;
