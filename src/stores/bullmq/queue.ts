import { randomUUID } from "node:crypto";
import type { Queue, TakeOptions, Ticket } from "../../ports/index.ts";
import type { SqlContext } from "../sql/context.ts";
import { SqlQueue } from "../sql/wakeups.ts";
import { Outbox } from "./outbox.ts";
import { RedisAway, RedisWakeups } from "./redis.ts";

export interface BullQueueOptions {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  /** Of the database, whose hooks call `wake` and `committed` of this queue. */
  readonly context: SqlContext;
  /** Told when Redis stops answering and when it answers again. */
  readonly onTrouble?: (message: string) => void;
}

/** How soon Redis is told of what this process wrote, milliseconds: what is written together is told together. */
const tellMs = 20;
/** How often the outbox is looked at for what others wrote and could not tell, milliseconds. */
const lookMs = 1_000;
/** How often Redis is asked whether it has forgotten something, milliseconds. */
const sweepMs = 5_000;
/** How many of the first in line are told again at a sweep. */
const sweepMax = 100;
/** How long Redis is left alone after it did not answer, milliseconds. */
const awayMs = 1_000;
/** Stale words of Redis that one `take` puts away. */
const staleMax = 1_000;

/**
 * Wake-ups through BullMQ on Redis: whoever writes one tells Redis, workers tell it what becomes due
 * later, and ask it instead of the database what to take. Whether a run may be taken is decided by its
 * row in the database, so that nothing that Redis says twice, late or never does harm; while it is away
 * the database is asked.
 *
 * A lane belongs to one command that works on it for a while: it asks the database.
 */
export class BullQueue implements Queue {
  readonly #options: BullQueueOptions;
  readonly #table: SqlQueue;
  readonly #outbox: Outbox;
  #redis: RedisWakeups | undefined;
  /** Something was written in a transaction that may not be over. */
  #writing = false;
  /** Something was written that Redis may not know of. */
  #written = false;
  #lookAt = 0;
  #sweepAt = 0;
  #nextAt: number | null = null;
  #isAway = false;
  #awayUntil = 0;
  /** Words that were acted upon are being taken back. */
  #takingBack: Promise<unknown> = Promise.resolve();
  #telling: Promise<void> | undefined;
  #looking: Promise<boolean> | undefined;
  readonly #closing = new AbortController();

  constructor(options: BullQueueOptions) {
    this.#options = options;
    this.#table = new SqlQueue(options.context);
    this.#outbox = new Outbox(options.context);
  }

  /** This process writes a wake-up: the next `take` tells Redis of it. */
  wake(): void {
    this.#writing = true;
    this.#written = true;
  }

  /** What this process wrote is there to be read: Redis is told of it even if nobody here takes. */
  committed(): void {
    if (!this.#writing) return;
    this.#writing = false;
    // Somebody may have looked before it was there.
    this.#written = true;
    this.#telling ??= this.#tellSoon();
  }

  async #tellSoon(): Promise<void> {
    try {
      while (this.#written) {
        await this.#options.context.clock.sleep(tellMs, this.#closing.signal);
        const redis = this.#written ? await this.#reachable() : null;
        if (!redis) return;
        await this.#look(redis);
      }
    } catch {
      // It stays in the outbox; whoever looks there next tells Redis.
      this.#written = true;
    } finally {
      this.#telling = undefined;
    }
  }

  async take(options: TakeOptions): Promise<Ticket | null> {
    const redis = options.lane === undefined ? await this.#reachable() : null;
    if (!redis) return await this.#table.take(options);
    try {
      const swept = await this.#look(redis);
      const ticket = await this.#pop(redis, options);
      // What Redis has lost is found where it stands, once it has nothing else.
      return ticket ?? (swept ? await this.#table.take(options) : null);
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      this.#away(error);
      return await this.#table.take(options);
    }
  }

  async extend(ticket: Ticket, leaseMs: number): Promise<boolean> {
    return await this.#table.extend(ticket, leaseMs);
  }

  async settle(ticket: Ticket): Promise<void> {
    await this.#table.settle(ticket);
  }

  async release(ticket: Ticket, dueAt: number): Promise<void> {
    await this.#table.release(ticket, dueAt);
  }

  /** What is due is in Redis and asked for there: this is when there will be more. */
  async nextDueAt(lane?: string): Promise<number | null> {
    const redis = lane === undefined ? await this.#reachable() : null;
    if (!redis) return await this.#table.nextDueAt(lane);
    try {
      await this.#look(redis);
      return this.#nextAt;
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      this.#away(error);
      return await this.#table.nextDueAt(lane);
    }
  }

  async oldestDueAt(): Promise<number | null> {
    return await this.#table.oldestDueAt();
  }

  async depth(): Promise<{ readonly due: number; readonly later: number; readonly held: number }> {
    return await this.#table.depth();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#telling, this.#takingBack]);
    await this.#redis?.close();
  }

  /** Redis, where it answers; connected to by whoever first has something to tell or to ask. */
  async #reachable(): Promise<RedisWakeups | null> {
    if (!this.#redis) {
      const { url, context } = this.#options;
      this.#redis = new RedisWakeups(url, context.namespace, (error) => this.#away(error));
      await this.#redis.ready().catch(() => {});
    }
    if (!this.#redis.isUp || this.#options.context.clock.now() < this.#awayUntil) return null;
    if (this.#isAway) {
      this.#isAway = false;
      // It may have come back without what it knew.
      this.#written = true;
      this.#sweepAt = 0;
      this.#options.onTrouble?.("Redis answers again.");
    }
    return this.#redis;
  }

  #away(error: Error): void {
    this.#awayUntil = this.#options.context.clock.now() + awayMs;
    if (this.#isAway) return;
    this.#isAway = true;
    this.#options.onTrouble?.(`Redis does not answer (${error.message}); until it does, PostgreSQL is asked instead.`);
  }

  /** Tells Redis what is due, if it is time to. @returns whether it was time to sweep */
  async #look(redis: RedisWakeups): Promise<boolean> {
    // What another call is telling Redis just now is there when this one asks.
    while (this.#looking) await this.#looking.catch(() => {});
    const now = this.#options.context.clock.now();
    if (!this.#written && now < this.#lookAt) return false;
    this.#looking = this.#lookNow(redis, now);
    return await this.#looking.finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookNow(redis: RedisWakeups, now: number): Promise<boolean> {
    this.#written = false;
    this.#lookAt = now + lookMs;
    const sweeps = now >= this.#sweepAt;
    if (sweeps) {
      this.#sweepAt = now + sweepMs;
      await this.#sweep(redis);
    }
    const untold = await this.#outbox.untold();
    if (untold.length > 0) {
      // A word that is still there would make the same one unheard.
      await this.#takingBack;
      await redis.tell(untold);
      await this.#outbox.told(untold);
    }
    this.#nextAt = await this.#outbox.nextAt();
    this.#lookAt = Math.min(this.#lookAt, this.#nextAt ?? Infinity);
    return sweeps;
  }

  async #sweep(redis: RedisWakeups): Promise<void> {
    if (await redis.isBlank()) await this.#outbox.tellAgain();
    const overdue = await this.#outbox.overdue(sweepMs, sweepMax);
    if (overdue.length > 0) await redis.tell(overdue);
  }

  async #pop(redis: RedisWakeups, { worker, leaseMs }: TakeOptions): Promise<Ticket | null> {
    for (let stale = 0; stale < staleMax; stale++) {
      const token = randomUUID();
      const popped = await redis.pop(token);
      if (!popped) return null;
      const ticket = await this.#outbox.claim(popped.runId, token, worker, leaseMs);
      this.#takingBack = Promise.all([this.#takingBack, popped.done()]);
      if (ticket) return ticket;
    }
    return null;
  }
}
