export { courseOf, type Labelled } from "./course.ts";
export { jsonOf } from "./claims.ts";
export { learnFields } from "./lesson.ts";
export { fieldsModel } from "./model.ts";
export { modelOf } from "./pack.ts";
export { type Judged, type LearnedReader, learnedReader } from "./read.ts";
export type { Claim, Signal } from "./signals.ts";
