import type { Insertable, Selectable } from "kysely";
import { type ErrorInfo, type RunStatus, WeirError, canMove, isSettled, runStatuses } from "../../core/index.ts";
import type {
  Lease,
  NewRun,
  RunChange,
  RunFilter,
  RunRecord,
  RunStore,
  Usage,
  WorkflowPin,
} from "../../ports/index.ts";
import { type SqlContext, type Trx, appendEvents, lockName, lockedRun, unwake, wake } from "./context.ts";
import { commitChange, freeLeases, renewLease, takeLease } from "./leases.ts";
import { withdrawReview } from "./reviews.ts";
import { moved, updateRun } from "./row.ts";
import { toRun } from "./rows.ts";
import type { RunsTable } from "./tables.ts";

const pageMax = 200;
const unused: Usage = { ms: 0, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 };

export class SqlRuns implements RunStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async create(run: NewRun): Promise<{ readonly run: RunRecord; readonly created: boolean }> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      const known = run.reuseKey === null ? null : await reusable(trx, context, run.reuseKey);
      if (known) return { run: known, created: false };
      if (run.rerun) wantJournal(await lockedRun(trx, context, run.rerun.runId));
      const now = context.clock.now();
      const row = await trx
        .insertInto("runs")
        .values(newRow(run, context, now))
        .returningAll()
        .executeTakeFirstOrThrow();
      await wake(trx, context, row, now);
      const data = { item: run.itemId, workflow: run.workflow.name, document: run.document.sha256 };
      await appendEvents(trx, context, run.id, [{ type: "run.queued", data }]);
      return { run: toRun(row), created: true };
    });
  }

  async get(id: string): Promise<RunRecord | null> {
    const row = await this.#context.db
      .selectFrom("runs")
      .selectAll()
      .where("namespace", "=", this.#context.namespace)
      .where("id", "=", id)
      .executeTakeFirst();
    return row ? toRun(row) : null;
  }

  async list(filter: RunFilter) {
    const limit = Math.min(filter.limit ?? 50, pageMax);
    const { status, workflow, code, lane, document, reuseKey, cursor } = filter;
    let query = this.#context.db.selectFrom("runs").selectAll().where("namespace", "=", this.#context.namespace);
    if (status !== undefined) query = query.where("status", "in", status);
    if (workflow !== undefined) query = query.where("workflow_name", "=", workflow);
    if (code !== undefined) query = query.where("error_code", "=", code);
    if (lane !== undefined) query = query.where("lane", "=", lane);
    if (document !== undefined) query = query.where("document_sha256", "=", document);
    if (reuseKey !== undefined) query = query.where("reuse_key", "=", reuseKey);
    if (cursor !== undefined) query = query.where("id", "<", cursor);
    const rows = await query
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    return { runs: page.map(toRun), cursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async counts(): Promise<Readonly<Record<RunStatus, number>>> {
    const rows = await this.#context.db
      .selectFrom("runs")
      .select(({ fn }) => ["status", fn.countAll().as("count")])
      .where("namespace", "=", this.#context.namespace)
      .groupBy("status")
      .execute();
    const found = new Map(rows.map(({ status, count }) => [status, Number(count)]));
    const all = runStatuses.map((status): [RunStatus, number] => [status, found.get(status) ?? 0]);
    return Object.fromEntries(all) as Record<RunStatus, number>;
  }

  async moveToLane(ids: readonly string[], lane: string): Promise<void> {
    const context = this.#context;
    await context.transact(async (trx) => {
      for (const id of ids.toSorted()) {
        const run = await lockedRun(trx, context, id);
        if (isSettled(run.status as RunStatus)) continue;
        await updateRun(trx, context, id, { lane });
        // What a worker is at stays in its hands; what waits is due at once, since somebody asks for it now.
        if (run.status === "running") await relane(trx, context, id, lane);
        else await wake(trx, context, { ...run, lane }, context.clock.now());
      }
    });
  }

  async lease(lease: Lease, worker: string, leaseMs: number): Promise<RunRecord | null> {
    return await takeLease(this.#context, lease, worker, leaseMs);
  }

  async renew(lease: Lease, leaseMs: number): Promise<{ readonly cancelRequested: boolean }> {
    return await renewLease(this.#context, lease, leaseMs);
  }

  async commit(lease: Lease, change: RunChange): Promise<RunRecord> {
    return await commitChange(this.#context, lease, change);
  }

  async freeLeases(isDead: (worker: string) => boolean): Promise<readonly string[]> {
    return await freeLeases(this.#context, isDead);
  }

  async cancel(id: string): Promise<RunRecord> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      const run = await lockedRun(trx, context, id);
      const status = run.status as RunStatus;
      if (!canMove(status, "cancelled")) throw new WeirError("run.state", `Run ${id} is ${status} already.`);
      const held = status === "running" && run.lease_until !== null && run.lease_until > context.clock.now();
      if (held) {
        await appendEvents(trx, context, id, [{ type: "run.cancel-requested", data: {} }]);
        return toRun(await updateRun(trx, context, id, { cancel_requested: 1 }));
      }
      await unwake(trx, context, id);
      await withdrawReview(trx, context, id);
      await appendEvents(trx, context, id, [{ type: "run.cancelled", data: {} }]);
      return toRun(await updateRun(trx, context, id, { ...moved("cancelled", status, context), error: cancelled(id) }));
    });
  }

  async park(id: string, error: ErrorInfo): Promise<RunRecord> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      const run = await lockedRun(trx, context, id);
      if (run.status !== "review") throw new WeirError("run.state", `Run ${id} is ${run.status}, not in review.`);
      await withdrawReview(trx, context, id);
      await appendEvents(trx, context, id, [{ type: "run.needs-migration", data: { code: error.code } }]);
      const columns = { ...moved("needs-migration", "review", context), error: JSON.stringify(error) };
      return toRun(await updateRun(trx, context, id, columns));
    });
  }

  async pins(status: readonly RunStatus[]): Promise<readonly WorkflowPin[]> {
    const rows = await this.#context.db
      .selectFrom("runs")
      .select(["workflow_name", "workflow_version", "workflow_hash", "workflow_file"])
      .distinct()
      .where("namespace", "=", this.#context.namespace)
      .where("status", "in", status)
      .execute();
    return rows.map((row) => ({
      name: row.workflow_name,
      version: row.workflow_version,
      hash: row.workflow_hash,
      file: row.workflow_file,
    }));
  }

  async retry(id: string, lane?: string): Promise<RunRecord> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      const run = await lockedRun(trx, context, id);
      const status = run.status as RunStatus;
      if (status !== "failed" && status !== "cancelled" && status !== "needs-migration") {
        throw new WeirError("run.state", `Run ${id} is ${status}: only a failed or cancelled run can be retried.`);
      }
      wantJournal(run);
      const taken = run.reuse_key === null ? null : await reusable(trx, context, run.reuse_key);
      const row = await updateRun(trx, context, id, {
        ...moved("queued", status, context),
        attempts: 0,
        host_crashes: 0,
        cancel_requested: 0,
        error: null,
        finished_at: null,
        lane: lane ?? run.lane,
        // Meanwhile the same work may have been asked for again: then that run is the one to be reused.
        reuse_key: taken && taken.id !== id ? null : run.reuse_key,
      });
      await wake(trx, context, row, context.clock.now());
      await appendEvents(trx, context, id, [{ type: "run.queued", data: { after: status } }]);
      return toRun(row);
    });
  }
}

/** @throws WeirError `run.pruned` */
function wantJournal({ id, pruned_at: prunedAt }: Selectable<RunsTable>): void {
  if (prunedAt === null) return;
  const when = new Date(prunedAt).toISOString().slice(0, 10);
  throw new WeirError("run.pruned", `What run ${id} could go on from was dropped on ${when}.`);
}

function newRow(run: NewRun, { namespace }: SqlContext, now: number): Insertable<RunsTable> {
  return {
    namespace,
    id: run.id,
    item_id: printable(run.itemId),
    workflow_name: run.workflow.name,
    workflow_version: run.workflow.version,
    workflow_hash: run.workflow.hash,
    workflow_file: run.workflow.file,
    document: JSON.stringify(run.document),
    settings: JSON.stringify(run.settings),
    profile: run.profile,
    models: JSON.stringify(run.models),
    folder: run.folder,
    engine_build: run.engineBuild,
    reuse_key: run.reuseKey,
    lane: run.lane,
    priority: run.priority,
    status: "queued",
    waiting_reason: null,
    waiting_until: null,
    created_at: now,
    updated_at: now,
    started_at: null,
    finished_at: null,
    draft: null,
    reading: null,
    usage: JSON.stringify(unused),
    error: null,
    lease_token: null,
    lease_worker: null,
    lease_until: null,
    rerun: run.rerun ? JSON.stringify(run.rerun) : null,
  };
}

/** Users name items as they like; a NUL, or half of a character, is nothing that PostgreSQL can hold. */
function printable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The run to be given for this key. Until the transaction ends no other one can make a run of it. */
async function reusable(trx: Trx, context: SqlContext, reuseKey: string): Promise<RunRecord | null> {
  await lockName(trx, context, reuseKey);
  const row = await trx
    .selectFrom("runs")
    .selectAll()
    .where("namespace", "=", context.namespace)
    .where("reuse_key", "=", reuseKey)
    .where("status", "not in", ["failed", "cancelled"])
    .executeTakeFirst();
  return row ? toRun(row) : null;
}

async function relane(trx: Trx, { namespace }: SqlContext, runId: string, lane: string): Promise<void> {
  await trx
    .updateTable("wakeups")
    .set({ lane })
    .where("namespace", "=", namespace)
    .where("run_id", "=", runId)
    .execute();
}

function cancelled(id: string): string {
  return JSON.stringify(new WeirError("run.cancelled", `Run ${id} was cancelled.`).info());
}
