import { type Grounding, ground } from "../ranking/index.ts";
import { type Decision, type Decisions, type Doubt, type Json, type JsonObject, jsonSchema } from "../core/index.ts";
import { fitDocument, writeObject } from "../slm/index.ts";
import type { Extracted, ExtractRequest } from "./reading.ts";

const documentTokensMax = 2_500;
const answerTokensMax = 512;

/**
 * The model writes the whole object under a grammar. Each value is then looked for on the page: one
 * that is not there is a doubt, whatever the model says.
 */
export async function writeDown({ schema, text, context, step, options }: ExtractRequest): Promise<Extracted> {
  const lines = text.pages.flatMap((page) => page.lines);
  const fitted = fitDocument(
    lines.map((line) => line.text),
    documentTokensMax,
  );
  const { value, tokens } = await writeObject(
    context.model,
    { document: fitted.text, schema: jsonSchema(schema), tokensMax: options.tokensMax ?? answerTokensMax },
    { signal: context.signal },
  );
  context.count(tokens);
  const checked = schema.safeParse(value);
  const wrong = new Set(checked.success ? [] : checked.error.issues.map((issue) => issue.path.join(".")));
  const { decisions, doubts } = grounded(value, "", { text, step, wrong });
  return { decisions, doubts: [...doubts, ...cutDoubt(fitted.cut, decisions, step)] };
}

/**
 * The leaves of what the model wrote at a path, each looked for on the page.
 * @param wrong paths whose value has not the form that the schema wants
 */
export function grounded(
  value: Json,
  path: string,
  { text, step, wrong }: Pick<ExtractRequest, "text" | "step"> & { readonly wrong: ReadonlySet<string> },
): Extracted {
  const leaves = flatten(value, path).map(([at, leaf]) => {
    return { path: at, value: wrong.has(at) ? null : leaf, grounding: ground(leaf, text) };
  });
  return {
    decisions: Object.fromEntries(leaves.map((leaf) => [leaf.path, decisionOf(leaf)])),
    doubts: leaves.flatMap((leaf) => ungrounded(leaf, step)),
  };
}

interface WrittenLeaf {
  readonly path: string;
  readonly value: Json;
  readonly grounding: Grounding;
}

function flatten(value: Json, prefix: string): readonly (readonly [path: string, leaf: Json])[] {
  if (value === null || typeof value !== "object") return [[prefix, value]];
  return Object.entries(value as JsonObject).flatMap(([key, child]) =>
    flatten(child, prefix === "" ? key : `${prefix}.${key}`),
  );
}

function decisionOf({ value, grounding }: WrittenLeaf): Decision {
  return {
    value,
    confidence: null,
    status: "review",
    by: "slm",
    source: value === null ? [] : grounding.spans,
    alternatives: [],
    evidence: {
      "grounding.exact": Number(grounding.kind === "exact"),
      "grounding.normalised": Number(grounding.kind !== "none"),
    },
  };
}

function ungrounded({ path, value, grounding }: WrittenLeaf, step: string): readonly Doubt[] {
  if (value === null || typeof value === "boolean" || grounding.kind !== "none") return [];
  const message = `${path} ${JSON.stringify(value)} does not stand in the document`;
  return [{ code: "value.not-on-page", paths: [path], message, step }];
}

function cutDoubt(cut: boolean, decisions: Decisions, step: string): readonly Doubt[] {
  if (!cut) return [];
  const message = "the document is longer than the model's context: parts of it were not read";
  return [{ code: "read.cut", paths: Object.keys(decisions), message, step }];
}
