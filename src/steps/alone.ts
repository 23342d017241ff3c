import type { DocumentText, Json } from "../core/index.ts";
import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { type FieldSpec, kindOf, type Survey } from "../ranking/index.ts";
import { fitDocument, point } from "../slm/index.ts";

/**
 * What the language model reads without any help: typed candidates in the order of the page, no ranker,
 * nothing learned. For comparing models, not for deciding: workflows use it as one reader of several.
 */
export interface Alone {
  readonly value: Json;
  /** What it was chosen from, in the order of the page. */
  readonly candidates: readonly PageCandidate[];
  readonly tokens: TokenUse;
}

export interface PageCandidate {
  readonly value: Json;
  readonly text: string;
}

const candidatesMax = 40;
const documentTokensMax = 2_500;
/** Values are told apart by their beginnings; those of addresses begin alike. */
const optionTokensMax = 6;
const addressTokensMax = 16;

const noTokens: TokenUse = { prompt: 0, reused: 0, generated: 0 };

/** Everything on the page that can be the field's value, each value once. */
function candidatesOf(field: FieldSpec, survey: Survey): readonly PageCandidate[] {
  const kind = kindOf(field);
  const byValue = new Map<string, PageCandidate>();
  for (const { value, text } of kind === null ? [] : survey.candidates(kind)) {
    if (!byValue.has(value)) byValue.set(value, { value: field.numeric ? Number(value) : value, text });
    if (byValue.size === candidatesMax) break;
  }
  return [...byValue.values()];
}

/** The document as the model is given it. */
export function aloneText(text: DocumentText): string {
  const lines = text.pages.flatMap((page) => page.lines.map((line) => line.text.trim().replaceAll(/\s{2,}/g, "  ")));
  return fitDocument(lines, documentTokensMax).text;
}

export async function readAlone(
  model: Model,
  document: string,
  field: FieldSpec,
  survey: Survey,
  options: CallOptions = {},
): Promise<Alone> {
  const candidates = candidatesOf(field, survey);
  const texts = candidates.map(({ text }) => text.replaceAll(/\s+/g, " "));
  const label = field.description === "" ? field.path.split(".").toReversed().join(" of the ") : field.description;
  const most = field.type === "address" ? addressTokensMax : optionTokensMax;
  if (candidates.length < 2) return { value: candidates[0]?.value ?? null, candidates, tokens: noTokens };
  const { readings, tokens } = await point(
    model,
    { document, label, options: texts, optionTokensMax: most, best: 1 },
    options,
  );
  const best = readings.findIndex(({ rank }) => rank === 1);
  return { value: candidates[best]?.value ?? null, candidates, tokens };
}
