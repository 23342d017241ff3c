import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  type PendingWrite,
  TASKS,
  WRITES_IDX_MAP,
  copyCheckpoint,
  maxChannelVersion,
} from "@langchain/langgraph-checkpoint";
import { InvariantBroken, type JsonObject } from "../core/index.ts";
import { type AtCrashPoint, noCrash } from "./crash-points.ts";
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
} from "../ports/index.ts";

/**
 * LangGraph's journal of one run, written over our store under the lease of that run: when the lease
 * is lost, nothing is written and the graph stops with `lease.lost`. Channel values are stored once a
 * version, and writes in the order in which they were asked for.
 *
 * What LangGraph hands over waits here until the next step is about to begin or the run comes to a stop,
 * and is then one transaction with what that means for the run. Nobody is told of a step before it is
 * committed, and no other step begins: a crash costs the step that was under way, as it would without.
 */
export class RunCheckpointer extends BaseCheckpointSaver {
  readonly #store: CheckpointStore;
  readonly #lease: Lease;
  readonly #atCrashPoint: AtCrashPoint;
  #entries: JournalEntry[] = [];
  #change: RunChange | undefined;
  /** What the step that is about to end means. */
  #staged: RunChange | undefined;
  #hasStep = false;
  #last: Promise<unknown> = Promise.resolve();
  /** The newest checkpoint, while no task of it has come to anything: no need to read it back. */
  #tail: CheckpointTuple | undefined;
  #lastPacked: { readonly of: object; readonly packed: Packed } | undefined;
  /** Channels in the versions that are stored, or will be with the entries. */
  readonly #known = new Set<string>();

  constructor(store: CheckpointStore, lease: Lease, atCrashPoint: AtCrashPoint = noCrash) {
    super();
    this.#store = store;
    this.#lease = lease;
    this.#atCrashPoint = atCrashPoint;
  }

  /** Whether a step was done under this lease. */
  get hasStep(): boolean {
    return this.#hasStep;
  }

  /** What the step that is about to end means for the run: committed together with its outcome, or not at all. */
  stage(change: RunChange): void {
    this.#staged = change;
  }

  /** Commits everything so far together with a change of the run. @returns the run where that stops it; null: it goes on */
  async commit(change: RunChange): Promise<RunRecord | null> {
    // What could not be written down has failed its step: that is what a commit then tells.
    this.#last = this.#last.catch(() => {});
    return await this.#inTurn(async () => await this.#write(change));
  }

  async #write(more: RunChange): Promise<RunRecord | null> {
    const [entries, change] = [this.#entries, this.#change];
    this.#entries = [];
    this.#change = undefined;
    // Whatever runs now may change in place what it is given.
    this.#lastPacked = undefined;
    const run = await this.#store.write(this.#lease, entries, merged(change, more));
    if (change) this.#atCrashPoint("step-journaled");
    if (entries.some(({ type }) => type === "checkpoint")) this.#atCrashPoint("checkpoint-stored");
    return run;
  }

  /** Before anything is read: the store must know what LangGraph knows. */
  async #flush(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#entries.length > 0 || this.#change) await this.#write({});
    });
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, namespace, checkpointId } = keyOf(config);
    if (threadId === undefined) return undefined;
    await this.#last.catch(() => {});
    const tail = this.#tail && keyOf(this.#tail.config);
    const isTail = tail?.threadId === threadId && tail.namespace === namespace;
    if (this.#tail && isTail && (checkpointId ?? tail.checkpointId) === tail.checkpointId) {
      return { ...this.#tail, checkpoint: copyCheckpoint(this.#tail.checkpoint) };
    }
    await this.#flush();
    const row = await this.#store.get(threadId, namespace, checkpointId);
    return row ? await this.#tuple(row) : undefined;
  }

  override async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { threadId, checkpointId } = keyOf(config);
    const namespace = config.configurable?.["checkpoint_ns"] as string | undefined;
    const before = options.before && keyOf(options.before).checkpointId;
    await this.#flush();
    const rows = await this.#store.list({
      ...(threadId === undefined ? {} : { threadId }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(checkpointId === undefined ? {} : { checkpointId }),
      ...(before === undefined ? {} : { before }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.filter === undefined ? {} : { metadata: options.filter as JsonObject }),
    } satisfies CheckpointFilter);
    for (const row of rows) yield await this.#tuple(row);
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { threadId, namespace, checkpointId: parentId } = keyOf(config);
    if (threadId === undefined) throw new InvariantBroken("A checkpoint needs a thread_id.");
    const copy = copyCheckpoint(checkpoint);
    const { channel_values: values, ...rest } = copy;
    const own = { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpoint.id } };
    await this.#inTurn(async () => {
      const channels = await Promise.all(
        Object.entries(newVersions)
          .filter(([channel]) => channel in values)
          .map(async ([channel, version]): Promise<ChannelRow> => {
            const { type, value } = await this.#packed(values[channel]);
            return { channel, version: String(version), type, value };
          }),
      );
      const row: CheckpointRow = {
        threadId,
        namespace,
        checkpointId: checkpoint.id,
        parentId: parentId ?? null,
        checkpoint: await this.#dump(rest),
        metadata: JSON.parse(new TextDecoder().decode(await this.#dump(metadata))) as JsonObject,
      };
      this.#entries.push({ type: "checkpoint", row, channels });
      for (const { channel, version } of channels) this.#known.add(`${channel} ${version}`);
      const versioned = Object.entries(values).filter(([channel]) => channel in copy.channel_versions);
      const isStored = ([channel]: readonly [string, unknown]) =>
        this.#known.has(`${channel} ${copy.channel_versions[channel]}`);
      const parentConfig = { configurable: { ...own.configurable, checkpoint_id: parentId } };
      this.#tail =
        // Checkpoints of an older form are completed when they are read.
        checkpoint.v >= 4 && versioned.every(isStored)
          ? {
              config: own,
              // As it would be read: a channel without a version is not stored.
              checkpoint: { ...copy, channel_values: Object.fromEntries(versioned) },
              metadata,
              pendingWrites: [],
              ...(parentId === undefined ? {} : { parentConfig }),
            }
          : undefined;
    });
    return own;
  }

  override async putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string, path = ""): Promise<void> {
    const { threadId, namespace, checkpointId } = keyOf(config);
    if (threadId === undefined || checkpointId === undefined) {
      throw new InvariantBroken("Writes need a thread_id and a checkpoint_id.");
    }
    const key: CheckpointKey = { threadId, namespace, checkpointId };
    const change = this.#staged;
    this.#staged = undefined;
    await this.#inTurn(async () => {
      const rows = await Promise.all(
        writes.map(async ([channel, written], position): Promise<WriteRow> => {
          const { type, value } = await this.#packed(written);
          return { index: WRITES_IDX_MAP[channel] ?? position, channel, type, value };
        }),
      );
      this.#entries.push({ type: "writes", key, task: { id: taskId, path }, writes: rows });
      this.#tail = undefined;
      if (!change) return;
      this.#change = merged(this.#change, change);
      this.#hasStep = true;
    });
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.#flush();
    this.#tail = undefined;
    await this.#store.deleteThread(threadId);
  }

  /**
   * LangGraph starts the next checkpoint while the writes before it are still under way. One after
   * the other, a checkpoint is never there without the writes that led to it.
   */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn;
    // Whoever asked for the work hears of its failure; later work fails with it.
    turn.catch(() => {});
    return await turn;
  }

  async #tuple(row: CheckpointRow): Promise<CheckpointTuple> {
    const { threadId, namespace, checkpointId, parentId } = row;
    const configOf = (id: string) => ({
      configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: id },
    });
    return {
      config: configOf(checkpointId),
      checkpoint: await this.#checkpoint(row),
      metadata: (await this.#load(
        "json",
        new TextEncoder().encode(JSON.stringify(row.metadata)),
      )) as CheckpointMetadata,
      pendingWrites: await this.#writes(row),
      ...(parentId === null ? {} : { parentConfig: configOf(parentId) }),
    };
  }

  async #checkpoint(row: CheckpointRow): Promise<Checkpoint> {
    const { threadId, namespace, parentId } = row;
    const checkpoint = (await this.#load("json", row.checkpoint)) as Checkpoint;
    const versions = Object.entries(checkpoint.channel_versions).map(([name, version]) => [name, String(version)]);
    const channels = await this.#store.channels(threadId, namespace, Object.fromEntries(versions));
    for (const { channel, version } of channels) this.#known.add(`${channel} ${version}`);
    const values = await Promise.all(
      channels.map(async ({ channel, type, value }) => [channel, await this.#load(type, value)] as const),
    );
    const whole = { ...checkpoint, channel_values: Object.fromEntries(values) };
    return whole.v < 4 && parentId !== null
      ? await this.#withPendingSends(whole, { ...row, checkpointId: parentId })
      : whole;
  }

  async #writes(key: CheckpointKey): Promise<CheckpointPendingWrite[]> {
    const writes = await this.#store.writes(key);
    return await Promise.all(
      writes.map(async ({ taskId, channel, type, value }): Promise<CheckpointPendingWrite> => [
        taskId,
        channel,
        await this.#load(type, value),
      ]),
    );
  }

  /** Checkpoints before version 4 kept what a step had sent beside them, with their parent. */
  async #withPendingSends(checkpoint: Checkpoint, parent: CheckpointKey): Promise<Checkpoint> {
    const sends = (await this.#writes(parent)).filter(([, channel]) => channel === TASKS).map(([, , value]) => value);
    const versions = Object.values(checkpoint.channel_versions);
    const version = versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined);
    return {
      ...checkpoint,
      channel_values: { ...checkpoint.channel_values, [TASKS]: sends },
      channel_versions: { ...checkpoint.channel_versions, [TASKS]: version },
    };
  }

  /** What a step has written becomes the value of a channel: the same object again, in the next checkpoint. */
  async #packed(value: unknown): Promise<Packed> {
    if (this.#lastPacked && this.#lastPacked.of === value) return this.#lastPacked.packed;
    const [type, bytes] = await this.serde.dumpsTyped(value);
    const packed = { type, value: bytes };
    if (typeof value === "object" && value !== null) this.#lastPacked = { of: value, packed };
    return packed;
  }

  async #dump(value: unknown): Promise<Uint8Array> {
    const [, bytes] = await this.serde.dumpsTyped(value);
    return bytes;
  }

  async #load(type: string, bytes: Uint8Array): Promise<unknown> {
    return (await this.serde.loadsTyped(type, bytes)) as unknown;
  }
}

/** Both changes as one: the later goes before the earlier, events follow each other. */
function merged(one: RunChange | undefined, other: RunChange): RunChange {
  return { ...one, ...other, events: [...(one?.events ?? []), ...(other.events ?? [])] };
}

type Packed = Pick<ChannelRow, "type" | "value">;

interface ConfigKey {
  readonly threadId: string | undefined;
  readonly namespace: string;
  readonly checkpointId: string | undefined;
}

function keyOf({ configurable }: RunnableConfig): ConfigKey {
  return {
    threadId: configurable?.["thread_id"] as string | undefined,
    namespace: (configurable?.["checkpoint_ns"] as string | undefined) ?? "",
    checkpointId: (configurable?.["checkpoint_id"] as string | undefined) || undefined,
  };
}
