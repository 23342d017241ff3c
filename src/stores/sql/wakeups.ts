import { randomUUID } from "node:crypto";
import { type ExpressionBuilder, sql } from "kysely";
import type { Queue, TakeOptions, Ticket } from "../../ports/index.ts";
import { type SqlContext, untaken } from "./context.ts";
import type { Tables } from "./tables.ts";

/** The queue is the store's own table of wake-ups: a run and its wake-up are one transaction. */
export class SqlQueue implements Queue {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async take({ worker, leaseMs, lane }: TakeOptions): Promise<Ticket | null> {
    const { db, namespace, clock, writers } = this.#context;
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
          .orderBy("priority", "desc")
          .orderBy("due_at")
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
    const row = await db
      .selectFrom("wakeups")
      .select((eb) => eb.fn.min("due_at").as("at"))
      .where("namespace", "=", namespace)
      .where((eb) => visible(eb, clock.now()))
      .$if(lane !== undefined, (query) => query.where("lane", "=", lane ?? ""))
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

/** Nobody holds it, or whoever did has not said so for too long. */
export function visible(eb: ExpressionBuilder<Tables, "wakeups">, now: number) {
  return eb.or([eb("token", "is", null), eb("hidden_until", "<=", now)]);
}
