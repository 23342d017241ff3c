import type { RankerProfile } from "../ranking/index.ts";
import {
  type Decisions,
  type Doubt,
  type DraftData,
  type Json,
  WeirError,
  amend,
  emptyDraft,
  jsonSchema,
  raise,
  schemaPath,
} from "../core/index.ts";
import type { Drafted, Pages, Schema, Step, StepEscalation } from "../ports/index.ts";
import type { Signal } from "../learning/fields/index.ts";
import { planOf, shownLoss } from "../slm/index.ts";
import { learnToExtract } from "./learning.ts";
import { pointAt } from "./pointing.ts";
import { optionalPaths, unsupportedPaths } from "./schema.ts";
import { writeDown } from "./writing.ts";

export interface ExtractOptions {
  /** A second extract in a workflow needs a name of its own. */
  readonly name?: string;
  /**
   * `point` (default): the value is chosen among what stands on the page. `grammar`: the model writes
   * the whole object under a JSON grammar, for models that are good at it.
   */
  readonly decode?: "point" | "grammar";
  /** Learned weights of the ranker; default: generic ones. */
  readonly ranker?: RankerProfile;
  /**
   * What else may tell whether a value is right, by name, each a pure function of the claim to 0..1. They
   * stand in the evidence of every decision, and `weir teach` learns what they are worth.
   */
  readonly signals?: Readonly<Record<string, Signal>>;
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
  if (decode === "point") refuseUnsupported(schema, name);
  const read = decode === "point" ? pointAt : writeDown;
  return {
    name,
    kind: "extract",
    shape: {
      decode,
      ranker: (options.ranker ?? null) as unknown as Json,
      tokensMax: options.tokensMax ?? null,
      ...(losses.length === 0 ? {} : { losses }),
      ...(options.signals === undefined ? {} : { signals: Object.keys(options.signals).toSorted() }),
    },
    schema,
    ...(options.escalate === undefined ? {} : { escalate: options.escalate }),
    ...(decode === "point" ? { learn: (examples, context) => learnToExtract(schema, examples, context, options) } : {}),
    run: async (state, context) => {
      const text = await context.text(state);
      const { decisions, doubts } = await read({ schema, text, context, step: name, options });
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

/** What of the schema a grammar does not hold, by name; it stands in the step's shape. */
function lossesOf(schema: Schema, step: string): readonly string[] {
  try {
    return planOf(jsonSchema(schema)).losses.map(shownLoss);
  } catch (thrown) {
    if (!(thrown instanceof WeirError)) throw thrown;
    throw new WeirError(thrown.code, `Step "${step}": ${thrown.message}`, { hint: thrown.hint });
  }
}

function refuseUnsupported(schema: Schema, step: string): void {
  const unsupported = unsupportedPaths(schema);
  if (unsupported.length === 0) return;
  throw new WeirError(
    "workflow.invalid",
    `Step "${step}" cannot decide ${unsupported.map(({ path, type }) => `"${path}" (${type})`).join(", ")}.`,
    { hint: "Use strings, numbers, booleans, enums, dates, money(), objects and arrays of flat objects." },
  );
}
