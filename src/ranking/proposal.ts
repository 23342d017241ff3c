import type { Json, Span } from "../core/index.ts";
import type { FieldSpec } from "./fields.ts";

/** A value that was considered for a path. */
export interface ProposedValue {
  /** In printed form; null says that the page does not state it. */
  readonly value: Json;
  /** Share among the values considered, 0..1; not calibrated. */
  readonly probability: number;
  readonly spans: readonly Span[];
  /** The words beside it that may say what it is; empty for absence. */
  readonly labels: readonly string[];
}

/** What reading without a language model makes of one path. */
export interface Proposal {
  /** "seller.name", "lines.0.amount". */
  readonly path: string;
  readonly field: FieldSpec;
  /** The best value, null for absence. */
  readonly value: Json;
  readonly probability: number;
  /** Probability of the best less that of the second. */
  readonly margin: number;
  readonly spans: readonly Span[];
  /** Everything considered, best first, the best included; at most `rankedMax`. */
  readonly ranked: readonly ProposedValue[];
  /** Named signals in 0..1. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** Values that are kept a path. */
export const rankedMax = 12;
