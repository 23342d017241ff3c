export { type AnswerOptions, answersTo } from "./answers.ts";
export type { Comparison } from "./compare.ts";
export { flatTruth } from "./labels.ts";
export { type Dial, type Taught, asTheyCome, teachSteps } from "./lessons.ts";
export {
  type BytesBySha,
  type ReadDocument,
  type ReadExample,
  type ReadOptions,
  type Readings,
  readExamples,
  sha256Of,
} from "./reading.ts";
export { type TeachReport, type TeachRequest, type TeacherOptions, type Verdict, teach } from "./teach.ts";
export { reviewedLabels } from "./reviews.ts";
export { type Teaching, createTeaching } from "./teaching.ts";
export { type Trial, type TrialRequest, tryOut } from "./trial.ts";
