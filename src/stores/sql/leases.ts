import { sql } from "kysely";
import type { Lease, RunChange, RunRecord } from "../../ports/index.ts";
import { applyChange } from "./change.ts";
import { type SqlContext, type Trx, appendEvents, fenced, leaseLost, lockedRun, wake } from "./context.ts";
import { updateRun } from "./row.ts";
import { toRun } from "./rows.ts";

/** Takes a run for a ticket. Null: nothing to do, or somebody else is at it. */
export async function takeLease(
  context: SqlContext,
  lease: Lease,
  worker: string,
  leaseMs: number,
): Promise<RunRecord | null> {
  const { namespace, clock } = context;
  return await context.begin(async (trx) => {
    const now = clock.now();
    const row = await trx
      .updateTable("runs")
      .set({
        status: "running",
        waiting_reason: null,
        waiting_until: null,
        updated_at: now,
        lease_token: lease.token,
        lease_worker: worker,
        lease_until: now + leaseMs,
      })
      .where("namespace", "=", namespace)
      .where("id", "=", lease.runId)
      .where("status", "in", ["queued", "waiting", "running"])
      .where((eb) => eb.or([eb("lease_token", "is", null), eb("lease_until", "<=", now)]))
      .returningAll()
      .executeTakeFirst();
    if (!row) return null;
    const first = row.started_at === null;
    await appendEvents(trx, context, row.id, [{ type: first ? "run.started" : "run.resumed", data: { worker } }]);
    if (!first) return toRun(row);
    const usage = { ...toRun(row).usage, queueMs: Math.max(0, now - row.created_at) };
    return toRun(await updateRun(trx, context, row.id, { started_at: now, usage: JSON.stringify(usage) }));
  });
}

export async function renewLease(
  { db, namespace, clock }: SqlContext,
  lease: Lease,
  leaseMs: number,
): Promise<{ readonly cancelRequested: boolean }> {
  const row = await db
    .updateTable("runs")
    .set({ lease_until: clock.now() + leaseMs })
    .where("namespace", "=", namespace)
    .where("id", "=", lease.runId)
    .where("lease_token", "=", lease.token)
    .returning("cancel_requested")
    .executeTakeFirst();
  if (!row) throw leaseLost(lease);
  return { cancelRequested: row.cancel_requested === 1 };
}

export async function commitChange(context: SqlContext, lease: Lease, change: RunChange): Promise<RunRecord> {
  return await context.transact(
    async (trx) => await applyChange(trx, context, await fenced(trx, context, lease), change),
  );
}

/** Wakes at once what dead workers held: runs in progress, and wake-ups they had taken but not begun. */
export async function freeLeases(context: SqlContext, isDead: (worker: string) => boolean): Promise<readonly string[]> {
  return await context.transact(async (trx) => {
    const leased = await holders(trx, context, "runs", "lease_worker", "id");
    const taken = await holders(trx, context, "wakeups", "worker", "run_id");
    const dead = new Map([...taken, ...leased].filter(([, worker]) => isDead(worker)));
    // In one order, so that two processes that do this at once wait for each other instead of for ever.
    const freed = [...dead.keys()].toSorted();
    for (const runId of freed) await free(trx, context, runId, dead.get(runId) ?? "");
    return freed;
  });
}

async function holders(
  trx: Trx,
  { namespace }: SqlContext,
  table: "runs" | "wakeups",
  worker: "lease_worker" | "worker",
  id: "id" | "run_id",
): Promise<readonly (readonly [runId: string, worker: string])[]> {
  const rows = await sql<{ id: string; worker: string }>`
    select ${sql.ref(id)} as id, ${sql.ref(worker)} as worker from ${sql.table(table)}
    where namespace = ${namespace} and ${sql.ref(worker)} is not null`.execute(trx);
  return rows.rows.map((row) => [row.id, row.worker] as const);
}

async function free(trx: Trx, context: SqlContext, runId: string, worker: string): Promise<void> {
  const run = await lockedRun(trx, context, runId);
  await wake(trx, context, run, context.clock.now());
  if (run.lease_worker !== worker) return;
  await updateRun(trx, context, runId, {
    status: "queued",
    lease_token: null,
    lease_worker: null,
    lease_until: null,
  });
  await appendEvents(trx, context, runId, [{ type: "run.freed", data: { worker } }]);
}
