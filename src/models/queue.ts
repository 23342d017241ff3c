import { WeirError } from "../core/index.ts";
import type { CallOptions } from "../ports/index.ts";

/** A call that waits for its turn or has it. It settles once: by its answer, its limit or its signal. */
export class Job<T> {
  readonly result: Promise<T>;
  readonly #work: (job: Job<T>) => Promise<T>;
  readonly #settle: { resolve: (value: T) => void; reject: (error: unknown) => void };
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  #settled = false;
  /** What to do when the call ends early while it has its turn. */
  onGivenUp: ((why: "timeout" | "cancelled") => void) | null = null;

  constructor(work: (job: Job<T>) => Promise<T>, timeoutMs: number, { signal }: CallOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.result = promise;
    this.#settle = { resolve, reject };
    this.#work = work;
    this.#signal = signal;
    this.#timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
    signal?.addEventListener("abort", this.#abort, { once: true });
    if (signal?.aborted === true) this.#abort();
  }

  get settled(): boolean {
    return this.#settled;
  }

  async run(): Promise<void> {
    if (this.#settled) return;
    try {
      const value = await this.#work(this);
      this.#finish(() => this.#settle.resolve(value));
    } catch (thrown) {
      this.reject(thrown);
    }
  }

  reject(reason: unknown): void {
    this.#finish(() => this.#settle.reject(reason));
  }

  #expire(timeoutMs: number): void {
    if (this.#settled) return;
    this.reject(new WeirError("model.timeout", `The model did not answer within ${timeoutMs / 1000} s.`));
    this.onGivenUp?.("timeout");
  }

  readonly #abort = (): void => {
    if (this.#settled) return;
    const reason: unknown = this.#signal?.reason;
    this.reject(
      reason instanceof WeirError
        ? reason
        : new WeirError("cancelled", "The model call was cancelled.", { cause: reason }),
    );
    this.onGivenUp?.("cancelled");
  };

  #finish(how: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#abort);
    how();
  }
}

/** How often a job is passed by others of a higher priority before it has its turn. */
const passedMax = 8;

interface Waiter {
  readonly job: Job<unknown>;
  readonly priority: number;
  passed: number;
}

/** One at a time, by priority and then first come, first served; nobody waits for ever. */
export class JobQueue {
  readonly #waiting: Waiter[] = [];
  readonly #onIdle: () => void;
  #running: Promise<void> | null = null;
  #current: Job<unknown> | null = null;

  /** @param onIdle called each time the last waiting job is done */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  add<T>(job: Job<T>, priority = 0): Promise<T> {
    this.#waiting.push({ job: job as Job<unknown>, priority, passed: 0 });
    this.#running ??= this.#drain();
    return job.result;
  }

  /** Rejects everything and resolves when the job that has its turn is over. */
  async close(reason: WeirError): Promise<void> {
    for (const { job } of this.#waiting.splice(0)) job.reject(reason);
    this.#current?.reject(reason);
    await this.#running;
  }

  #next(): Job<unknown> | undefined {
    const overdue = this.#waiting.findIndex(({ passed }) => passed >= passedMax);
    const most = Math.max(...this.#waiting.map(({ priority }) => priority));
    const at = overdue >= 0 ? overdue : this.#waiting.findIndex(({ priority }) => priority === most);
    for (const waiter of this.#waiting.slice(0, Math.max(0, at))) waiter.passed += 1;
    return this.#waiting.splice(Math.max(0, at), 1)[0]?.job;
  }

  async #drain(): Promise<void> {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      this.#current = job;
      await job.run();
    }
    this.#current = null;
    this.#running = null;
    this.#onIdle();
  }
}
