import type { z } from "zod";
import type { Decisions, DocumentRef, DocumentText, DraftData, JsonObject, ReadingRef } from "../core/index.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import type { Model, TokenUse } from "./model.ts";
import type { DocumentReader } from "./reader.ts";

/**
 * The contract between the engine and the steps of a workflow. The state is plain JSON, survives
 * checkpoints and processes, and never holds the document itself.
 */

/** A schema of a draft: an object whose leaves become decisions. */
export type Schema = z.ZodObject;

/** Before reading: only the document's name. */
export interface Start {
  readonly document: DocumentRef;
}

/** After reading: the text is stored, the state knows its name. */
export interface Pages extends Start {
  readonly reading: ReadingRef;
}

/** An answer that may still change. */
export interface Draft<S extends Schema> extends Pages {
  readonly stage: "draft";
  readonly draft: DraftData;
  /** Only for the compiler. */
  readonly schema?: S;
}

/** An answer without open doubts: what may be delivered. */
export interface Final<S extends Schema> extends Pages {
  readonly stage: "final";
  readonly draft: DraftData;
  /** Only for the compiler. */
  readonly schema?: S;
}

/** What kind of work a step does; the engine escalates after those that decide. */
export type StepKind = "read" | "extract" | "validate" | "review" | "deliver" | "own";

/** One node of a workflow: one LangGraph node, one checkpoint, one label on the review page. */
export interface Step<In, Out> {
  readonly name: string;
  readonly kind: StepKind;
  /** What the structural hash of the workflow covers of this step, in JSON. */
  readonly shape: JsonObject;
  /** The paths this step decides, for drafts. */
  readonly schema?: Schema;
  /**
   * Runs at least once, and again after a crash before its checkpoint: effects outside must be
   * idempotent under `context.effectKey`.
   */
  readonly run: (state: In, context: StepContext) => Promise<Out>;
  /** For rules: doubts anew after a person changed values. Pure. */
  readonly recheck?: (draft: DraftData, schema: Schema) => DraftData;
}

/** Adapters a step may use; the same for all runs. */
export interface StepHost {
  readonly reader: DocumentReader;
  readonly model: Model;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** What a step is given besides the state. */
export interface StepContext extends StepHost {
  readonly run: { readonly id: string; readonly itemId: string };
  readonly workflow: { readonly name: string; readonly version: number };
  /** Every path the workflow decides; null when no step makes a draft. */
  readonly schema: Schema | null;
  /** What `--set` said. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folder relative paths of the workflow's author resolve against (deliveries): where the command was called. */
  readonly folder: string;
  /** Stable over retries and crashes: hand it to whatever must not happen twice. */
  readonly effectKey: string;
  /** Aborted when the run is cancelled, the lease is lost or the step's time is over. */
  readonly signal: AbortSignal;
  /** What a person decided about this run so far, by path; empty before a review. */
  readonly answers: Decisions;
  /** The stored text of a document that was read. */
  text(state: Pages): Promise<DocumentText>;
  /** Adds model tokens to the run's usage. */
  count(tokens: TokenUse): void;
}

/**
 * What happens with doubted paths after a step that decides something. The default leaves them for
 * review; other policies ask a stronger reader first.
 */
export interface Escalation {
  readonly shape: JsonObject;
  readonly settle: (draft: DraftData, state: Pages, context: StepContext) => Promise<DraftData>;
}
