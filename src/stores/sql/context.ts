import { type Kysely, type Selectable, type Transaction, sql } from "kysely";
import { WeirError } from "../../core/index.ts";
import type { Clock, Lease, NewEvent } from "../../ports/index.ts";
import { ask, insert } from "./ask.ts";
import type { RunsTable, Tables } from "./tables.ts";

/** What every query needs. */
export interface SqlContext {
  readonly db: Kysely<Tables>;
  /** All of it or nothing; resolves when it survives a loss of power, and with it everything that was written before. */
  transact<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  /**
   * All of it or nothing; resolves when it survives the end of this process. A loss of power may take it, until
   * the next `transact` is done. For what is merely begun: nothing is lost when it begins again. So is
   * every single statement.
   */
  begin<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  readonly clock: Clock;
  readonly namespace: string;
  /** How many transactions the database lets write at a time: with many, what they fight over has to be locked. */
  readonly writers: "one" | "many";
  /** How many runs of a workflow may be worked on at the same time, by all workers; a workflow that is not named: any number. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** Gives the space of what was deleted back, overwritten. */
  readonly compact: () => Promise<void>;
  /** Called when a wake-up was written, before it is committed. */
  readonly onWake?: () => void;
}

export type Trx = Transaction<Tables>;

/** Until the transaction ends, no other one that asks for the same name gets past this line. */
export async function lockName(trx: Trx, { namespace, writers }: SqlContext, name: string): Promise<void> {
  if (writers === "one") return;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${namespace}/${name}`}, 0))`.execute(trx);
}

export function leaseLost({ runId }: Lease): WeirError {
  return new WeirError("lease.lost", `Run ${runId} is held by another worker now.`);
}

/** The row of the run, locked for the transaction, or `lease.lost`. */
export async function fenced(trx: Trx, { namespace, clock }: SqlContext, lease: Lease): Promise<Selectable<RunsTable>> {
  const row = await trx
    .updateTable("runs")
    .set({ updated_at: clock.now() })
    .where("namespace", "=", namespace)
    .where("id", "=", lease.runId)
    .where("lease_token", "=", lease.token)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw leaseLost(lease);
  return row;
}

export async function lockedRun(
  trx: Trx,
  { namespace, clock }: SqlContext,
  id: string,
): Promise<Selectable<RunsTable>> {
  const row = await trx
    .updateTable("runs")
    .set({ updated_at: clock.now() })
    .where("namespace", "=", namespace)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new WeirError("run.unknown", `There is no run ${id}.`);
  return row;
}

/** Appends to the record of a run whose row this transaction has locked, so that numbers have no gaps. */
export async function appendEvents(
  trx: Trx,
  context: SqlContext,
  runId: string,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const [last] = await ask<{ readonly seq: number | null }>(
    trx,
    "select max(seq) as seq from events where namespace = ? and run_id = ?",
    [context.namespace, runId],
  );
  await writeEvents(trx, context, runId, Number(last?.seq ?? 0), events);
}

/** @param seq of the last one on the run's record, whose row this transaction has locked */
export async function writeEvents(
  trx: Trx,
  { namespace, clock }: SqlContext,
  runId: string,
  seq: number,
  events: readonly NewEvent[],
): Promise<void> {
  const at = clock.now();
  const rows = events.map(({ type, data }, index) => {
    return { namespace, run_id: runId, seq: seq + index + 1, at, type, data: JSON.stringify(data) };
  });
  await insert(trx, "events", rows);
}

/** Wakes a run at `dueAt`, taking the wake-up from whoever holds it. */
export async function wake(
  trx: Trx,
  { namespace, onWake }: SqlContext,
  run: Pick<Selectable<RunsTable>, "id" | "workflow_name" | "lane" | "priority">,
  dueAt: number,
): Promise<void> {
  const { workflow_name: workflow, lane, priority } = run;
  const row = { workflow, lane, priority, due_at: dueAt, ...untaken };
  await trx
    .insertInto("wakeups")
    .values({ namespace, run_id: run.id, ...row })
    .onConflict((conflict) => conflict.columns(["namespace", "run_id"]).doUpdateSet(row))
    .execute();
  onWake?.();
}

/** Columns of a wake-up that nobody holds and nobody outside the database knows of. */
export const untaken = { token: null, worker: null, hidden_until: null, relayed: 0 } as const;

export async function unwake(trx: Trx, { namespace }: SqlContext, runId: string): Promise<void> {
  await trx.deleteFrom("wakeups").where("namespace", "=", namespace).where("run_id", "=", runId).execute();
}
