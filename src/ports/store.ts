import type {
  Decisions,
  DocumentRef,
  DraftData,
  ErrorInfo,
  JsonObject,
  ReadingRef,
  RunStatus,
  WaitReason,
} from "../core/index.ts";
import type { CloudUse } from "./cloud.ts";
import type { UpkeepStore } from "./upkeep.ts";
import type { TallyStore } from "./telemetry.ts";

/**
 * The truth about runs. Every write that belongs to a run in progress names the lease it was made
 * under; when that lease is lost the write changes nothing and throws WeirError `lease.lost`.
 */
export interface Store {
  readonly runs: RunStore;
  readonly checkpoints: CheckpointStore;
  readonly reviews: ReviewStore;
  readonly events: EventStore;
  readonly upkeep: UpkeepStore;
  readonly tallies: TallyStore;
  close(): Promise<void>;
}

/** Everything a run is pinned to, fixed at its birth. */
export interface NewRun {
  readonly id: string;
  /** The item's id as the user gave it, else the file's name. */
  readonly itemId: string;
  readonly workflow: WorkflowPin;
  readonly document: DocumentRef;
  /** What `--set` said. */
  readonly settings: Readonly<Record<string, string>>;
  readonly profile: string | null;
  /** Model file hashes, by role; part of what an earlier result may be reused for. */
  readonly models: Readonly<Record<string, string>>;
  /** Where the command was called: what relative paths of the workflow's author resolve against. */
  readonly folder: string;
  /** Version of the engine that accepted the run. */
  readonly engineBuild: string;
  /** Runs with the same key are the same work; null: always new. */
  readonly reuseKey: string | null;
  readonly lane: string;
  /** Higher first. */
  readonly priority: number;
  /** Goes on where another run was before that step, instead of at the beginning. */
  readonly rerun?: { readonly runId: string; readonly step: string };
}

export interface WorkflowPin {
  readonly name: string;
  readonly version: number;
  /** "sha256:…" over steps, edges, schema and rules. */
  readonly hash: string;
  /** Path of the file it was loaded from, null for a built-in. */
  readonly file: string | null;
}

export interface RunRecord extends NewRun {
  readonly status: RunStatus;
  readonly waiting: { readonly reason: WaitReason; readonly until: number } | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Tries of the step that failed last; 0 after a success. */
  readonly attempts: number;
  /** How often this run took the model host down with it. */
  readonly hostCrashes: number;
  readonly cancelRequested: boolean;
  /** The draft as last committed; null before the first. */
  readonly draft: DraftData | null;
  /** What was read; null before that. */
  readonly reading: ReadingRef | null;
  /** Sums over all attempts. */
  readonly usage: Usage;
  readonly error: ErrorInfo | null;
  /** When its journal was dropped; null: it is there. */
  readonly prunedAt: number | null;
}

export interface Usage {
  /** Time spent working, not waiting. */
  readonly ms: number;
  /** From accepted to first taken. */
  readonly queueMs: number;
  readonly promptTokens: number;
  readonly reusedTokens: number;
  readonly generatedTokens: number;
  /** What a cloud model was asked; absent: nothing. */
  readonly cloud?: CloudUse;
  /** Whether everything so far was done by processes that no connection could leave. */
  readonly airgap?: boolean;
}

/** A held run. `token` fences every write. */
export interface Lease {
  readonly runId: string;
  readonly token: string;
}

export interface RunStore {
  /**
   * Writes the run, its first event and its wake-up in one transaction.
   * Where a run with the same reuse key exists and is neither failed nor cancelled, returns that one instead.
   * @throws WeirError `run.pruned` where it is to go on from a run whose journal is gone
   */
  create(run: NewRun): Promise<{ readonly run: RunRecord; readonly created: boolean }>;
  get(id: string): Promise<RunRecord | null>;
  /** Newest first. */
  list(filter: RunFilter): Promise<{ readonly runs: readonly RunRecord[]; readonly cursor: string | null }>;
  /** How many there are of each status. */
  counts(): Promise<Readonly<Record<RunStatus, number>>>;
  /** Moves unfinished runs to another lane, waking them there. */
  moveToLane(ids: readonly string[], lane: string): Promise<void>;

  /**
   * Takes the lease for a ticket of the queue and moves the run to `running`.
   * @returns null when the run is settled, or another worker's lease still holds
   */
  lease(lease: Lease, worker: string, leaseMs: number): Promise<RunRecord | null>;
  /** @returns whether the run is to be cancelled. @throws WeirError `lease.lost` */
  renew(lease: Lease, leaseMs: number): Promise<{ readonly cancelRequested: boolean }>;
  /** Commits what the run looks like now, frees the lease unless the status is `running`, and wakes it if asked. */
  commit(lease: Lease, change: RunChange): Promise<RunRecord>;
  /** Frees at once what workers that are known to be dead still hold. @returns the run ids freed */
  freeLeases(isDead: (worker: string) => boolean): Promise<readonly string[]>;

  /** Cancels at once what is not running; asks the worker of what is. @throws WeirError `run.unknown`, `run.state` */
  cancel(id: string): Promise<RunRecord>;
  /** Puts a run that waits for a person away until its workflow is here again. @throws WeirError `run.state` */
  park(id: string, error: ErrorInfo): Promise<RunRecord>;
  /** The workflows that runs of these states are pinned to, each once. */
  pins(status: readonly RunStatus[]): Promise<readonly WorkflowPin[]>;
  /**
   * Queues a failed, cancelled or needs-migration run again; it goes on after its last good step.
   * @throws WeirError `run.unknown`, `run.state`, `run.pruned`
   */
  retry(id: string, lane?: string): Promise<RunRecord>;
}

export interface RunFilter {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  /** Of the error they ended with. */
  readonly code?: string;
  readonly lane?: string;
  /** sha256. */
  readonly document?: string;
  /** Runs made with this key, whatever became of them. */
  readonly reuseKey?: string;
  readonly cursor?: string;
  /** At most 200. */
  readonly limit?: number;
}

/** What a worker changes about the run it holds. Absent keys stay as they are. */
export interface RunChange {
  readonly status?: RunStatus;
  /** The version that took the run over. */
  readonly workflow?: Pick<WorkflowPin, "version" | "hash">;
  readonly waiting?: { readonly reason: WaitReason; readonly until: number } | null;
  readonly attempts?: number;
  readonly hostCrashes?: number;
  readonly draft?: DraftData;
  readonly reading?: RunRecord["reading"];
  readonly usage?: Usage;
  readonly error?: ErrorInfo | null;
  /** Opens a review in the same transaction; the status becomes `review`. */
  readonly review?: { readonly step: string };
  /** Due time of a new wake-up; null: none. */
  readonly wakeAt?: number | null;
  readonly events?: readonly NewEvent[];
}

/** Rows of the step journal. The engine's LangGraph checkpointer is written over this. */
export interface CheckpointStore {
  /**
   * What happened since the last write, and with `change` what it means for the run, in one transaction:
   * the moment at which a step is done. Entries are written in order; a write that is already there stays,
   * unless its index is negative.
   * @returns the run where it comes to a stop with the change; null: it goes on
   */
  write(lease: Lease, entries: readonly JournalEntry[], change?: RunChange): Promise<RunRecord | null>;
  /** The one named, or the newest of the thread and namespace. */
  get(threadId: string, namespace: string, checkpointId?: string): Promise<CheckpointRow | null>;
  channels(
    threadId: string,
    namespace: string,
    versions: Readonly<Record<string, string>>,
  ): Promise<readonly ChannelRow[]>;
  /** In order of task path, task id, index. */
  writes(key: CheckpointKey): Promise<readonly (WriteRow & { readonly taskId: string })[]>;
  /** Newest first. */
  list(filter: CheckpointFilter): Promise<readonly CheckpointRow[]>;
  deleteThread(threadId: string): Promise<void>;
}

/** A checkpoint with the values that are new in it, or what a task came to. */
export type JournalEntry =
  | { readonly type: "checkpoint"; readonly row: CheckpointRow; readonly channels: readonly ChannelRow[] }
  | {
      readonly type: "writes";
      readonly key: CheckpointKey;
      readonly task: TaskRef;
      readonly writes: readonly WriteRow[];
    };

export interface CheckpointKey {
  readonly threadId: string;
  readonly namespace: string;
  readonly checkpointId: string;
}

/** One node's execution within a checkpoint. `path` orders the tasks of a checkpoint; empty sorts first. */
export interface TaskRef {
  readonly id: string;
  readonly path: string;
}

export interface CheckpointRow extends CheckpointKey {
  readonly parentId: string | null;
  readonly checkpoint: Uint8Array;
  readonly metadata: JsonObject;
}

/** One version of one channel, stored once however many checkpoints hold it. */
export interface ChannelRow {
  readonly channel: string;
  readonly version: string;
  readonly type: string;
  readonly value: Uint8Array;
}

export interface WriteRow {
  readonly index: number;
  readonly channel: string;
  readonly type: string;
  readonly value: Uint8Array;
}

export interface CheckpointFilter {
  readonly threadId?: string;
  readonly namespace?: string;
  readonly checkpointId?: string;
  readonly before?: string;
  readonly limit?: number;
  readonly metadata?: JsonObject;
}

/** What waits for a person. One open review a run; answered ones stay on record. */
export interface ReviewStore {
  /** The open one, or the newest. */
  get(runId: string): Promise<ReviewRecord | null>;
  listOpen(options: { readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly reviews: readonly ReviewRecord[];
    readonly cursor: string | null;
  }>;
  /** Saves decisions without finishing. @throws WeirError `review.conflict` when `version` is not the present one */
  save(runId: string, version: number, decisions: Decisions): Promise<ReviewRecord>;
  /** Saves, closes the review and queues the run, in one transaction. @throws WeirError `review.conflict` */
  finish(runId: string, version: number, decisions: Decisions, lane?: string): Promise<ReviewRecord>;
}

export interface ReviewRecord {
  readonly runId: string;
  readonly step: string;
  /** Counts up with every save: the optimistic lock. */
  readonly version: number;
  readonly status: "open" | "finished";
  /** What the person decided so far, by path. */
  readonly decisions: Decisions;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface NewEvent {
  /** e.g. `run.queued`, `step.done`, `review.opened`. */
  readonly type: string;
  readonly data: JsonObject;
}

export interface EventRecord extends NewEvent {
  readonly runId: string;
  /** From 1, without gaps within a run. */
  readonly seq: number;
  readonly at: number;
}

export interface EventStore {
  list(runId: string, afterSeq?: number): Promise<readonly EventRecord[]>;
}
