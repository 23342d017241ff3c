import type { RunStatus } from "../core/index.ts";
import type { RunRecord } from "./store.ts";

/** What the store can forget: what settled runs no longer need, and documents altogether. */
export interface UpkeepStore {
  /** Runs that were over before a time and still have their journal, first those that ended first; at most 200. */
  prunable(filter: PrunableFilter): Promise<readonly RunRecord[]>;
  /**
   * Drops the journal of a run that is over, and its claim on what was read and, unless told otherwise,
   * on its document. Its row, events, reviews and the record stay.
   * @returns bytes the journal took; null: nothing was dropped, it is not over or another run goes on from it
   */
  prune(runId: string, keep: { readonly document: boolean }): Promise<number | null>;
  /** Those of the blobs that no run needs. */
  unneeded(blobs: readonly string[]): Promise<readonly string[]>;
  /** What was read from a document and from no other. */
  readingsOf(document: string): Promise<readonly string[]>;
  /**
   * Erases every run of a document with all that belongs to it. The record keeps their entries' digests,
   * and says that they were erased.
   * @throws WeirError `run.state` while a worker holds one of them
   */
  erase(document: string): Promise<Erased>;
  /** Gives the space of what was deleted back to the disk, and overwrites it. Others wait meanwhile. */
  compact(): Promise<void>;
}

export interface Erased {
  readonly runs: readonly string[];
  /** Entries of the record of which only digests are left. */
  readonly entries: number;
}

export interface PrunableFilter {
  /** Milliseconds since 1970. */
  readonly before: number;
  readonly status: readonly RunStatus[];
}
