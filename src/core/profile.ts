import type { Json } from "./json.ts";

/** What a workflow has learned from labelled examples: what it reads better with, and what it may promise. */

/** Where a document comes from: a sender that was learned from, or one never seen. */
export const populations = ["known", "new"] as const;
export type Population = (typeof populations)[number];

/**
 * Whose documents a certificate speaks of: those of known senders, those of new ones, or `any`: documents
 * as they come, known and new senders mixed as among those that were learned from.
 */
export const scopes = [...populations, "any"] as const;
export type Scope = (typeof scopes)[number];

/**
 * What kind of promise a certificate makes about the error among accepted values.
 * `certified`: at most `risk` with 95 % confidence, field by field. `expected`: at most `risk` on average, field by
 * field. `pooled`: at most `risk` on average among the accepted values of all fields together. Never mixed.
 */
export const promises = ["certified", "expected", "pooled"] as const;
export type Promised = (typeof promises)[number];

/** What may be accepted on a probability, and what that rests on. */
export interface Certificate {
  /** A path of the output; "*" speaks of whole documents. */
  readonly path: string;
  readonly promise: Promised;
  /** Highest share of wrong values among those accepted, 0..1. */
  readonly risk: number;
  readonly population: Scope;
  /** Values are accepted from this confidence on; null: the promise cannot be made yet. */
  readonly threshold: number | null;
  /** Labelled values it was tried on. */
  readonly labels: number;
  /** Of those: at or above the threshold, and wrong among them. */
  readonly accepted: number;
  readonly wrong: number;
  /** Upper bound of the error (95 %) for `certified`, else its mean, for `pooled` that of all fields; null without a threshold. */
  readonly bound: number | null;
  /** How many more labels (`pooled`: documents) would do at the error seen so far; 0 when reached, null when none would. */
  readonly missing: number | null;
  /** The method, citable. */
  readonly method: string;
}

/** One answer to a labelled example by readers that had not learned from that example. */
export interface OutOfFold {
  /** The example's id. */
  readonly example: string;
  /** Path of the schema. */
  readonly path: string;
  /** Whether others of the example's sender were among the learned ones. */
  readonly population: Population;
  readonly value: Json;
  /** Calibrated probability that the value is right, 0..1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** What is wrong with a labelled example: it is listed and not learned from. */
export interface ExampleProblem {
  readonly example: string;
  readonly path: string | null;
  readonly message: string;
}

/** Everything a profile consists of. Plain JSON; one folder on the disk. */
export interface Profile {
  readonly schema: "weir.profile/1";
  /** Letters, digits and `-`. */
  readonly name: string;
  /** From 1; runs name "default@3". */
  readonly version: number;
  readonly workflow: {
    readonly name: string;
    readonly version: number;
    /** "sha256:…" of what it decides: the schema and the steps that decide. A profile of another one is refused. */
    readonly hash: string;
  };
  readonly learned: {
    /** RFC 3339. */
    readonly on: string;
    readonly engine: string;
    readonly examples: number;
    /** Senders among them. */
    readonly sources: number;
    /** "sha256:…" of the examples, so that two profiles can be told apart. */
    readonly hash: string;
    /** The models that were asked, by role ("encoder", "decoder"). With others its promises do not hold. */
    readonly models: Readonly<Record<string, { readonly name: string; readonly sha256: string }>>;
  };
  /** The dial it was taught with. */
  readonly risk: number;
  readonly promise: Promised;
  /** What each step learned, by its name; only the step itself can read it. */
  readonly steps: Readonly<Record<string, Json>>;
  /** Fingerprints of the senders that were learned from; read by `src/confidence`. */
  readonly sources: Json;
  readonly certificates: readonly Certificate[];
  readonly watch: Watch;
}

/** How it is noticed that a promise no longer holds. */
export interface Watch {
  /** Share of accepted decisions that a person is asked about all the same, 0..1. */
  readonly audit: number;
  /** How confidences were spread when it was taught, by path; read by `src/confidence`. */
  readonly confidences: Readonly<Record<string, Json>>;
}
