import type { z } from "zod";
import type {
  Certificate,
  Decisions,
  DocumentRef,
  DocumentText,
  DraftData,
  ExampleProblem,
  Json,
  JsonObject,
  OutOfFold,
  Part,
  ReadingRef,
} from "../core/index.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import type { Cloud, CloudUse, Worth } from "./cloud.ts";
import type { Databases } from "./databases.ts";
import type { LargeModel, Model, TokenUse } from "./model.ts";
import type { DocumentReader } from "./reader.ts";
import type { Web } from "./web.ts";

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
export type StepKind = "escalate" | "read" | "extract" | "validate" | "lookup" | "agent" | "review" | "deliver" | "own";

/** One node of a workflow: one LangGraph node, one checkpoint, one label on the review page. */
export interface Step<In, Out> {
  readonly name: string;
  readonly kind: StepKind;
  /** What the structural hash of the workflow covers of this step, in JSON. */
  readonly shape: JsonObject;
  /** The paths this step decides, for drafts. */
  readonly schema?: Schema;
  /**
   * Labels that are whole texts and no paths: by their name, the path whose texts, joined, are learned from
   * and compared with them.
   */
  readonly texts?: Readonly<Record<string, string>>;
  /** Narrows or forbids the workflow's escalation for the paths this step decides. */
  readonly escalate?: StepEscalation;
  /** Paths this step acts on: while one is doubted, the run waits for a person before it. */
  readonly needs?: readonly string[];
  /**
   * Runs at least once, and again after a crash before its checkpoint: effects outside must be
   * idempotent under `context.effectKey`.
   */
  readonly run: (state: In, context: StepContext) => Promise<Out>;
  /** For rules: doubts anew after a person changed values. Pure. */
  readonly recheck?: (draft: DraftData, schema: Schema) => DraftData;
  /**
   * Learns to decide this step's paths from labelled examples. The same examples and models give the
   * same answer. Given back to the step as `context.learned.model`.
   */
  readonly learn?: (examples: readonly LabelledExample[], context: LearnContext) => Promise<Lesson>;
}

/** A document that was read, with what is right about it. */
export interface LabelledExample {
  readonly id: string;
  readonly text: DocumentText;
  /** Who sent it, as far as the page says: examples of one source are kept together where they must not meet. */
  readonly source: string;
  /** By path, printed form; null: the document does not state it; absent: not labelled. */
  readonly truth: Readonly<Record<string, Json>>;
}

export interface LearnContext {
  readonly model: Model;
  /** Absent where none is configured. */
  readonly large?: Model;
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told what is being done, and how far it is, 0..1. */
  readonly progress: (doing: string, share: number) => void;
  /** Readers to do without ("slm", "encoder", …), to see what each adds. */
  readonly without: ReadonlySet<string>;
}

/** What a step made of the examples. */
export interface Lesson {
  /** Plain JSON for the profile; opaque to everybody else. */
  readonly model: Json;
  /** Answers to the examples by readers that did not see them, for thresholds and figures. */
  readonly outOfFold: readonly OutOfFold[];
  readonly problems: readonly ExampleProblem[];
  /** Other figures worth printing, e.g. the share of truths among the candidates, by path. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What the run's profile gives to one step. */
export interface Learned {
  /** What the step's own `learn` returned. */
  readonly model: Json;
  /** The certificate under which a value of this confidence is accepted for this document; null: none does. */
  readonly accepts: (path: string, confidence: number) => Certificate | null;
}

/** Adapters a step may use; the same for all runs. */
export interface StepHost {
  readonly reader: DocumentReader;
  readonly model: Model;
  /** Asked about what `model` leaves in doubt; absent where none is configured. */
  readonly large?: LargeModel;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Absent where none is configured, or nothing may leave. */
  readonly cloud?: Cloud;
  /** Whether no connection can leave this process and its children. */
  readonly airgap?: boolean;
  readonly web: Web;
  readonly databases: Databases;
}

/** What a step is given besides the state. */
export interface StepContext extends StepHost {
  readonly run: { readonly id: string; readonly itemId: string };
  readonly workflow: { readonly name: string; readonly version: number };
  /** Every path the workflow decides; null when no step makes a draft. */
  readonly schema: Schema | null;
  /** What the run's profile holds for this step and this document; null without a profile. */
  learned(text: DocumentText): Promise<Learned | null>;
  /** What `--set` said. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the workflow says that asking is done for. */
  readonly worth: Worth;
  /** Readers to do without ("slm", "encoder", …), to see what each adds. */
  readonly without: ReadonlySet<string>;
  /** Folder relative paths of the workflow's author resolve against (deliveries): where the command was called. */
  readonly folder: string;
  /** Stable over retries and crashes: hand it to whatever must not happen twice. */
  readonly effectKey: string;
  /** Whether a passing failure of this step ends the run: before that the engine tries it again. */
  readonly lastTry: boolean;
  /** Aborted when the run is cancelled, the lease is lost or the step's time is over. */
  readonly signal: AbortSignal;
  /** What a person decided about this run so far, by path; empty before a review. */
  readonly answers: Decisions;
  /** The part of the document the step works on; null: all of it. */
  readonly part: Part | null;
  /** The stored text of a document that was read; within a part only its lines. */
  text(state: Pages): Promise<DocumentText>;
  /** Adds an event to the run's record: on record together with the step's outcome, or not at all. */
  tell(type: string, data: JsonObject): void;
  /** Adds model tokens to the run's usage. */
  count(tokens: TokenUse): void;
  /** Adds what a cloud model used to the run's usage. */
  countCloud(use: CloudUse): void;
}

/**
 * What happens with doubted paths after a step that decides something. The default leaves them for
 * review; other policies ask a stronger reader first.
 */
export interface Escalation {
  readonly shape: JsonObject;
  /** Default: `usualWorth`. */
  readonly worth?: Worth;
  /**
   * Runs as a node of its own after the steps that decide, so that waiting for an answer repeats no other work.
   * @throws Postponed to be run again later
   */
  readonly settle: (
    draft: DraftData,
    state: Pages,
    context: StepContext,
    narrowed: NarrowedEscalation,
  ) => Promise<DraftData>;
}

/** How much of a document may leave: nothing; lines with stand-ins for personal data; lines as they are; all of it. */
export const disclosures = ["nothing", "surrogates", "lines", "document"] as const;
export type Disclosure = (typeof disclosures)[number];

/** What a step says about asking for its own paths: never, or only about these, or disclosing no more than that. */
export type StepEscalation = false | { readonly paths?: readonly string[]; readonly disclose?: Disclosure };

/** What the step that decides a path says about it; null: nothing. */
export type NarrowedEscalation = (path: string) => StepEscalation | null;
