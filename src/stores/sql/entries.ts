import type { CheckpointKey, ChannelRow, CheckpointRow, JournalEntry, WriteRow } from "../../ports/index.ts";
import { insert } from "./ask.ts";
import { digestOf, packed } from "./contents.ts";
import type { Trx } from "./context.ts";

const replacesChannel = `on conflict (namespace, thread_id, checkpoint_ns, channel, version)
  do update set type = excluded.type, sha256 = excluded.sha256`;
const replacesCheckpoint = `on conflict (namespace, thread_id, checkpoint_ns, checkpoint_id)
  do update set parent_id = excluded.parent_id, checkpoint = excluded.checkpoint, metadata = excluded.metadata`;
const sameWrite = "on conflict (namespace, thread_id, checkpoint_ns, checkpoint_id, task_id, idx)";
const replacesWrite = `${sameWrite} do update set task_path = excluded.task_path, channel = excluded.channel,
  type = excluded.type, sha256 = excluded.sha256`;

/**
 * Entries as rows of the journal. A value is stored once a thread, however many checkpoints, channels and
 * writes hold it: what a task writes comes again in the checkpoint after it.
 */
export class EntryRows {
  readonly #namespace: string;
  readonly #entries: readonly JournalEntry[];
  readonly #digests = new Map<Uint8Array, Buffer>();
  readonly #contents = new Map<string, Readonly<Record<string, unknown>>>();

  /** Digests and packs at once, before a transaction begins. */
  constructor(namespace: string, entries: readonly JournalEntry[]) {
    this.#namespace = namespace;
    this.#entries = entries;
    for (const entry of entries) {
      const [thread, some] =
        entry.type === "checkpoint" ? [entry.row.threadId, entry.channels] : [entry.key.threadId, entry.writes];
      for (const { value } of some) this.#add(thread, value);
    }
  }

  #add(thread: string, value: Uint8Array): void {
    if (this.#digests.has(value)) return;
    const sha256 = digestOf(value);
    this.#digests.set(value, sha256);
    const key = `${thread} ${sha256.toString("latin1")}`;
    if (this.#contents.has(key)) return;
    this.#contents.set(key, { namespace: this.#namespace, thread_id: thread, sha256, value: packed(value) });
  }

  async store(trx: Trx): Promise<void> {
    const contents = [...this.#contents.values()];
    await insert(trx, "contents", contents, "on conflict (namespace, thread_id, sha256) do nothing");
    for (const entry of this.#entries) {
      if (entry.type === "checkpoint") await this.#storeCheckpoint(trx, entry.row, entry.channels);
      else await this.#storeWrites(trx, entry);
    }
  }

  async #storeCheckpoint(trx: Trx, row: CheckpointRow, channels: readonly ChannelRow[]): Promise<void> {
    const { checkpoint_id, ...thread } = this.#columns(row);
    const rows = channels.map(({ channel, version, type, value }) => {
      return { ...thread, channel, version, type, sha256: this.#digests.get(value) };
    });
    await insert(trx, "channels", rows, replacesChannel);
    const { parentId: parent_id, checkpoint, metadata } = row;
    const columns = { ...thread, checkpoint_id, parent_id, checkpoint, metadata: JSON.stringify(metadata) };
    await insert(trx, "checkpoints", [columns], replacesCheckpoint);
  }

  /** What is there already stays, unless its index is negative. */
  async #storeWrites(trx: Trx, { key, task, writes }: JournalEntry & { type: "writes" }): Promise<void> {
    const columns = { ...this.#columns(key), task_id: task.id, task_path: task.path };
    const rowOf = ({ index: idx, channel, type, value }: WriteRow) => {
      return { ...columns, idx, channel, type, sha256: this.#digests.get(value) };
    };
    const kept = writes.filter(({ index }) => index >= 0).map(rowOf);
    await insert(trx, "writes", kept, `${sameWrite} do nothing`);
    // No statement may replace a row twice: of several with one index, the last.
    const replacing = new Map(writes.filter(({ index }) => index < 0).map((write) => [write.index, rowOf(write)]));
    await insert(trx, "writes", [...replacing.values()], replacesWrite);
  }

  #columns({ threadId, namespace, checkpointId }: CheckpointKey) {
    return {
      namespace: this.#namespace,
      thread_id: threadId,
      checkpoint_ns: namespace,
      checkpoint_id: checkpointId,
    };
  }
}
