import type { Kysely, Selectable } from "kysely";
import { type Decisions, WeirError } from "../../core/index.ts";
import type { ReviewRecord, ReviewStore } from "../../ports/index.ts";
import { type SqlContext, type Trx, appendEvents, lockedRun, wake } from "./context.ts";
import { moved, updateRun } from "./row.ts";
import { toReview } from "./rows.ts";
import type { ReviewsTable, Tables } from "./tables.ts";

const pageMax = 200;

export class SqlReviews implements ReviewStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async get(runId: string): Promise<ReviewRecord | null> {
    const row = await newest(this.#context.db, this.#context.namespace, runId);
    return row ? toReview(row) : null;
  }

  async listOpen(options: { readonly cursor?: string; readonly limit?: number }) {
    const limit = Math.min(options.limit ?? 50, pageMax);
    const rows = await this.#context.db
      .selectFrom("reviews")
      .selectAll()
      .where("namespace", "=", this.#context.namespace)
      .where("status", "=", "open")
      .$if(options.cursor !== undefined, (query) => query.where("run_id", ">", options.cursor ?? ""))
      .orderBy("run_id")
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    return { reviews: page.map(toReview), cursor: rows.length > limit ? (page.at(-1)?.run_id ?? null) : null };
  }

  async save(runId: string, version: number, decisions: Decisions): Promise<ReviewRecord> {
    return await this.#answer(runId, version, decisions, "open");
  }

  async finish(runId: string, version: number, decisions: Decisions, lane?: string): Promise<ReviewRecord> {
    return await this.#answer(runId, version, decisions, "finished", lane);
  }

  async #answer(
    runId: string,
    version: number,
    decisions: Decisions,
    status: ReviewRecord["status"],
    lane?: string,
  ): Promise<ReviewRecord> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      const run = await lockedRun(trx, context, runId);
      const known = await newest(trx, context.namespace, runId);
      if (run.status !== "review" || known?.status !== "open" || known.version !== version) {
        throw new WeirError(
          "review.conflict",
          `Version ${version} of the review of run ${runId} is not open any more.`,
        );
      }
      const review = await update(trx, context, known, {
        status,
        decisions: JSON.stringify({ ...JSON.parse(known.decisions), ...decisions }),
      });
      const event = { version: review.version, paths: Object.keys(decisions) };
      if (status === "open") {
        await appendEvents(trx, context, runId, [{ type: "review.saved", data: event }]);
        return review;
      }
      const columns = { ...moved("queued", "review", context), lane: lane ?? run.lane };
      await wake(trx, context, await updateRun(trx, context, runId, columns), context.clock.now());
      await appendEvents(trx, context, runId, [{ type: "review.finished", data: event }]);
      return review;
    });
  }
}

/** Opens a review at `step`, or opens the one that is still open there again. Earlier answers stay in force. */
export async function openReview(trx: Trx, context: SqlContext, runId: string, step: string): Promise<void> {
  const known = await newest(trx, context.namespace, runId);
  const now = context.clock.now();
  const review =
    known?.status === "open"
      ? await update(trx, context, known, { step })
      : toReview(
          await trx
            .insertInto("reviews")
            .values({
              namespace: context.namespace,
              run_id: runId,
              number: (known?.number ?? 0) + 1,
              step,
              version: (known?.version ?? 0) + 1,
              status: "open",
              decisions: known?.decisions ?? "{}",
              created_at: now,
              updated_at: now,
            })
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
  await appendEvents(trx, context, runId, [{ type: "review.opened", data: { step, version: review.version } }]);
}

/** Puts away what nobody needs to answer any more, because the run is over. */
export async function withdrawReview(trx: Trx, context: SqlContext, runId: string): Promise<void> {
  const known = await newest(trx, context.namespace, runId);
  if (known?.status === "open") await update(trx, context, known, { status: "finished" });
}

async function update(
  trx: Trx,
  { namespace, clock }: SqlContext,
  known: Selectable<ReviewsTable>,
  columns: { readonly status?: string; readonly step?: string; readonly decisions?: string },
): Promise<ReviewRecord> {
  const row = await trx
    .updateTable("reviews")
    .set({ ...columns, version: known.version + 1, updated_at: clock.now() })
    .where("namespace", "=", namespace)
    .where("run_id", "=", known.run_id)
    .where("number", "=", known.number)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toReview(row);
}

async function newest(db: Kysely<Tables>, namespace: string, runId: string) {
  return await db
    .selectFrom("reviews")
    .selectAll()
    .where("namespace", "=", namespace)
    .where("run_id", "=", runId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}
