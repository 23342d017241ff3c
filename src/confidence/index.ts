export { type FieldSpec, fieldsOf, type FieldType } from "./fields.ts";
export { fuse, type SlmReading } from "./fuse.ts";
export { genericRanker } from "./generic.ts";
export { type Grounding, ground } from "./ground.ts";
export type { Proposal, ProposedValue } from "./proposal.ts";
export { proposeFields, proposeFrom } from "./propose.ts";
export { type Proofs, proven } from "./proven.ts";
export type { RankerProfile } from "./ranker.ts";
export { type Survey, surveyOf } from "./survey.ts";
