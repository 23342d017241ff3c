import type { Selectable, Updateable } from "kysely";
import { InvariantBroken, type RunStatus, assertMove, isSettled } from "../../core/index.ts";
import type { Lease, RunChange, RunRecord } from "../../ports/index.ts";
import { ask } from "./ask.ts";
import { type SqlContext, type Trx, appendEvents, leaseLost, unwake, wake, writeEvents } from "./context.ts";
import { recordDecided } from "./record.ts";
import { openReview } from "./reviews.ts";
import { moved, updateRun } from "./row.ts";
import { toRun } from "./rows.ts";
import type { RunsTable } from "./tables.ts";

type Row = Selectable<RunsTable>;

/** Carries out what a worker changes about a run whose row the transaction has locked. */
export async function applyChange(trx: Trx, context: SqlContext, row: Row, change: RunChange): Promise<RunRecord> {
  const from = row.status as RunStatus;
  const to = change.review ? "review" : (change.status ?? from);
  if (to !== from) assertMove(from, to);
  const changed = await updateRun(trx, context, row.id, { ...columnsOf(change), ...moved(to, from, context) });
  await rewake(trx, context, changed, to, change.wakeAt ?? null);
  await appendEvents(trx, context, row.id, change.events ?? []);
  if (change.review) await openReview(trx, context, row.id, change.review.step);
  const run = toRun(changed);
  if (to === "succeeded" && from !== to && run.draft) await recordDecided(trx, context, run);
  return run;
}

/** Whether the run comes to a stop with the change; otherwise its worker goes on with it. */
export function isStop({ status, review, wakeAt }: RunChange): boolean {
  return (status !== undefined && status !== "running") || review !== undefined || typeof wakeAt === "number";
}

/** Whether it says no more than that a step begins, with nothing before it that was not on record: then that may be lost, and it begins again. */
export function isBeginning({ events = [], ...rest }: RunChange): boolean {
  return Object.keys(rest).length === 0 && events.length > 0 && events.every(({ type }) => type === "step.started");
}

/** Carries out a change of a run whose worker goes on with it, or throws `lease.lost`. */
export async function goOn(trx: Trx, context: SqlContext, lease: Lease, change: RunChange): Promise<null> {
  const { namespace, clock } = context;
  const columns = { ...columnsOf(change), updated_at: clock.now() };
  const set = Object.keys(columns).map((column) => `${column} = ?`);
  const [row] = await ask<{ readonly seq: number }>(
    trx,
    `update runs set ${set.join()} where namespace = ? and id = ? and lease_token = ? returning
     (select coalesce(max(seq), 0) from events where namespace = runs.namespace and run_id = runs.id) as seq`,
    [...Object.values(columns), namespace, lease.runId, lease.token],
  );
  if (!row) throw leaseLost(lease);
  await writeEvents(trx, context, lease.runId, Number(row.seq), change.events ?? []);
  return null;
}

function columnsOf(change: RunChange): Updateable<RunsTable> {
  const { workflow, waiting, draft, reading, usage, error } = change;
  return {
    ...(workflow === undefined ? {} : { workflow_version: workflow.version, workflow_hash: workflow.hash }),
    ...(waiting === undefined
      ? {}
      : { waiting_reason: waiting?.reason ?? null, waiting_until: waiting?.until ?? null }),
    ...(change.attempts === undefined ? {} : { attempts: change.attempts }),
    ...(change.hostCrashes === undefined ? {} : { host_crashes: change.hostCrashes }),
    ...(draft === undefined ? {} : { draft: JSON.stringify(draft) }),
    ...(reading === undefined ? {} : { reading: reading && JSON.stringify(reading) }),
    ...(usage === undefined ? {} : { usage: JSON.stringify(usage) }),
    ...(error === undefined ? {} : { error: error && JSON.stringify(error) }),
  };
}

/** A run that is to go on has a wake-up; one that is settled has none; a running one keeps the one its worker holds. */
async function rewake(trx: Trx, context: SqlContext, row: Row, to: RunStatus, wakeAt: number | null): Promise<void> {
  if (isSettled(to) !== (wakeAt === null) && to !== "running") {
    throw new InvariantBroken(`A ${to} run ${wakeAt === null ? "needs" : "cannot have"} a wake-up.`);
  }
  if (wakeAt !== null) await wake(trx, context, row, wakeAt);
  else if (to !== "running") await unwake(trx, context, row.id);
}
