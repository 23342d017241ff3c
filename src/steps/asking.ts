import type { DocumentText } from "../core/index.ts";
import { isWorthLarge, tokensOf } from "../escalation/index.ts";
import type { Model, StepContext, TokenUse } from "../ports/index.ts";
import { labelsOf, type Proposal, questionOf, type SlmReading } from "../ranking/index.ts";
import { fitDocument, point } from "../slm/index.ts";

/** How the models are asked about values that stand on the page. */

/** Candidates the language model chooses among. */
const optionsMax = 6;
/** What the document may take of the model's context. */
const documentTokensMax = 900;

export interface Asker {
  readonly model: Model;
  /** Answers in `model`'s place where a larger one is asked; absent where none is configured. */
  readonly large?: Model;
  readonly signal: AbortSignal;
  readonly count: (tokens: TokenUse) => void;
}

/** How near a label is to what a path is called, -1..1; undefined for a label that was not encoded. */
export type Cosine = (label: string) => number | undefined;

/** By path: how near each label beside its values is to what it is called. Without any label nobody is asked. */
export async function askEncoder(
  proposals: readonly Proposal[],
  { model, signal }: Asker,
): Promise<ReadonlyMap<string, Cosine>> {
  const labels = labelsOf(proposals);
  if (labels.length === 0) return new Map();
  const questions = proposals.map(questionOf);
  const vectors = await model.embed([...questions, ...labels], { signal });
  const vectorOf = new Map(labels.map((label, at) => [label, vectors[questions.length + at]]));
  return new Map(
    proposals.map((one, at) => [one.path, (label: string) => cosine(vectors[at], vectorOf.get(label))] as const),
  );
}

/** Of unit vectors. */
function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number | undefined {
  if (!a || !b) return undefined;
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** By path: what the language model makes of the likeliest values, all against one state of the document. */
export async function askModel(
  proposals: readonly Proposal[],
  text: DocumentText,
  asker: Asker,
): Promise<ReadonlyMap<string, SlmReading>> {
  const readings = new Map<string, SlmReading>();
  if (proposals.length === 0) return readings;
  const document = fittedText(proposals, text);
  for (const proposal of proposals) readings.set(proposal.path, await ask(proposal, document, asker));
  return readings;
}

/**
 * The asker with the larger model in the first one's place; null where none is configured or the question
 * is not worth the time that it takes.
 */
export function largeAsker(
  proposal: Proposal,
  text: DocumentText,
  context: Asker & Pick<StepContext, "large" | "worth">,
): Asker | null {
  const { large, worth } = context;
  if (!large || !isWorthLarge(tokensOf(fittedText([proposal], text)), large.price, worth)) return null;
  return { ...context, model: large };
}

/**
 * Absence is no option of the model's, and the ways to cut an address out of its lines begin with the
 * same words: there its reading says nothing.
 */
export function canBeAsked(proposal: Proposal): boolean {
  return proposal.value !== null && proposal.field.type !== "address" && printed(proposal).length > 1;
}

/** The candidates as they stand on the page, without absence. */
export function printed(proposal: Proposal) {
  return proposal.ranked
    .filter((one) => one.value !== null && one.spans.length > 0)
    .slice(0, optionsMax)
    .map((one) => ({ value: one.value, text: one.spans.map((span) => span.text).join(" ") }));
}

async function ask(proposal: Proposal, document: string, { model, signal, count }: Asker): Promise<SlmReading> {
  const options = printed(proposal);
  const { readings, tokens } = await point(
    model,
    { document, label: questionOf(proposal), options: options.map((one) => one.text) },
    { signal },
  );
  count(tokens);
  return {
    options: options.map(({ value }, at) => ({ value, probability: readings[at]?.probability ?? 0 })),
  };
}

function fittedText(proposals: readonly Proposal[], text: DocumentText): string {
  const lines = text.pages.flatMap((page) => page.lines);
  const places = new Set(
    proposals.flatMap((one) => one.ranked.flatMap(({ spans }) => spans.map(({ page, line }) => `${page}:${line}`))),
  );
  const near = lines.flatMap(({ page, line }, index) => (places.has(`${page}:${line}`) ? [index] : []));
  const texts = lines.map((line) => line.text.trim().replaceAll(/\s{2,}/g, "  "));
  return fitDocument(texts, documentTokensMax, near).text;
}
