/**
 * The moments at which a crash is interesting: an effect has happened and is not yet on record, or
 * something is on record and what follows from it is not. Tests kill the process there.
 */
export const crashPoints = [
  /** The bytes are stored, the run is not. */
  "blob-stored",
  /** The run is durable, whoever asked for it does not know yet. */
  "run-created",
  /** The wake-up is taken, the run is not leased. */
  "ticket-taken",
  /** The run is leased, nothing is done. */
  "run-leased",
  /** The record says that the step began. */
  "step-begun",
  /** The step has had its effects, the journal does not know. */
  "step-ran",
  /** A step's outcome is on record; nothing follows from it yet. */
  "step-journaled",
  /** The checkpoint after it is there; nothing was looked at since. */
  "checkpoint-stored",
  /** The run's new status is on record, the wake-up is still held. */
  "run-committed",
] as const;

type CrashPoint = (typeof crashPoints)[number];

/** Called at each point; production does nothing. */
export type AtCrashPoint = (point: CrashPoint) => void;

export const noCrash: AtCrashPoint = () => {};
