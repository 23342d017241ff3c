import { WeirError } from "../core/index.ts";
import type { Clock, Queue, Store, Ticket } from "../ports/index.ts";

export interface HeartbeatOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly ticket: Ticket;
  readonly leaseMs: number;
  /** How soon a cancellation is seen, milliseconds. */
  readonly pollMs: number;
  /** Aborted with `lease.lost` or `run.cancelled`: the work in progress is to stop. */
  readonly work: AbortController;
}

/** Keeps a run and its wake-up ours while it is worked on. @returns stops it, and resolves when it has stopped */
export function keepLease(options: HeartbeatOptions): () => Promise<void> {
  const stopping = new AbortController();
  const beating = beat(options, stopping.signal);
  return async () => {
    stopping.abort();
    await beating;
  };
}

async function beat(options: HeartbeatOptions, stopping: AbortSignal): Promise<void> {
  const { clock, ticket, leaseMs, pollMs, work } = options;
  let renewedAt = clock.now();
  while (await slept(clock, pollMs, stopping)) {
    if (work.signal.aborted) return;
    const due = clock.now() - renewedAt >= leaseMs / 3;
    try {
      const cancel = due
        ? await renew(options)
        : ((await options.store.runs.get(ticket.runId))?.cancelRequested ?? false);
      if (due) renewedAt = clock.now();
      if (cancel) work.abort(new WeirError("run.cancelled", `Run ${ticket.runId} was cancelled.`));
    } catch (error) {
      const lost = error instanceof WeirError && error.code === "lease.lost";
      // A database that is busy or full for a moment is no reason to throw work away; one lease later it is.
      if (lost || clock.now() - renewedAt >= leaseMs) work.abort(error);
    }
  }
}

async function renew({ store, queue, ticket, leaseMs }: HeartbeatOptions): Promise<boolean> {
  const { cancelRequested } = await store.runs.renew(ticket, leaseMs);
  await queue.extend(ticket, leaseMs);
  return cancelRequested;
}

async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return await clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );
}
