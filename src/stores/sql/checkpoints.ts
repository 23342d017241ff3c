import type {
  ChannelRow,
  CheckpointFilter,
  CheckpointKey,
  CheckpointRow,
  CheckpointStore,
  JournalEntry,
  Lease,
  RunChange,
  RunRecord,
  WriteRow,
} from "../../ports/index.ts";
import type { JsonObject } from "../../core/index.ts";
import type { Selectable } from "kysely";
import { applyChange, goOn, isBeginning, isStop } from "./change.ts";
import { unpacked } from "./contents.ts";
import { type SqlContext, fenced } from "./context.ts";
import { EntryRows } from "./entries.ts";
import { deleteJournal } from "./journal.ts";
import type { CheckpointsTable } from "./tables.ts";

/** The step journal. A value is stored once a thread, however many checkpoints, channels and writes hold it. */
export class SqlCheckpoints implements CheckpointStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async write(lease: Lease, entries: readonly JournalEntry[], change: RunChange = {}): Promise<RunRecord | null> {
    const context = this.#context;
    const rows = new EntryRows(context.namespace, entries);
    const transact = isBeginning(change) ? context.begin : context.transact;
    return await transact(async (trx) => {
      // The fence comes first: where the lease is lost, nothing else is looked at.
      const run = isStop(change) ? await fenced(trx, context, lease) : await goOn(trx, context, lease, change);
      await rows.store(trx);
      return run && (await applyChange(trx, context, run, change));
    });
  }

  async get(threadId: string, namespace: string, checkpointId?: string): Promise<CheckpointRow | null> {
    const [row] = await this.list({ threadId, namespace, limit: 1, ...(checkpointId ? { checkpointId } : {}) });
    return row ?? null;
  }

  async channels(
    threadId: string,
    checkpointNs: string,
    versions: Readonly<Record<string, string>>,
  ): Promise<readonly ChannelRow[]> {
    const wanted = Object.entries(versions);
    if (wanted.length === 0) return [];
    const rows = await this.#context.db
      .selectFrom("channels")
      .innerJoin("contents", (join) =>
        join
          .onRef("contents.namespace", "=", "channels.namespace")
          .onRef("contents.thread_id", "=", "channels.thread_id")
          .onRef("contents.sha256", "=", "channels.sha256"),
      )
      .select(["channel", "version", "type", "value"])
      .where("channels.namespace", "=", this.#context.namespace)
      .where("channels.thread_id", "=", threadId)
      .where("checkpoint_ns", "=", checkpointNs)
      .where((eb) =>
        eb.or(wanted.map(([channel, version]) => eb.and([eb("channel", "=", channel), eb("version", "=", version)]))),
      )
      .execute();
    return rows.map(({ channel, version, type, value }) => ({ channel, version, type, value: unpacked(value) }));
  }

  async writes(key: CheckpointKey): Promise<readonly (WriteRow & { readonly taskId: string })[]> {
    const rows = await this.#context.db
      .selectFrom("writes")
      .innerJoin("contents", (join) =>
        join
          .onRef("contents.namespace", "=", "writes.namespace")
          .onRef("contents.thread_id", "=", "writes.thread_id")
          .onRef("contents.sha256", "=", "writes.sha256"),
      )
      .select(["task_id", "idx", "channel", "type", "value"])
      .where("writes.namespace", "=", this.#context.namespace)
      .where("writes.thread_id", "=", key.threadId)
      .where("checkpoint_ns", "=", key.namespace)
      .where("checkpoint_id", "=", key.checkpointId)
      .orderBy("task_path")
      .orderBy("task_id")
      .orderBy("idx")
      .execute();
    return rows.map(({ task_id: taskId, idx: index, channel, type, value }) => ({
      taskId,
      index,
      channel,
      type,
      value: unpacked(value),
    }));
  }

  async list(filter: CheckpointFilter): Promise<readonly CheckpointRow[]> {
    let query = this.#context.db.selectFrom("checkpoints").selectAll().where("namespace", "=", this.#context.namespace);
    if (filter.threadId !== undefined) query = query.where("thread_id", "=", filter.threadId);
    if (filter.namespace !== undefined) query = query.where("checkpoint_ns", "=", filter.namespace);
    if (filter.checkpointId !== undefined) query = query.where("checkpoint_id", "=", filter.checkpointId);
    if (filter.before !== undefined) query = query.where("checkpoint_id", "<", filter.before);
    // Metadata is JSON, which databases search in different dialects: such a list is filtered here.
    if (filter.limit !== undefined && filter.metadata === undefined) query = query.limit(filter.limit);
    const rows = (await query.orderBy("checkpoint_id", "desc").execute()).map(toCheckpoint);
    const { metadata } = filter;
    if (metadata === undefined) return rows;
    return rows.filter((row) => matches(row.metadata, metadata)).slice(0, filter.limit);
  }

  async deleteThread(threadId: string): Promise<void> {
    const { namespace } = this.#context;
    await this.#context.transact(async (trx) => {
      await deleteJournal(trx, namespace, [threadId]);
    });
  }
}

function toCheckpoint(row: Selectable<CheckpointsTable>): CheckpointRow {
  return {
    threadId: row.thread_id,
    namespace: row.checkpoint_ns,
    checkpointId: row.checkpoint_id,
    parentId: row.parent_id,
    checkpoint: row.checkpoint,
    metadata: JSON.parse(row.metadata) as JsonObject,
  };
}

function matches(metadata: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]) => JSON.stringify(metadata[key]) === JSON.stringify(value));
}
