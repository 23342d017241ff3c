import { sql } from "kysely";
import type { Ticket } from "../../ports/index.ts";
import type { SqlContext } from "../sql/context.ts";
import { type Db, fullWorkflows, roomOf, turn, visible, withinLimits } from "../sql/turns.ts";

/** A wake-up as Redis is told of it. */
export interface Announcement {
  readonly runId: string;
  readonly priority: number;
  /** When it became due, or the lease of a worker that fell silent was over: new whenever the wake-up is. */
  readonly at: number;
}

interface Claim extends Ticket {
  readonly worker: string;
  readonly leaseMs: number;
}

/** What is announced at once; the rest follows with the next look. */
const batchMax = 500;

/**
 * The table of wake-ups as an outbox: a row is written in the transaction of what causes it, and says
 * by `relayed` whether Redis was told. Redis may forget anything at any time; the rows are the truth.
 */
export class Outbox {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  /** Due, held by nobody, and not yet told; first those that are to be taken first. */
  async untold(): Promise<readonly Announcement[]> {
    return await this.#announcements(0, this.#context.clock.now(), batchMax);
  }

  /** Told of longer than `ms` ago and still not taken; the first in line only, since the others' turn will come. */
  async overdue(ms: number, limit: number): Promise<readonly Announcement[]> {
    return await this.#announcements(1, this.#context.clock.now() - ms, limit);
  }

  async #announcements(relayed: 0 | 1, dueBy: number, limit: number): Promise<readonly Announcement[]> {
    const { db, namespace, clock } = this.#context;
    const room = new Map(await roomOf(db, this.#context));
    const full = [...room.keys()].filter((workflow) => (room.get(workflow) ?? 0) <= 0);
    const rows = await db
      .selectFrom("wakeups")
      .select(["run_id", "workflow", "priority", "due_at", "hidden_until"])
      .where("namespace", "=", namespace)
      .where("relayed", "=", relayed)
      .where("due_at", "<=", dueBy)
      .where((eb) => visible(eb, clock.now()))
      .$if(full.length > 0, (query) => query.where("workflow", "not in", full))
      .orderBy(turn)
      .orderBy("run_id")
      .limit(limit)
      .execute();
    // Of a limited workflow no more than can be taken: the others would be popped for nothing.
    const takeable = rows.filter(({ workflow }) => {
      const left = room.get(workflow) ?? Infinity;
      room.set(workflow, left - 1);
      return left > 0;
    });
    return takeable.map(({ run_id: runId, priority, due_at: dueAt, hidden_until: hiddenUntil }) => ({
      runId,
      priority,
      at: Math.max(dueAt, hiddenUntil ?? 0),
    }));
  }

  /** Redis has them on its disk. What was taken or changed meanwhile stays untold. */
  async told(announcements: readonly Announcement[]): Promise<void> {
    const { db, namespace, clock } = this.#context;
    const ids = announcements.map(({ runId }) => runId);
    const rows = db
      .selectFrom("wakeups")
      .select("run_id")
      .where("namespace", "=", namespace)
      .where("run_id", "in", ids)
      .where("due_at", "<=", clock.now())
      .where((eb) => visible(eb, clock.now()))
      // Whoever has a hand on a row is changing it; in one order, nobody waits for each other.
      .orderBy("run_id")
      .forUpdate()
      .skipLocked();
    await db
      .updateTable("wakeups")
      .set({ relayed: 1 })
      .where("namespace", "=", namespace)
      .where("run_id", "in", rows)
      .execute();
  }

  /** Redis has forgotten everything: it is to be told again. */
  async tellAgain(): Promise<void> {
    const { db, namespace } = this.#context;
    const rows = db
      .selectFrom("wakeups")
      .select("run_id")
      .where("namespace", "=", namespace)
      .where("relayed", "=", 1)
      .orderBy("run_id")
      .forUpdate()
      .skipLocked();
    await db
      .updateTable("wakeups")
      .set({ relayed: 0 })
      .where("namespace", "=", namespace)
      .where("run_id", "in", rows)
      .execute();
  }

  /** When the next row will be there to be told of: it becomes due, or its holder's lease is over. Null: none. */
  async nextAt(): Promise<number | null> {
    const { db, namespace } = this.#context;
    const full = await fullWorkflows(db, this.#context);
    const row = await db
      .selectFrom("wakeups")
      .select(sql<number | null>`min(greatest(due_at, coalesce(hidden_until, 0)))`.as("at"))
      .where("namespace", "=", namespace)
      .where("relayed", "=", 0)
      .$if(full.length > 0, (query) => query.where("workflow", "not in", full))
      .executeTakeFirst();
    return row?.at ?? null;
  }

  /** Takes the wake-up of this run if it is due, nobody holds it, and its workflow has room. */
  async claim(runId: string, token: string, worker: string, leaseMs: number): Promise<Ticket | null> {
    return await withinLimits(this.#context, async (db, full) => {
      const row = await this.#take(db, full, { runId, token, worker, leaseMs });
      // The word is used up: Redis is to be told again once there is room.
      if (!row && full.length > 0) await this.#untell(db, runId, full);
      return row ? { runId, token } : null;
    });
  }

  async #take(db: Db, full: readonly string[], { runId, token, worker, leaseMs }: Claim) {
    const { namespace, clock } = this.#context;
    const now = clock.now();
    return await db
      .updateTable("wakeups")
      .set({ token, worker, hidden_until: now + leaseMs, relayed: 0 })
      .where("namespace", "=", namespace)
      .where("run_id", "=", runId)
      .where("due_at", "<=", now)
      .where((eb) => visible(eb, now))
      .$if(full.length > 0, (query) => query.where("workflow", "not in", full))
      .returning("run_id")
      .executeTakeFirst();
  }

  async #untell(db: Db, runId: string, full: readonly string[]): Promise<void> {
    await db
      .updateTable("wakeups")
      .set({ relayed: 0 })
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", runId)
      .where("workflow", "in", full)
      .where("relayed", "=", 1)
      .execute();
  }
}
