import type { Decisions, Doubt, DocumentText } from "../core/index.ts";
import type { Schema, StepContext } from "../ports/index.ts";
import type { ExtractOptions } from "./extract.ts";

/** What a way of extracting is given, and what it gives. */
export interface ExtractRequest {
  readonly schema: Schema;
  readonly text: DocumentText;
  readonly context: StepContext;
  /** Name of the step, for its doubts. */
  readonly step: string;
  readonly options: ExtractOptions;
}

export interface Extracted {
  readonly decisions: Decisions;
  readonly doubts: readonly Doubt[];
}
