import type { RankerProfile } from "../ranking/index.ts";
import {
  type Decisions,
  type Doubt,
  type DraftData,
  type Json,
  amend,
  emptyDraft,
  raise,
  schemaPath,
} from "../core/index.ts";
import type { Drafted, Pages, Schema, Step, StepEscalation } from "../ports/index.ts";
import type { Signal } from "../learning/fields/index.ts";
import type { WindowSize } from "../slm/index.ts";
import { followPlan } from "./following.ts";
import { learnToExtract } from "./learning.ts";
import { checkWindow, lossesOf, planFor } from "./planned.ts";
import { optionalPaths } from "./schema.ts";
import { writeDown } from "./writing.ts";

export interface ExtractOptions {
  /** A second extract in a workflow needs a name of its own. */
  readonly name?: string;
  /**
   * `point` (default): each path by its own strategy, most by choosing among what stands on the page. `grammar`:
   * the model writes the whole object under a JSON grammar, for models that are good at it.
   */
  readonly decode?: "point" | "grammar";
  /** Learned weights of the ranker; default: generic ones. */
  readonly ranker?: RankerProfile;
  /**
   * What else may tell whether a value is right, by name, each a pure function of the claim to 0..1. They
   * stand in the evidence of every decision, and `weir teach` learns what they are worth.
   */
  readonly signals?: Readonly<Record<string, Signal>>;
  /**
   * How much of the document the model is shown at once where it is asked about all of it; default 900 tokens,
   * the last 120 of them once more at the beginning of the next window.
   */
  readonly window?: WindowSize;
  /** With `grammar`: tokens of the answer at most; default 512. */
  readonly tokensMax?: number;
  /** Narrows or forbids the workflow's cloud for the fields of this step. */
  readonly escalate?: StepEscalation;
}

/**
 * Decides every path of the schema: a new draft, or more paths in the one there is. Each value has
 * the span it was read from. Only what hard evidence confirms is accepted; the rest is best answers.
 */
export function extract<S extends Schema, In extends Pages = Pages>(
  schema: S,
  options: ExtractOptions = {},
): Step<In, Drafted<In, S>> {
  const name = options.name ?? "extract";
  const decode = options.decode ?? "point";
  const losses = decode === "grammar" ? lossesOf(schema, name) : [];
  const plan = decode === "point" ? planFor(schema, name) : null;
  if (options.window !== undefined) checkWindow(options.window, name);
  return {
    name,
    kind: "extract",
    shape: {
      decode,
      ranker: (options.ranker ?? null) as unknown as Json,
      tokensMax: options.tokensMax ?? null,
      ...(options.window === undefined ? {} : { window: { ...options.window } }),
      ...(losses.length === 0 ? {} : { losses }),
      ...(options.signals === undefined ? {} : { signals: Object.keys(options.signals).toSorted() }),
    },
    schema,
    ...(options.escalate === undefined ? {} : { escalate: options.escalate }),
    ...(decode === "point" ? { learn: (examples, context) => learnToExtract(schema, examples, context, options) } : {}),
    run: async (state, context) => {
      const text = await context.text(state);
      const request = { schema, text, context, step: name, options };
      const { decisions, doubts } = await (plan === null ? writeDown(request) : followPlan(plan, request));
      const known: DraftData = "draft" in state ? (state as Pages & { draft: DraftData }).draft : emptyDraft;
      const optional = new Set(optionalPaths(schema));
      const draft: DraftData = {
        ...amend(known, decisions),
        optional: [...known.optional, ...Object.keys(decisions).filter((path) => optional.has(schemaPath(path)))],
      };
      const all = [...doubts, ...incomplete(state, decisions, name)];
      // The stage exists for the compiler; `In` decides which draft this is.
      return { ...state, stage: "draft", draft: all.reduce(raise, draft) } as unknown as Drafted<In, S>;
    },
  };
}

/** A document that was not read whole may state anything on the pages left out. */
function incomplete({ reading }: Pages, decisions: Decisions, step: string): readonly Doubt[] {
  if (reading.complete) return [];
  const pages = reading.skipped.map(({ page, reason }) => `page ${page} (${reason})`).join(", ");
  const message = `the document was not read whole: ${pages === "" ? "parts are missing" : pages}`;
  return [{ code: "read.incomplete", paths: Object.keys(decisions), message, step }];
}
