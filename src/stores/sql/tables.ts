import type { Generated, GeneratedAlways } from "kysely";

/**
 * The tables as the queries see them; every one begins with `namespace`. JSON is text, booleans are
 * 0 or 1, times are milliseconds since 1970. The same queries serve every SQL database.
 */
export interface Tables {
  readonly runs: RunsTable;
  readonly wakeups: WakeupsTable;
  readonly events: EventsTable;
  readonly reviews: ReviewsTable;
  readonly checkpoints: CheckpointsTable;
  readonly channels: ChannelsTable;
  readonly writes: WritesTable;
  readonly contents: ContentsTable;
  readonly cloud_calls: CloudCallsTable;
  readonly record: RecordTable;
  readonly tallies: TalliesTable;
}

/** What is counted for whoever watches, by all processes together. */
interface TalliesTable {
  namespace: string;
  series: string;
  sum: number;
}

/** One row a try of a question; attempt 0 is the wait before the first. Tokens and cost are estimates until it ended. */
export interface CloudCallsTable {
  namespace: string;
  key: string;
  attempt: number;
  run_id: string;
  workflow: string;
  model: string;
  status: string;
  sent_at: number;
  ended_at: number | null;
  bytes_out: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_nano: number;
  problem: string | null;
  retry_at: number | null;
  answer: string | null;
}

/** The chain of hashes: what left, what came back, what was decided. Rows are only added; what one holds may be erased. */
export interface RecordTable {
  namespace: string;
  seq: number;
  at: number;
  kind: string;
  run_id: string;
  data: string;
  body: Uint8Array | null;
  hash: string;
  data_sha256: string | null;
  body_sha256: string | null;
  /** 1: data and body are gone. */
  erased: Generated<number>;
}

export interface RunsTable {
  namespace: string;
  id: string;
  item_id: string;
  workflow_name: string;
  workflow_version: number;
  workflow_hash: string;
  workflow_file: string | null;
  document: string;
  settings: string;
  profile: string | null;
  models: string;
  folder: string;
  engine_build: string;
  reuse_key: string | null;
  lane: string;
  priority: number;
  status: string;
  waiting_reason: string | null;
  waiting_until: number | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
  attempts: Generated<number>;
  host_crashes: Generated<number>;
  cancel_requested: Generated<number>;
  draft: string | null;
  reading: string | null;
  usage: string;
  error: string | null;
  lease_token: string | null;
  lease_worker: string | null;
  lease_until: number | null;
  rerun: string | null;
  /** When the journal was dropped. */
  pruned_at: Generated<number | null>;
  /** 0: nobody needs the document for this run any more. */
  keeps_document: Generated<number>;
  error_code: GeneratedAlways<string | null>;
  document_sha256: GeneratedAlways<string>;
  reading_sha256: GeneratedAlways<string | null>;
}

/** At most one a run. Held while `token` is set and `hidden_until` lies ahead. */
interface WakeupsTable {
  namespace: string;
  run_id: string;
  workflow: Generated<string>;
  lane: string;
  priority: number;
  due_at: number;
  token: string | null;
  worker: string | null;
  hidden_until: number | null;
  /** 1: a queue beside the database was told of it, as it stands here. */
  relayed: Generated<number>;
}

export interface EventsTable {
  namespace: string;
  run_id: string;
  seq: number;
  at: number;
  type: string;
  data: string;
}

export interface ReviewsTable {
  namespace: string;
  run_id: string;
  /** From 1; the newest of a run has the highest. */
  number: number;
  step: string;
  version: number;
  status: string;
  decisions: string;
  created_at: number;
  updated_at: number;
}

export interface CheckpointsTable {
  namespace: string;
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string;
  parent_id: string | null;
  checkpoint: Uint8Array;
  metadata: string;
}

interface ChannelsTable {
  namespace: string;
  thread_id: string;
  checkpoint_ns: string;
  channel: string;
  version: string;
  type: string;
  sha256: Uint8Array;
}

export interface WritesTable {
  namespace: string;
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string;
  task_id: string;
  idx: number;
  task_path: string;
  channel: string;
  type: string;
  sha256: Uint8Array;
}

/** What channels and writes hold, once a thread: a step's write and the channel it becomes are the same bytes. */
export interface ContentsTable {
  namespace: string;
  thread_id: string;
  /** Of the value itself. */
  sha256: Uint8Array;
  /** Deflated. */
  value: Uint8Array;
}
