import { InvariantBroken } from "./errors.ts";

/** A run is one workflow over one document. This table is the only place where its life is written down. */
export const transitions = {
  queued: ["running", "cancelled", "needs-migration"],
  running: ["queued", "waiting", "review", "succeeded", "failed", "cancelled", "needs-migration"],
  waiting: ["running", "queued", "cancelled", "failed", "needs-migration"],
  review: ["queued", "cancelled", "failed", "needs-migration"],
  succeeded: [],
  failed: ["queued"],
  cancelled: ["queued"],
  "needs-migration": ["queued", "cancelled"],
} as const satisfies Record<string, readonly string[]>;

/** `waiting` is kept apart here; the result shows it as `running` with its reason. */
export type RunStatus = keyof typeof transitions;

export const runStatuses = Object.keys(transitions) as readonly RunStatus[];

export type WaitReason = "retry" | "budget";

export function canMove(from: RunStatus, to: RunStatus): boolean {
  return (transitions[from] as readonly string[]).includes(to);
}

export function assertMove(from: RunStatus, to: RunStatus): void {
  if (!canMove(from, to)) throw new InvariantBroken(`A run cannot go from ${from} to ${to}.`);
}

/** Whether nothing more happens to the run unless somebody asks for it. */
export function isSettled(status: RunStatus): boolean {
  return status !== "queued" && status !== "running" && status !== "waiting";
}
