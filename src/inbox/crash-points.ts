/**
 * Places between two steps on the disk or in the store, named so that a test can kill the process at
 * each of them. In production the hook does nothing.
 */
export const crashPoints = [
  "claim.folder-made",
  "claim.renamed",
  "submit.before",
  "submit.done",
  "run.recorded",
  "result.written",
  "result.linked",
  "result.placed",
  "error.placed",
  "file.linked",
  "file.placed",
] as const;

export type CrashPoint = (typeof crashPoints)[number];
export type CrashHook = (point: CrashPoint) => Promise<void>;
