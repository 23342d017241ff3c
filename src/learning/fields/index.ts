export { courseOf, type Labelled } from "./course.ts";
export { jsonOf } from "./claims.ts";
export { type Doubtful, learnFields } from "./lesson.ts";
export { fieldsModel } from "./model.ts";
export { modelOf } from "./pack.ts";
export { type Judged, type LearnedReader, learnedReader } from "./read.ts";
export type { Opinion } from "./reading.ts";
export { keyOf } from "./places.ts";
export {
  type Heard,
  heardMin,
  isUnsure,
  isWinnable,
  pooled,
  type SecondReader,
  secondReaders,
  type SecondWeights,
  winsAny,
  worthHearing,
} from "./second.ts";
export type { Claim, Signal } from "./signals.ts";
