import type { z } from "zod";
import type { endSchema } from "../api/index.ts";
import type { Clock, Service } from "../ports/index.ts";
import { isOver, toEvent, wireStatus } from "./views.ts";

/** How often a stream looks for news: soon after the last, then ever more slowly. Milliseconds. */
const pollMs = { min: 100, max: 2_000, factor: 1.5 } as const;
/** Proxies and clients take a line that is silent for longer for dead. */
const heartbeatMs = 15_000;
/** What a client waits before it asks again. */
const retryMs = 1_000;

export interface EventStreamOptions {
  readonly service: Service;
  readonly clock: Clock;
  readonly runId: string;
  /** Sequence number of the last event the client has seen; 0 for none. */
  readonly afterSeq: number;
  /** The client is gone, or the server is closing. */
  readonly signal: AbortSignal;
}

/** Frames of server-sent events, until the run is over or the signal fires. */
export async function* eventStream({ service, clock, runId, afterSeq, signal }: EventStreamOptions) {
  yield `retry: ${retryMs}\n\n`;
  let seq = afterSeq;
  let wait: number = pollMs.min;
  let spokeAt = clock.now();
  while (!signal.aborted) {
    // The run before its events: when it is over, its last event is among them.
    const run = await service.get(runId);
    const events = await service.events(runId, seq);
    for (const event of events) {
      seq = event.seq;
      yield `id: ${event.seq}\ndata: ${JSON.stringify(toEvent(event))}\n\n`;
    }
    if (!run) return;
    if (isOver(run.status)) {
      const end: z.infer<typeof endSchema> = { status: wireStatus(run.status) };
      yield `event: end\ndata: ${JSON.stringify(end)}\n\n`;
      return;
    }
    wait = events.length > 0 ? pollMs.min : Math.min(wait * pollMs.factor, pollMs.max);
    if (events.length > 0) {
      spokeAt = clock.now();
    } else if (clock.now() - spokeAt >= heartbeatMs) {
      yield ": still here\n\n";
      spokeAt = clock.now();
    }
    if (!(await slept(clock, wait, signal))) return;
  }
}

/** False when the signal cut it short. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
