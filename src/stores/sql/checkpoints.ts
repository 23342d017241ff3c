import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
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
import type { Insertable, Selectable } from "kysely";
import { applyChange } from "./change.ts";
import { type SqlContext, type Trx, fenced } from "./context.ts";
import { deleteJournal } from "./journal.ts";
import { toRun } from "./rows.ts";
import type { CheckpointsTable, ContentsTable, WritesTable } from "./tables.ts";

/** The step journal. A value is stored once a thread, however many checkpoints, channels and writes hold it. */
export class SqlCheckpoints implements CheckpointStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async write(lease: Lease, entries: readonly JournalEntry[], change?: RunChange): Promise<RunRecord> {
    const { db, namespace } = this.#context;
    const contents = contentsOf(namespace, entries);
    return await db.transaction().execute(async (trx) => {
      const run = await fenced(trx, this.#context, lease);
      await storeContents(trx, contents);
      for (const entry of entries) {
        if (entry.type === "checkpoint") await storeCheckpoint(trx, namespace, entry.row, entry.channels);
        else await storeWrites(trx, writesOf(namespace, entry));
      }
      return change ? await applyChange(trx, this.#context, run, change) : toRun(run);
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
    return rows.map(({ channel, version, type, value }) => ({ channel, version, type, value: inflateRawSync(value) }));
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
      value: inflateRawSync(value),
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
    const { db, namespace } = this.#context;
    await db.transaction().execute(async (trx) => {
      await deleteJournal(trx, namespace, [threadId]);
    });
  }
}

async function storeCheckpoint(
  trx: Trx,
  namespace: string,
  row: CheckpointRow,
  channels: readonly ChannelRow[],
): Promise<void> {
  await storeChannels(trx, { namespace, thread_id: row.threadId, checkpoint_ns: row.namespace }, channels);
  const columns = { parent_id: row.parentId, checkpoint: row.checkpoint, metadata: JSON.stringify(row.metadata) };
  await trx
    .insertInto("checkpoints")
    .values({ ...keyColumns(namespace, row), ...columns })
    .onConflict((conflict) =>
      conflict.columns(["namespace", "thread_id", "checkpoint_ns", "checkpoint_id"]).doUpdateSet(columns),
    )
    .execute();
}

function writesOf(namespace: string, { key, task, writes }: JournalEntry & { type: "writes" }) {
  return writes.map(({ index, channel, type, value }) => ({
    ...keyColumns(namespace, key),
    task_id: task.id,
    idx: index,
    task_path: task.path,
    channel,
    type,
    sha256: sha256(value),
  }));
}

async function storeChannels(
  trx: Trx,
  key: { readonly namespace: string; readonly thread_id: string; readonly checkpoint_ns: string },
  channels: readonly ChannelRow[],
): Promise<void> {
  if (channels.length === 0) return;
  const rows = channels.map(({ channel, version, type, value }) => ({
    ...key,
    channel,
    version,
    type,
    sha256: sha256(value),
  }));
  await trx
    .insertInto("channels")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["namespace", "thread_id", "checkpoint_ns", "channel", "version"])
        .doUpdateSet(({ ref }) => ({ type: ref("excluded.type"), sha256: ref("excluded.sha256") })),
    )
    .execute();
}

/** What is there already stays, unless its index is negative. */
async function storeWrites(trx: Trx, rows: readonly Insertable<WritesTable>[]): Promise<void> {
  const key = ["namespace", "thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx"] as const;
  const kept = rows.filter(({ idx }) => idx >= 0);
  // No statement may replace a row twice: of several with one index, the last.
  const replaced = [...new Map(rows.filter(({ idx }) => idx < 0).map((row) => [row.idx, row])).values()];
  if (kept.length > 0) {
    await trx
      .insertInto("writes")
      .values(kept)
      .onConflict((conflict) => conflict.columns(key).doNothing())
      .execute();
  }
  if (replaced.length === 0) return;
  await trx
    .insertInto("writes")
    .values(replaced)
    .onConflict((conflict) =>
      conflict.columns(key).doUpdateSet(({ ref }) => ({
        task_path: ref("excluded.task_path"),
        channel: ref("excluded.channel"),
        type: ref("excluded.type"),
        sha256: ref("excluded.sha256"),
      })),
    )
    .execute();
}

function keyColumns(namespace: string, key: CheckpointKey) {
  return {
    namespace,
    thread_id: key.threadId,
    checkpoint_ns: key.namespace,
    checkpoint_id: key.checkpointId,
  };
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

/** Every value of some entries once: what a task writes comes again in the checkpoint after it. */
function contentsOf(namespace: string, entries: readonly JournalEntry[]): readonly Insertable<ContentsTable>[] {
  const values = entries.flatMap((entry) => {
    const [thread, some] =
      entry.type === "checkpoint" ? [entry.row.threadId, entry.channels] : [entry.key.threadId, entry.writes];
    return some.map(({ value }) => ({ thread, value, sha256: sha256(value) }));
  });
  const distinct = new Map(values.map((one) => [`${one.thread} ${one.sha256.toString("base64")}`, one]));
  return [...distinct.values()].map((one) => {
    return { namespace, thread_id: one.thread, sha256: one.sha256, value: packed(one.value) };
  });
}

async function storeContents(trx: Trx, contents: readonly Insertable<ContentsTable>[]): Promise<void> {
  if (contents.length === 0) return;
  await trx
    .insertInto("contents")
    .values(contents)
    .onConflict((conflict) => conflict.columns(["namespace", "thread_id", "sha256"]).doNothing())
    .execute();
}

/** State is JSON that repeats its keys: the fastest level takes most of it away. */
function packed(value: Uint8Array): Uint8Array {
  return deflateRawSync(value, { level: 1 });
}

function sha256(value: Uint8Array): Buffer {
  return createHash("sha256").update(value).digest();
}
