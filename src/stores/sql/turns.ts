import { type ExpressionBuilder, sql } from "kysely";
import { priorityStepMs } from "../../core/index.ts";
import { type SqlContext, type Trx, lockName } from "./context.ts";
import type { Tables } from "./tables.ts";

/** Which wake-up is next, and which may not be taken now. */

/** As the indices have it: `turnAt` of src/core. */
export const turn = sql<number>`due_at - priority * ${sql.lit(priorityStepMs)}`;

/** Nobody holds it, or whoever did has not said so for too long. */
export function visible(eb: ExpressionBuilder<Tables, "wakeups">, now: number) {
  return eb.or([eb("token", "is", null), eb("hidden_until", "<=", now)]);
}

/** A database or a transaction in it. */
export type Db = Pick<Trx, "selectFrom" | "updateTable">;

/**
 * Takes something while nobody else does, where workflows are limited: two that count at the same time
 * would both find room for one.
 * @param take told which workflows are full
 */
export async function withinLimits<T>(
  context: SqlContext,
  take: (db: Db, full: readonly string[]) => Promise<T>,
): Promise<T> {
  const { db, concurrency = {} } = context;
  if (Object.keys(concurrency).length === 0) return await take(db, []);
  return await context.begin(async (trx) => {
    await lockName(trx, context, "concurrency");
    return await take(trx, await fullWorkflows(trx, context));
  });
}

/** Workflows of which as many runs are held as may be worked on at a time. */
export async function fullWorkflows(db: Db, context: SqlContext): Promise<readonly string[]> {
  return [...(await roomOf(db, context))].filter(([, room]) => room <= 0).map(([workflow]) => workflow);
}

/** How many more runs of each limited workflow may be taken now. */
export async function roomOf(
  db: Db,
  { namespace, clock, concurrency = {} }: SqlContext,
): Promise<ReadonlyMap<string, number>> {
  const limited = Object.entries(concurrency);
  if (limited.length === 0) return new Map();
  const held = await db
    .selectFrom("wakeups")
    .select(({ fn }) => ["workflow", fn.countAll().as("count")])
    .where("namespace", "=", namespace)
    .where("worker", "is not", null)
    .where("hidden_until", ">", clock.now())
    .where(
      "workflow",
      "in",
      limited.map(([workflow]) => workflow),
    )
    .groupBy("workflow")
    .execute();
  const counts = new Map(held.map(({ workflow, count }) => [workflow, Number(count)]));
  return new Map(limited.map(([workflow, most]) => [workflow, most - (counts.get(workflow) ?? 0)]));
}
