import type { z } from "zod";
import type { Decisions, DocumentText, Doubt, DraftData, JsonObject, Part, PartLines } from "../core/index.ts";
import type { Schema, StepContext } from "./step.ts";

/** Names the parts of a document, in order. Pure: the same text has the same parts. */
export type SplitText = (text: DocumentText) => readonly PartLines[];

/** How a document falls into parts: a function, or one with options, which the structural hash has to cover. */
export type Split = SplitText | { readonly shape: JsonObject; readonly parts: SplitText };

/** One part with everything that was decided about it. */
export interface PartDraft {
  readonly part: Part;
  /** Paths as the part's steps name them. */
  readonly draft: DraftData;
}

/** What the parts come to: more of the document's draft. Absent: no doubts of its own, nothing optional. */
export interface MergedParts {
  readonly decisions: Decisions;
  readonly doubts?: readonly Doubt[];
  readonly optional?: readonly string[];
}

/** Makes one draft of what was decided about the parts. */
export interface Merge<Of extends Schema, Added extends Schema> {
  readonly shape: JsonObject;
  /** The paths it decides, given those of a part. @throws WeirError `workflow.invalid` */
  schemaOf(part: Of): Added;
  merge(parts: readonly PartDraft[], context: StepContext): MergedParts | Promise<MergedParts>;
  /** Whether it decides paths the parts did not have: doubted ones are asked about as after any step that decides. */
  readonly decides: boolean;
}

/** The lists of the parts' drafts one after another: "facts" of every part are "facts" of the document. */
export interface Concatenation extends Merge<Schema, Schema> {
  /** Only for the compiler. */
  readonly concatenates: true;
}

/** The draft of a map without a merge: a list with an entry a part. */
export type Listed<Name extends string, Of extends Schema> = z.ZodObject<Record<Name, z.ZodArray<Of>>>;
