import { setTimeout as delay } from "node:timers/promises";
import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { priorityStepMs, turnAt } from "../../core/index.ts";
import type { Announcement } from "./outbox.ts";

/** A run that Redis says is due. `done` takes the word back, `token` is new with every pop. */
export interface Popped {
  readonly runId: string;
  done(): Promise<void>;
}

/** Longer than this Redis is taken to be away, milliseconds. */
const answerMs = 2_000;
/** A pop whose process died before it took the run is given out again after about as long, milliseconds. */
const popMs = 5_000;
const reconnectMaxMs = 1_000;

/**
 * BullMQ takes 1 first and knows 2^21 priorities: whose turn it is, in tens of minutes since 2020, fits
 * for forty years. Those of the same ten minutes go as they were told.
 */
const bullPriorityMost = 2_097_152;
const bullPriority = ({ at, priority }: Announcement) =>
  Math.min(bullPriorityMost, Math.max(1, Math.floor((turnAt(at, priority) - Date.UTC(2020, 0)) / priorityStepMs)));

interface JobData {
  readonly run: string;
}

/**
 * A BullMQ queue of run ids, for all workers of a namespace. It holds nothing that is not in the
 * database too. A job's id is its wake-up's: telling Redis twice changes nothing.
 */
export class RedisWakeups {
  readonly #redis: Redis;
  readonly #queue: Queue<JobData>;
  readonly #worker: Worker<JobData>;
  readonly #markerKey: string;

  /** @param onTrouble told when Redis cannot be reached, at every try */
  constructor(url: string, namespace: string, onTrouble: (error: Error) => void) {
    this.#redis = new Redis(url, {
      // What BullMQ wants; `within` sees to it that nobody waits for ever.
      maxRetriesPerRequest: null,
      connectTimeout: answerMs,
      retryStrategy: (tries) => Math.min(tries * 100, reconnectMaxMs),
    });
    const shared = { connection: this.#redis, prefix: "weir" };
    const name = `wakeups-${namespace}`;
    const defaultJobOptions = { removeOnComplete: true, removeOnFail: true };
    this.#queue = new Queue<JobData>(name, { ...shared, defaultJobOptions });
    this.#worker = new Worker<JobData>(name, null, {
      ...shared,
      autorun: false,
      lockDuration: popMs,
      stalledInterval: popMs,
      maxStalledCount: 1_000,
    });
    this.#markerKey = this.#queue.toKey("told");
    this.#redis.on("error", onTrouble);
    this.#queue.on("error", onTrouble);
    this.#worker.on("error", onTrouble);
    void this.#worker.startStalledCheckTimer();
  }

  get isUp(): boolean {
    return this.#redis.status === "ready";
  }

  /** Waits for the first connection, no longer than for an answer. */
  async ready(): Promise<void> {
    await within(this.#queue.waitUntilReady());
  }

  /** Whether this is a Redis that nobody has told anything: new, flushed, or another one. */
  async isBlank(): Promise<boolean> {
    return (await within(this.#redis.set(this.#markerKey, "1", "NX"))) === "OK";
  }

  async tell(announcements: readonly Announcement[]): Promise<void> {
    const jobs = announcements.map((one) => ({
      name: "wake-up",
      data: { run: one.runId },
      opts: { jobId: `${one.runId}-${one.at}`, priority: bullPriority(one) },
    }));
    await within(this.#queue.addBulk(jobs));
  }

  async pop(token: string): Promise<Popped | null> {
    const job: Job<JobData> | undefined = await within(this.#worker.getNextJob(token, { block: false }));
    if (!job) return null;
    return {
      runId: job.data.run,
      done: async () => {
        // Where Redis is away the job comes up again, and is found to be nobody's.
        await within(job.moveToCompleted(null, token, false)).catch(() => {});
      },
    };
  }

  async close(): Promise<void> {
    await within(Promise.all([this.#worker.close(true), this.#queue.close()])).catch(() => {});
    this.#redis.disconnect();
  }
}

/** What takes too long is left to itself: whatever it does to Redis later does no harm. @throws RedisAway */
async function within<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const limit = delay(answerMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${answerMs} ms`);
  });
  limit.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    work.catch(() => {});
    throw new RedisAway(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    over.abort();
  }
}

/** Redis did not do what it was asked: not a reason to stop, the database knows everything too. */
export class RedisAway extends Error {}
