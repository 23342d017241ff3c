import type { Baseline, FieldScore, ListScore } from "../../src/cli/eval/score.ts";
import type { Population } from "../../src/core/index.ts";
import type { Recall } from "./recall.ts";
import type { SplitScore, qualityOf } from "./splits.ts";

/** What was measured on one set. */
export interface Measured {
  readonly set: string;
  readonly about: string;
  readonly workflow: string;
  /** Day, engine, models and machine, as a sentence. */
  readonly conditions: string;
  readonly documents: number;
  /** Labelled items in the file: more, where only some were asked for. */
  readonly documentsHeld: number;
  readonly risk: number;
  readonly scores: Scores;
  readonly recall: readonly Recall[];
  /** Files beside the page. */
  readonly pictures: readonly string[];
  /** Null: nothing was learned. */
  readonly learned: Learned | null;
}

/** Of the documents asked about. */
export interface Scores {
  readonly asked: number;
  readonly fields: Readonly<Record<string, FieldScore>>;
  readonly all: FieldScore;
  /** Lists that are labelled with the names of their entries. */
  readonly lists: Readonly<Record<string, ListScore>>;
  readonly untouched: number;
  readonly untouchedWrong: number | null;
  readonly baselines: Readonly<Record<string, Baseline>>;
  /** Null: not measured, since the machine does other things too. */
  readonly milliseconds: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

export interface Learned {
  readonly senders: number;
  /** Half of the documents, the others were asked about. */
  readonly from: number;
  /** Null: not measured. */
  readonly seconds: number | null;
  /** All documents learned from, each answered by readers that had not seen it. */
  readonly outOfFold: Readonly<Record<string, Readonly<Record<Population, ReturnType<typeof qualityOf>>>>>;
  readonly splitCount: number;
  readonly splits: readonly SplitScore[];
}
