import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Queue, TakeOptions, Ticket } from "../../ports/index.ts";
import { type SqlContext, untaken } from "./context.ts";
import { type Db, fullWorkflows, turn, visible, withinLimits } from "./turns.ts";

/** The queue is the store's own table of wake-ups: a run and its wake-up are one transaction. */
export class SqlQueue implements Queue {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async take(options: TakeOptions): Promise<Ticket | null> {
    return await withinLimits(this.#context, async (db, full) => await this.#take(db, full, options));
  }

  async #take(db: Db, full: readonly string[], { worker, leaseMs, lane }: TakeOptions): Promise<Ticket | null> {
    const { namespace, clock, writers } = this.#context;
    const now = clock.now();
    const token = randomUUID();
    const row = await db
      .updateTable("wakeups")
      .set({ token, worker, hidden_until: now + leaseMs, relayed: 0 })
      .where("namespace", "=", namespace)
      .where("run_id", "=", (eb) =>
        eb
          .selectFrom("wakeups")
          .select("run_id")
          .where("namespace", "=", namespace)
          .where("due_at", "<=", now)
          .where((inner) => visible(inner, now))
          .$if(lane !== undefined, (query) => query.where("lane", "=", lane ?? ""))
          .$if(full.length > 0, (query) => query.where("workflow", "not in", full))
          .orderBy(turn)
          .orderBy("run_id")
          .limit(1)
          // What another taker has its hand on is not waited for, and never taken twice.
          .$if(writers === "many", (query) => query.forUpdate().skipLocked()),
      )
      .returning("run_id")
      .executeTakeFirst();
    return row ? { runId: row.run_id, token } : null;
  }

  async extend(ticket: Ticket, leaseMs: number): Promise<boolean> {
    const result = await this.#context.db
      .updateTable("wakeups")
      .set({ hidden_until: this.#context.clock.now() + leaseMs })
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", ticket.runId)
      .where("token", "=", ticket.token)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async settle(ticket: Ticket): Promise<void> {
    await this.#context.db
      .deleteFrom("wakeups")
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", ticket.runId)
      .where("token", "=", ticket.token)
      .execute();
  }

  async release(ticket: Ticket, dueAt: number): Promise<void> {
    await this.#context.db
      .updateTable("wakeups")
      .set({ ...untaken, due_at: dueAt })
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", ticket.runId)
      .where("token", "=", ticket.token)
      .execute();
    this.#context.onWake?.();
  }

  async nextDueAt(lane?: string): Promise<number | null> {
    const { db, namespace, clock } = this.#context;
    const full = await fullWorkflows(db, this.#context);
    const row = await db
      .selectFrom("wakeups")
      .select((eb) => eb.fn.min("due_at").as("at"))
      .where("namespace", "=", namespace)
      .where((eb) => visible(eb, clock.now()))
      .$if(lane !== undefined, (query) => query.where("lane", "=", lane ?? ""))
      .$if(full.length > 0, (query) => query.where("workflow", "not in", full))
      .executeTakeFirst();
    return row?.at === null || row?.at === undefined ? null : Number(row.at);
  }

  async oldestDueAt(): Promise<number | null> {
    const { db, namespace, clock } = this.#context;
    const now = clock.now();
    const row = await db
      .selectFrom("wakeups")
      .select((eb) => eb.fn.min("due_at").as("at"))
      .where("namespace", "=", namespace)
      .where("due_at", "<=", now)
      .where((eb) => visible(eb, now))
      .executeTakeFirst();
    return row?.at === null || row?.at === undefined ? null : Number(row.at);
  }

  async depth(): Promise<{ readonly due: number; readonly later: number; readonly held: number }> {
    const { db, namespace, clock } = this.#context;
    const now = clock.now();
    const held = sql<boolean>`(token is not null and hidden_until > ${now})`;
    const { all, due, taken } = await db
      .selectFrom("wakeups")
      .select(({ fn }) => [
        fn.countAll().as("all"),
        fn.countAll().filterWhere(held).as("taken"),
        fn
          .countAll()
          .filterWhere((eb) => eb.and([eb.not(held), eb("due_at", "<=", now)]))
          .as("due"),
      ])
      .where("namespace", "=", namespace)
      .executeTakeFirstOrThrow();
    return { due: Number(due), later: Number(all) - Number(due) - Number(taken), held: Number(taken) };
  }
}
