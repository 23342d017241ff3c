import { asWeirError, type Decision, type Decisions, type Doubt, type Json, type Span } from "../core/index.ts";
import { alignmentMin, alignmentOf, supportOf } from "../summary/index.ts";
import {
  absentWords,
  choose,
  chooseWhether,
  type PlannedPath,
  proseInstruction,
  quote,
  type Reading,
  writeObject,
} from "../slm/index.ts";
import type { Excerpt } from "./excerpts.ts";
import type { ExtractRequest } from "./reading.ts";
import { grounded } from "./writing.ts";

/** What the language model makes of one path from one stretch of the document. */
export interface Answer {
  readonly decisions: Decisions;
  readonly doubts: readonly Doubt[];
  /** Of the answers to one path from several stretches that with the greatest is kept. */
  readonly weight: number;
}

/** @returns null where the stretch gives no answer */
export async function answer(planned: PlannedPath, excerpt: Excerpt, request: ExtractRequest): Promise<Answer | null> {
  switch (planned.strategy) {
    case "choose":
      return choosing(planned, excerpt, request);
    case "point":
      return quoting(planned, excerpt, request);
    case "write":
      return ended(writing(planned, excerpt, request));
    case "grammar":
      return ended(filling(planned, excerpt, request));
    case "compute":
      return null;
  }
}

async function choosing(
  { path, label, values, nullable, optional }: PlannedPath,
  { document }: Excerpt,
  { context }: ExtractRequest,
): Promise<Answer> {
  const { model, signal } = context;
  const absent = nullable || optional;
  const isBoolean = values.every((value) => typeof value === "boolean");
  const said = [...values.map((value) => String(value).replaceAll(/[_-]/g, " ")), ...(absent ? [absentWords] : [])];
  const { readings, tokens } = await (isBoolean
    ? chooseWhether(model, { document, label, absent }, { signal })
    : choose(model, { document, label, values: said }, { signal }));
  context.count(tokens);
  const known = isBoolean ? [true, false] : values;
  const options = readings.map((reading, at) => ({ value: known[at] ?? null, reading, source: [] }));
  return decided(path, options);
}

/** The likeliest words of the document; how likely they are beside other beginnings is evidence. */
async function quoting(
  { path, label, nullable, optional }: PlannedPath,
  { document, passages, spansOf, around }: Excerpt,
  { context }: ExtractRequest,
): Promise<Answer | null> {
  const asked = { document, passages, around, label, absent: nullable || optional };
  const { quotes, absence, tokens } = await quote(context.model, asked, { signal: context.signal });
  context.count(tokens);
  const options: Option[] = quotes.map((one) => ({ value: one.text, reading: one.reading, source: spansOf(one) }));
  return decided(path, absence === null ? options : [...options, { value: null, reading: absence, source: [] }]);
}

interface Option {
  readonly value: Json;
  readonly reading: Reading;
  readonly source: readonly Span[];
}

function decided(path: string, options: readonly Option[]): Answer {
  const [best, ...others] = options.toSorted((a, b) => b.reading.meanLogProb - a.reading.meanLogProb);
  if (best === undefined) return { decisions: { [path]: decisionOf(null, [], {}) }, doubts: [], weight: -1e9 };
  const { reading, value, source } = best;
  const evidence = {
    "slm.probability": thousandths(reading.probability),
    "slm.margin": thousandths(Math.max(0, reading.margin)),
    "slm.allowed": thousandths(reading.allowedMass),
  };
  const decision = {
    ...decisionOf(value, source, evidence),
    alternatives: others
      .filter((one) => one.value !== value)
      .slice(0, 5)
      .map((one) => ({ value: one.value, confidence: null })),
  };
  // A stretch that says nothing of it has the answer only where no other says something.
  const weight = value === null ? -1e6 + reading.meanLogProb : reading.meanLogProb;
  return { decisions: { [path]: decision }, doubts: [], weight };
}

const proseTokensMax = 96;
/** Lines that a sentence may be bound to. */
const supportingMax = 3;

/** Free text, sentence by sentence: one that its lines do not say is left out. */
async function writing(
  { path, label }: PlannedPath,
  excerpt: Excerpt,
  { context }: ExtractRequest,
): Promise<Answer | null> {
  const { document, passages, spansOf } = excerpt;
  const asked = { document, instruction: proseInstruction(label), schema: null, tokensMax: proseTokensMax };
  const { text, tokens } = await context.model.write(asked, { signal: context.signal });
  context.count(tokens);
  const sentences = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)].map(({ segment }) =>
    segment.trim(),
  );
  const kept = sentences
    .filter((sentence) => sentence !== "")
    .flatMap((sentence) => {
      const lines = supporting(sentence, passages);
      const texts = lines.map((at) => passages[at] ?? "");
      const support = supportOf(sentence, texts);
      const alignment = alignmentOf(sentence, texts);
      const isSaid = support.problems.length === 0 && alignment >= alignmentMin;
      return isSaid ? [{ sentence, lines, support: Math.min(support.score, alignment) }] : [];
    });
  if (kept.length === 0) return null;
  const source = [...new Set(kept.flatMap(({ lines }) => lines))].flatMap((at) =>
    spansOf({ passage: at, start: 0, end: passages[at]?.length ?? 0 }),
  );
  const support = Math.min(...kept.map((one) => one.support));
  const value = kept.map(({ sentence }) => sentence).join(" ");
  const evidence = {
    "written.support": thousandths(support),
    "written.kept": thousandths(kept.length / sentences.length),
  };
  return { decisions: { [path]: decisionOf(value, source, evidence) }, doubts: [], weight: support };
}

/** The passages that say most of a sentence, in their order. */
function supporting(sentence: string, passages: readonly string[]): readonly number[] {
  return passages
    .map((passage, at) => ({ at, score: alignmentOf(sentence, [passage]) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, supportingMax)
    .map(({ at }) => at)
    .toSorted((a, b) => a - b);
}

const valueTokensMax = 256;

/** JSON under a grammar of the path's own; each of its leaves is looked for on the page. */
async function filling(
  { path, label, schema }: PlannedPath,
  { document }: Excerpt,
  { context, text, step }: ExtractRequest,
): Promise<Answer | null> {
  const key = path.split(".").at(-1) ?? path;
  const { $defs: definitions, ...own } = schema;
  const whole = {
    type: "object",
    properties: { [key]: { description: label, ...own } },
    required: [key],
    ...(definitions === undefined ? {} : { $defs: definitions }),
  };
  const asked = { document, schema: whole, tokensMax: valueTokensMax };
  const { value, tokens } = await writeObject(context.model, asked, { signal: context.signal });
  context.count(tokens);
  const { decisions, doubts } = grounded(value[key] ?? null, path, { text, step, wrong: new Set() });
  const all = Object.values(decisions);
  if (all.length === 0) return null;
  const stands = all.filter(({ source }) => source.length > 0).length;
  return { decisions, doubts, weight: stands + stands / all.length };
}

/** An answer that was not ended or has not the right form is none. */
async function ended(answering: Promise<Answer | null>): Promise<Answer | null> {
  try {
    return await answering;
  } catch (thrown) {
    if (asWeirError(thrown).code.startsWith("answer.")) return null;
    throw thrown;
  }
}

function decisionOf(value: Json, source: readonly Span[], evidence: Decision["evidence"]): Decision {
  return { value, confidence: null, status: "review", by: "slm", source, alternatives: [], evidence };
}

const thousandths = (share: number) => Math.round(share * 1e3) / 1e3;
