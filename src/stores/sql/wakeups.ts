import { randomUUID } from "node:crypto";
import { type ExpressionBuilder, sql } from "kysely";
import type { Queue, TakeOptions, Ticket } from "../../ports/index.ts";
import type { SqlContext } from "./context.ts";
import type { Tables } from "./tables.ts";

/** The queue is the store's own table of wake-ups: a run and its wake-up are one transaction. */
export class SqlQueue implements Queue {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async take({ worker, leaseMs, lane }: TakeOptions): Promise<Ticket | null> {
    const { db, namespace, clock } = this.#context;
    const now = clock.now();
    const token = randomUUID();
    const row = await db
      .updateTable("wakeups")
      .set({ token, worker, hidden_until: now + leaseMs })
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
          .limit(1),
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
      .set({ token: null, worker: null, hidden_until: null, due_at: dueAt })
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", ticket.runId)
      .where("token", "=", ticket.token)
      .execute();
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
    const held = sql<boolean>`token is not null and hidden_until > ${now}`;
    const state = sql<
      "held" | "due" | "later"
    >`case when ${held} then 'held' when due_at <= ${now} then 'due' else 'later' end`;
    const rows = await db
      .selectFrom("wakeups")
      .select((eb) => [state.as("state"), eb.fn.countAll().as("count")])
      .where("namespace", "=", namespace)
      .groupBy(state)
      .execute();
    const count = (wanted: string) => Number(rows.find((row) => row.state === wanted)?.count ?? 0);
    return { due: count("due"), later: count("later"), held: count("held") };
  }
}

/** Nobody holds it, or whoever did has not said so for too long. */
function visible(eb: ExpressionBuilder<Tables, "wakeups">, now: number) {
  return eb.or([eb("token", "is", null), eb("hidden_until", "<=", now)]);
}
