import type { Selectable, Updateable } from "kysely";
import { InvariantBroken, type RunStatus, assertMove, isSettled } from "../../core/index.ts";
import type { RunChange, RunRecord } from "../../ports/index.ts";
import { type SqlContext, type Trx, appendEvents, unwake, wake } from "./context.ts";
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
