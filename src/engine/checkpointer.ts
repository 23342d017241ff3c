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
  Lease,
  RunChange,
  WriteRow,
} from "../ports/index.ts";

/**
 * LangGraph's journal of one run, written over our store under the lease of that run: when the lease
 * is lost, nothing is written and the graph stops with `lease.lost`. Channel values are stored once a
 * version, and writes in the order in which they were asked for.
 */
export class RunCheckpointer extends BaseCheckpointSaver {
  readonly #store: CheckpointStore;
  readonly #lease: Lease;
  readonly #atCrashPoint: AtCrashPoint;
  #staged: RunChange | undefined;
  #stagedWithCheckpoint: RunChange | undefined;
  #committed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: CheckpointStore, lease: Lease, atCrashPoint: AtCrashPoint = noCrash) {
    super();
    this.#store = store;
    this.#lease = lease;
    this.#atCrashPoint = atCrashPoint;
  }

  /** Whether a step was done under this lease. */
  get committed(): boolean {
    return this.#committed;
  }

  /** What the step that is about to end means for the run: committed together with its outcome, or not at all. */
  stage(change: RunChange): void {
    this.#staged = change;
  }

  /** What the next checkpoint means for the run: committed together with it. */
  stageCheckpoint(change: RunChange): void {
    this.#stagedWithCheckpoint = change;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, namespace, checkpointId } = keyOf(config);
    if (threadId === undefined) return undefined;
    const row = await this.#store.get(threadId, namespace, checkpointId);
    return row ? await this.#tuple(row) : undefined;
  }

  override async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { threadId, checkpointId } = keyOf(config);
    const namespace = config.configurable?.["checkpoint_ns"] as string | undefined;
    const before = options.before && keyOf(options.before).checkpointId;
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
    const { channel_values: values, ...rest } = copyCheckpoint(checkpoint);
    const channels = await Promise.all(
      Object.entries(newVersions)
        .filter(([channel]) => channel in values)
        .map(async ([channel, version]): Promise<ChannelRow> => {
          const [type, value] = await this.serde.dumpsTyped(values[channel]);
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
    const change = this.#stagedWithCheckpoint;
    this.#stagedWithCheckpoint = undefined;
    await this.#inTurn(async () => {
      await this.#store.put(this.#lease, row, channels, change);
      this.#atCrashPoint("checkpoint-stored");
    });
    return { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpoint.id } };
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
          const [type, value] = await this.serde.dumpsTyped(written);
          return { index: WRITES_IDX_MAP[channel] ?? position, channel, type, value };
        }),
      );
      await this.#store.putWrites(this.#lease, key, { id: taskId, path }, rows, change);
      if (!change) return;
      this.#committed = true;
      this.#atCrashPoint("step-journaled");
    });
  }

  override async deleteThread(threadId: string): Promise<void> {
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

  async #dump(value: unknown): Promise<Uint8Array> {
    const [, bytes] = await this.serde.dumpsTyped(value);
    return bytes;
  }

  async #load(type: string, bytes: Uint8Array): Promise<unknown> {
    return (await this.serde.loadsTyped(type, bytes)) as unknown;
  }
}

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
