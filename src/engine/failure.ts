import { type Backoff, InvariantBroken, WeirError, asWeirError, delayAfter } from "../core/index.ts";
import type { Clock, RunChange, RunRecord } from "../ports/index.ts";

/** How often one run may take the model host down before it is given up. */
const hostCrashesMax = 2;

/** However long another system would have us wait. */
const retryAfterMsMax = 3_600_000;

/** The step at which a run stopped, and why. */
export interface StepFailure {
  readonly step: string;
  readonly error: WeirError;
}

/** Whatever a step threw, as an error with a code: ours as it is, a workflow's own as `step.failed`. */
export function stepError(step: string, thrown: unknown): WeirError {
  if (thrown instanceof WeirError) return thrown;
  if (thrown instanceof InvariantBroken) return asWeirError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WeirError("step.failed", `Step "${step}" failed: ${message}`, { cause: thrown });
}

/** Whether the trouble is the store's, not the run's: then the run is put back and the worker stops or waits. */
export function isStoreTrouble(error: unknown): boolean {
  return error instanceof WeirError && error.code.startsWith("store.");
}

/**
 * What becomes of a run whose step failed: again later, or the end.
 * @param random in 0..1, spreads the retries
 */
export function afterFailure(
  run: RunRecord,
  { step, error }: StepFailure,
  backoff: Backoff,
  { now, random }: Pick<Clock, "now" | "random">,
): RunChange {
  const failed = { type: "step.failed", data: { step, code: error.code, message: error.message } };
  const hostCrashes = run.hostCrashes + (error.code === "model.host-crashed" ? 1 : 0);
  if (hostCrashes > run.hostCrashes && hostCrashes >= hostCrashesMax) {
    const poison = new WeirError("run.poison", `The model process died ${hostCrashes} times at step "${step}".`);
    return { ...ended(poison), hostCrashes, events: [failed, endedEvent(poison)] };
  }
  const attempts = run.attempts + 1;
  const delay = error.next === "retry" ? delayAfter(attempts, random(), backoff) : null;
  if (delay === null) return { ...ended(error), attempts, hostCrashes, events: [failed, endedEvent(error)] };
  const until = now() + Math.max(delay, Math.min(error.retryAfterMs ?? 0, retryAfterMsMax));
  return {
    status: "waiting",
    waiting: { reason: "retry", until },
    wakeAt: until,
    attempts,
    hostCrashes,
    error: null,
    events: [failed, { type: "run.waiting", data: { reason: "retry", until, attempts } }],
  };
}

/** A run whose workflow is not the one it began with waits for a person to say what becomes of it. */
export function parked(error: WeirError): RunChange {
  const event = { type: "run.needs-migration", data: { code: error.code } };
  return { status: "needs-migration", error: error.info(), events: [event] };
}

function ended(error: WeirError): RunChange {
  return { status: "failed", error: error.info() };
}

function endedEvent(error: WeirError) {
  return { type: "run.failed", data: { code: error.code } };
}
