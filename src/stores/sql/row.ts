import type { Selectable, Updateable } from "kysely";
import type { RunStatus } from "../../core/index.ts";
import type { SqlContext, Trx } from "./context.ts";
import type { RunsTable } from "./tables.ts";

export async function updateRun(
  trx: Trx,
  { namespace }: SqlContext,
  id: string,
  columns: Updateable<RunsTable>,
): Promise<Selectable<RunsTable>> {
  return await trx
    .updateTable("runs")
    .set(columns)
    .where("namespace", "=", namespace)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

const released = { lease_token: null, lease_worker: null, lease_until: null };

/** What else changes with the status: the lease, the wait, the end. */
export function moved(to: RunStatus, from: RunStatus, { clock }: SqlContext): Updateable<RunsTable> {
  const over = to === "succeeded" || to === "failed" || to === "cancelled";
  return {
    status: to,
    updated_at: clock.now(),
    ...(to === "running" ? {} : released),
    ...(to === "waiting" ? {} : { waiting_reason: null, waiting_until: null }),
    ...(over ? { cancel_requested: 0 } : {}),
    ...(over && from !== to ? { finished_at: clock.now() } : {}),
  };
}
