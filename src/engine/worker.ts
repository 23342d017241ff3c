import type { Clock, Queue, Store } from "../ports/index.ts";
import type { Runner } from "./runner.ts";

export interface WorkerOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly runner: Runner;
  readonly worker: string;
  /** Runs worked on at the same time; default 2. Models do one thing at a time whatever it says. */
  readonly concurrency?: number;
  /** How long an idle slot sleeps before it looks for work again, milliseconds; default 250. */
  readonly idleMs?: number;
  /** Told what keeps a service from working, e.g. a full disk; it goes on trying. */
  readonly onTrouble?: (error: unknown) => void;
}

/** How long a service waits after the store failed. */
const troubleMs = 5_000;
const unfinished = ["queued", "running", "waiting"] as const;

/** Takes due runs and works on them, a few at a time. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  #slots: Promise<unknown> | undefined;
  #wake = new AbortController();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Works until every run of the lane is done, failed, or waits for a person; also for those that others work on. */
  async drain(lane: string): Promise<void> {
    const { store } = this.#options;
    const isOver = async () => (await store.runs.list({ lane, status: unfinished, limit: 1 })).runs.length === 0;
    const slots = this.#inSlots(async () => await this.#slot(isOver, lane));
    this.#slots = slots;
    const failed = (await slots).find((slot) => slot.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Begins to work on whatever is due, until `stop`. */
  start(): void {
    this.#slots ??= this.#inSlots(async () => {
      while (!this.#stopping.signal.aborted) {
        await this.#slot(() => Promise.resolve(false)).catch(async (error: unknown) => {
          this.#options.onTrouble?.(error);
          await this.#sleep(troubleMs, this.#stopping.signal);
        });
      }
    });
  }

  /** Something may have become due: idle slots look at once. */
  notify(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /**
   * Ends after the steps in progress, or after `withinMs` in the middle of them; what is not done
   * then is put back and goes on where its journal ends.
   */
  async stop(withinMs = 10_000): Promise<void> {
    this.#stopping.abort();
    this.notify();
    const over = new AbortController();
    const limit = this.#abortAfter(withinMs, over.signal);
    await this.#slots;
    over.abort();
    await limit;
  }

  async #abortAfter(ms: number, over: AbortSignal): Promise<void> {
    await this.#sleep(ms, over);
    if (!over.aborted) this.#abort.abort(new Error("The worker stops."));
  }

  /** Every slot to its end; when one fails the others stop after their step. */
  async #inSlots(work: () => Promise<void>): Promise<readonly PromiseSettledResult<void>[]> {
    const count = this.#options.concurrency ?? 2;
    return await Promise.allSettled(
      Array.from({ length: count }, async () => {
        try {
          await work();
        } catch (error) {
          this.#stopping.abort();
          this.notify();
          throw error;
        }
      }),
    );
  }

  async #slot(isOver: () => Promise<boolean>, lane?: string): Promise<void> {
    const { queue, runner, worker } = this.#options;
    const stop = { stopping: this.#stopping.signal, abort: this.#abort.signal };
    while (!this.#stopping.signal.aborted) {
      // Before the look into the queue: what is added after it wakes us.
      const wake = this.#wake.signal;
      const ticket = await queue.take({ worker, leaseMs: runner.leaseMs, ...(lane === undefined ? {} : { lane }) });
      if (ticket) await runner.runOnce(ticket, stop);
      else if (await isOver()) {
        // The other slots may sleep: they fell idle while a run was still at work.
        this.notify();
        return;
      } else await this.#sleep(await this.#idleMs(lane), wake);
    }
  }

  /** Up to the next due time, and no longer than the usual pause: other processes add work without telling us. */
  async #idleMs(lane: string | undefined): Promise<number> {
    const { queue, clock, idleMs = 250 } = this.#options;
    const dueAt = await queue.nextDueAt(lane);
    return dueAt === null ? idleMs : Math.min(idleMs, Math.max(1, dueAt - clock.now()));
  }

  /** Ends early, without an error, when the signal is aborted. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
