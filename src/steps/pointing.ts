import {
  type Proposal,
  type SlmReading,
  fieldsOf,
  fuse,
  genericRanker,
  isLabelled,
  labelsOf,
  proposeFrom,
  proven,
  questionOf,
  surveyOf,
  withSense,
} from "../ranking/index.ts";
import type { Decision, Reader } from "../core/index.ts";
import { fitDocument, point } from "../slm/index.ts";
import { readLearned } from "./taught.ts";
import type { Extracted, ExtractRequest } from "./reading.ts";

/** Below this margin the ranker is unsure and the language model is asked as well. */
const unsureMargin = 0.4;
/** Questions a document: each costs about a second on two cores. */
const questionsMax = 3;
/** Candidates the model chooses among. */
const optionsMax = 6;
/** What the document may take of the model's context. */
const documentTokensMax = 900;

/**
 * Points at typed candidates on the page. A ranker over layout cues decides; where it is unsure the
 * encoder says what the words beside the candidates mean, and where that does not settle it the
 * language model reads the same candidates. Hard evidence confirms.
 */
export async function pointAt(request: ExtractRequest): Promise<Extracted> {
  const { schema, text, options } = request;
  const survey = surveyOf(text);
  const fields = fieldsOf(schema);
  const taught = await readLearned(survey, fields, request);
  const ranked = proposeFrom(survey, fields, { ranker: options.ranker ?? genericRanker });
  const untaught = ranked.filter((one) => !taught.proposals.has(one.path));
  const sensed = await withEncoder(untaught, request);
  const settled = await withModel(sensed, request);
  const asked = new Map(settled.map((one, at) => [one.path, { one, sensed: sensed[at] }]));
  const proposals = ranked.map((one) => taught.proposals.get(one.path) ?? asked.get(one.path)?.one ?? one);
  const proofs = proven(proposals, survey);
  const decisions = proposals.map((one) => {
    const proof = proofs.get(one.path) ?? [];
    const by = decidedBy(one, taught.proposals.get(one.path) ?? asked.get(one.path)?.sensed, proof);
    return [one.path, taught.judge(one.path, decisionOf(one, proof, by))] as const;
  });
  return { decisions: Object.fromEntries(decisions), doubts: [] };
}

async function withEncoder(proposals: readonly Proposal[], { context }: ExtractRequest): Promise<readonly Proposal[]> {
  const unsure = proposals.filter((one) => isLabelled(one) && isUnsure(one));
  const labels = labelsOf(unsure);
  if (labels.length === 0) return proposals;
  const questions = unsure.map(questionOf);
  const vectors = await context.model.embed([...questions, ...labels], { signal: context.signal });
  const vectorOf = new Map(labels.map((label, at) => [label, vectors[questions.length + at]]));
  const sensed = unsure.map((one, at) => {
    const question = vectors[at];
    return withSense(one, (label) => cosine(question, vectorOf.get(label)));
  });
  const byPath = new Map(sensed.map((one) => [one.path, one]));
  return proposals.map((one) => byPath.get(one.path) ?? one);
}

/** Of unit vectors. */
function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number | undefined {
  if (!a || !b) return undefined;
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** Asks the model about the paths the ranker is least sure of, all against one state of the document. */
async function withModel(proposals: readonly Proposal[], request: ExtractRequest): Promise<readonly Proposal[]> {
  const unsure = proposals
    .filter((one) => isUnsure(one) && canBeAsked(one))
    .toSorted((a, b) => a.margin - b.margin)
    .slice(0, questionsMax);
  if (unsure.length === 0) return proposals;
  const document = fittedText(unsure, request);
  const readings = new Map<string, SlmReading>();
  for (const proposal of unsure) readings.set(proposal.path, await ask(proposal, document, request));
  return proposals.map((one) => {
    const reading = readings.get(one.path);
    return reading ? fuse(one, reading) : one;
  });
}

function isUnsure(proposal: Proposal): boolean {
  return proposal.field.array === null && proposal.margin < unsureMargin && printed(proposal).length > 1;
}

/**
 * Absence is no option of the model's, and the ways to cut an address out of its lines begin with the
 * same words: there its reading says nothing.
 */
function canBeAsked({ field, value }: Proposal): boolean {
  return value !== null && field.type !== "address";
}

/** The candidates as they stand on the page, without absence. */
function printed(proposal: Proposal) {
  return proposal.ranked
    .filter((one) => one.value !== null && one.spans.length > 0)
    .slice(0, optionsMax)
    .map((one) => ({ value: one.value, text: one.spans.map((span) => span.text).join(" ") }));
}

async function ask(proposal: Proposal, document: string, { context }: ExtractRequest): Promise<SlmReading> {
  const options = printed(proposal);
  const { readings, tokens } = await point(
    context.model,
    { document, label: questionOf(proposal), options: options.map((one) => one.text) },
    { signal: context.signal },
  );
  context.count(tokens);
  return {
    options: options.map(({ value }, at) => ({ value, probability: readings[at]?.probability ?? 0 })),
  };
}

function fittedText(proposals: readonly Proposal[], { text }: ExtractRequest): string {
  const lines = text.pages.flatMap((page) => page.lines);
  const places = new Set(
    proposals.flatMap((one) => one.ranked.flatMap(({ spans }) => spans.map(({ page, line }) => `${page}:${line}`))),
  );
  const near = lines.flatMap(({ page, line }, index) => (places.has(`${page}:${line}`) ? [index] : []));
  const texts = lines.map((line) => line.text.trim().replaceAll(/\s{2,}/g, "  "));
  return fitDocument(texts, documentTokensMax, near).text;
}

function decisionOf(proposal: Proposal, proof: readonly string[], by: Reader): Decision {
  const { value, spans, evidence, ranked } = proposal;
  const confirmed = Object.fromEntries(proof.map((reason) => [`proof.${reason}`, 1]));
  return {
    value,
    confidence: null,
    status: proof.length > 0 ? "accepted" : "review",
    by,
    source: spans,
    alternatives: ranked
      .filter((one) => one.value !== value)
      .slice(0, 5)
      .map((one) => ({ value: one.value, confidence: null })),
    evidence: { ...evidence, ...confirmed },
  };
}

/** The model decided where its reading turned that of ranker and encoder. */
function decidedBy(proposal: Proposal, learned: Proposal | undefined, proof: readonly string[]): Reader {
  if (proof.length > 0) return "rule";
  return proposal.value === learned?.value ? "learned" : "slm";
}
