import type { Decisions, ErrorInfo, Json, JsonObject, Promised, Result, RunStatus, Scope } from "../core/index.ts";
import type { EventRecord, ReviewRecord, RunFilter, RunRecord } from "./store.ts";
import type { Figure } from "./telemetry.ts";

/** What the ways in (command line, HTTP, watched folder) may ask of a running Weir. Ids are checked, nothing is trusted. */
export interface Service {
  /**
   * Durable when it resolves: the document is stored, the run and its wake-up are written.
   * @throws WeirError `workflow.unknown`, `document.empty`, `document.too-large`, `input.bad-setting`,
   *   `queue.full`, `store.full`
   */
  submit(item: NewItem): Promise<{ readonly run: RunRecord; readonly created: boolean }>;
  get(runId: string): Promise<RunRecord | null>;
  /** The run in the form of the contract. @throws WeirError `run.unknown` */
  result(runId: string): Promise<Result>;
  list(filter: RunFilter): Promise<{ readonly runs: readonly RunRecord[]; readonly cursor: string | null }>;
  cancel(runId: string): Promise<RunRecord>;
  retry(runId: string): Promise<RunRecord>;
  /** Queues runs that failed again, newest first. */
  retryFailed(filter: FailedFilter): Promise<{ readonly runs: readonly string[]; readonly more: boolean }>;
  /** Events after a sequence number, oldest first. */
  events(runId: string, afterSeq?: number): Promise<readonly EventRecord[]>;
  /** The run's open review with everything a person needs to decide. @throws WeirError `run.unknown`, `run.state` */
  review(runId: string): Promise<ReviewView>;
  reviews(page: { readonly cursor?: string; readonly limit?: number }): Promise<{
    readonly reviews: readonly ReviewView[];
    readonly cursor: string | null;
  }>;
  /**
   * Saves decisions; when nothing is left to settle the review is finished and the run goes on.
   * @param version the one the person saw
   * @throws WeirError `review.conflict`, `review.invalid`, `run.unknown`, `run.state`
   */
  decide(runId: string, version: number, decisions: ReviewInput): Promise<ReviewView>;
  /**
   * Erases a document everywhere but in inboxes. @param sha256 of its bytes
   * @throws WeirError `run.state` where a worker does not let go of a run of it
   */
  purge(sha256: string): Promise<PurgedDocument>;
  workflows(): readonly WorkflowView[];
  /** Whether documents are taken now; cheap to ask. */
  room(): Promise<Room>;
  /** Runs by state, for readiness and metrics. */
  stats(): Promise<ServiceStats>;
  /** What all processes of this installation have counted. */
  figures(): Promise<readonly Figure[]>;
}

export interface NewItem {
  /** As the user gave it, else the file's name. */
  readonly itemId: string;
  /** A built-in name, or the path of a workflow file. */
  readonly workflow: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly settings?: Readonly<Record<string, string>>;
  /** Absent: the workflow's `default`, where it was taught; null: none. */
  readonly profile?: string | null;
  readonly lane?: string;
  /** -100 to 100, higher first: each step goes before ten minutes of waiting. */
  readonly priority?: number;
  /**
   * Runs with the same key are the same work: the earlier one is returned while it is neither
   * failed nor cancelled. Absent: always a run of its own.
   */
  readonly reuseKey?: string;
}

export interface FailedFilter {
  readonly workflow?: string;
  /** Of the error they ended with. */
  readonly code?: string;
  /** At most so many; `more` says whether there are others. Default 1 000. */
  readonly limit?: number;
  /** Where they go on; default: where they were. */
  readonly lane?: string;
}

export interface PurgedDocument {
  /** sha256. */
  readonly document: string;
  readonly runs: readonly string[];
  /** Stored files: the document, and what was read from it alone. */
  readonly blobs: number;
  /** Profiles that had learned from it, as "receipt/default@3". */
  readonly profiles: readonly string[];
  /** Entries of the record of which only hashes are left. */
  readonly entries: number;
}

export interface Room {
  /** So many more may come. */
  readonly documents: number;
  /** Why none may. */
  readonly problem: ErrorInfo | null;
}

/** `{value}` sets, "accept" takes the best answer as it stands. The path "*" accepts everything that has a value. */
export type ReviewInput = Readonly<Record<string, "accept" | { readonly value: Json }>>;

export interface ReviewView {
  readonly run: RunRecord;
  readonly review: ReviewRecord;
  /** The draft's decisions with those of the person laid over them. */
  readonly decisions: Decisions;
  /** What is still to be settled, in plain words. */
  readonly doubts: readonly { readonly code: string; readonly paths: readonly string[]; readonly message: string }[];
}

export interface WorkflowView {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  /** JSON Schema of the settings it takes. */
  readonly input: JsonObject;
  /** JSON Schema of the output in its printed form. */
  readonly output: JsonObject;
}

export interface ServiceStats {
  readonly runs: Readonly<Record<RunStatus, number>>;
  readonly queue: { readonly due: number; readonly later: number; readonly held: number };
  /** How long the run that waits longest has been due, milliseconds; null: none is. */
  readonly oldestDueMs: number | null;
  /** On the disk of the data folder; null: the system does not say. */
  readonly diskFreeBytes: number | null;
  /** Whether new documents are taken: false when the disk is nearly full. */
  readonly accepting: boolean;
  readonly problem: ErrorInfo | null;
  /** The profiles in use. */
  readonly profiles: readonly ProfileStats[];
}

/** What a profile promises and what has become of it. */
export interface ProfileStats {
  readonly workflow: string;
  /** "default@3". */
  readonly ref: string;
  readonly risk: number;
  readonly promise: Promised;
  readonly promises: readonly PromiseStats[];
  /** Why none of them holds here (other models, another Weir); null: they hold. */
  readonly strange: string | null;
  /** Why it cannot be used; then it promises nothing. */
  readonly problem: ErrorInfo | null;
}

/** One path and one kind of senders; "*" speaks of whole documents. */
export interface PromiseStats {
  readonly path: string;
  readonly population: Scope;
  /** Whether values are accepted on it, or would be were it not withdrawn: where others rule, it is for information. */
  readonly rules: boolean;
  readonly labels: number;
  /** Values are accepted from this confidence on; null: nothing is promised yet. */
  readonly threshold: number | null;
  readonly bound: number | null;
  /** More labels that would do at the error seen; null: no number would. */
  readonly missing: number | null;
  /** Why it is no longer promised; null: it is. */
  readonly withdrawn: string | null;
  /** Senders for which alone it was withdrawn. */
  readonly sourcesWithdrawn: number;
  /** Accepted values that people checked, and wrong among them. */
  readonly checked: number;
  readonly wrong: number;
}
