export { flatTruth, problemText } from "./labels.ts";
export { type Dial, type Taught, asTheyCome } from "./lessons.ts";
export { type ReadExample, sha256Of } from "./reading.ts";
export type { TeachReport, Verdict } from "./teach.ts";
export { type Teaching, createTeaching } from "./teaching.ts";
export type { TrialRequest } from "./trial.ts";
