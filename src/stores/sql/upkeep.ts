import { sql } from "kysely";
import type { Erased, PrunableFilter, RunRecord, UpkeepStore } from "../../ports/index.ts";
import { type SqlContext, type Trx, appendEvents } from "./context.ts";
import { eraseDocument } from "./erase.ts";
import { deleteJournal } from "./journal.ts";
import { toRun } from "./rows.ts";

const pageMax = 200;
const over = ["succeeded", "failed", "cancelled"] as const;

export class SqlUpkeep implements UpkeepStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async prunable({ before, status }: PrunableFilter): Promise<readonly RunRecord[]> {
    const { db, namespace } = this.#context;
    const rows = await db
      .selectFrom("runs")
      .selectAll()
      .where("namespace", "=", namespace)
      .where("pruned_at", "is", null)
      .where("finished_at", "<", before)
      .where("status", "in", status)
      .orderBy("finished_at")
      .limit(pageMax)
      .execute();
    return rows.map(toRun);
  }

  async prune(runId: string, keep: { readonly document: boolean }): Promise<number | null> {
    const context = this.#context;
    const { namespace, clock } = context;
    return await context.transact(async (trx) => {
      // Locks the row: whoever wants to go on from this run sees what became of it.
      const row = await trx
        .updateTable("runs")
        .set({ pruned_at: clock.now(), keeps_document: keep.document ? 1 : 0 })
        .where("namespace", "=", namespace)
        .where("id", "=", runId)
        .where("pruned_at", "is", null)
        .where("status", "in", over)
        .where((eb) => eb.not(eb.exists(continued(trx, namespace, runId))))
        .returning("id")
        .executeTakeFirst();
      if (!row) return null;
      const bytes = await journalBytes(trx, namespace, runId);
      await deleteJournal(trx, namespace, [runId]);
      await appendEvents(trx, context, runId, [{ type: "run.pruned", data: { bytes } }]);
      return bytes;
    });
  }

  async unneeded(blobs: readonly string[]): Promise<readonly string[]> {
    if (blobs.length === 0) return [];
    const { db, namespace } = this.#context;
    const needed = await db
      .selectFrom("runs")
      .select("document_sha256 as sha256")
      .where("namespace", "=", namespace)
      .where("document_sha256", "in", blobs)
      .where("keeps_document", "=", 1)
      .union(
        db
          .selectFrom("runs")
          .select(sql<string>`reading_sha256`.as("sha256"))
          .where("namespace", "=", namespace)
          .where("reading_sha256", "in", blobs)
          .where("pruned_at", "is", null),
      )
      .execute();
    const kept = new Set(needed.map(({ sha256 }) => sha256));
    return blobs.filter((sha256) => !kept.has(sha256));
  }

  async readingsOf(document: string): Promise<readonly string[]> {
    const { db, namespace } = this.#context;
    const rows = await db
      .selectFrom("runs")
      .select("reading_sha256")
      .distinct()
      .where("namespace", "=", namespace)
      .where("document_sha256", "=", document)
      .where("reading_sha256", "is not", null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("runs as other")
              .select("other.id")
              .where("other.namespace", "=", namespace)
              .whereRef("other.reading_sha256", "=", "runs.reading_sha256")
              .where("other.document_sha256", "!=", document),
          ),
        ),
      )
      .execute();
    return rows.flatMap(({ reading_sha256: reading }) => (reading === null ? [] : [reading]));
  }

  async erase(document: string): Promise<Erased> {
    return await this.#context.transact(async (trx) => await eraseDocument(trx, this.#context, document));
  }

  async compact(): Promise<void> {
    await this.#context.compact();
  }
}

/** A run that is to go on from another's journal and has not taken it over yet. */
function continued(trx: Trx, namespace: string, runId: string) {
  return trx
    .selectFrom("runs as next")
    .select("next.id")
    .where("next.namespace", "=", namespace)
    .where("next.status", "in", ["queued", "running", "waiting"])
    .where("next.rerun", "like", `{"runId":"${runId}",%`);
}

async function journalBytes(trx: Trx, namespace: string, runId: string): Promise<number> {
  const checkpoints = await trx
    .selectFrom("checkpoints")
    .select(sql<number | null>`sum(length(checkpoint) + length(metadata))`.as("bytes"))
    .where("namespace", "=", namespace)
    .where("thread_id", "=", runId)
    .executeTakeFirst();
  const contents = await trx
    .selectFrom("contents")
    .select(sql<number | null>`sum(length(value))`.as("bytes"))
    .where("namespace", "=", namespace)
    .where("thread_id", "=", runId)
    .executeTakeFirst();
  return Number(checkpoints?.bytes ?? 0) + Number(contents?.bytes ?? 0);
}
