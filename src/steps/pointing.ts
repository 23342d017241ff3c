import {
  type FieldSpec,
  fuse,
  genericRanker,
  isLabelled,
  type Proposal,
  proposeFrom,
  proven,
  type Survey,
  withSense,
} from "../ranking/index.ts";
import type { Decision, Reader } from "../core/index.ts";
import { askEncoder, askModel, canBeAsked, largeAsker, printed } from "./asking.ts";
import { type Taught, readLearned } from "./taught.ts";
import type { Extracted, ExtractRequest } from "./reading.ts";

/** Below this margin the ranker is unsure and the language model is asked as well. */
const unsureMargin = 0.4;
/** Questions a document: each costs about a second on two cores. */
const questionsMax = 3;

/**
 * Points at typed candidates on the page. What the run's profile has learned decides first. For other
 * paths a ranker over layout cues does; where it is unsure the encoder says what the words beside the
 * candidates mean, and where that does not settle it the language model reads the same candidates, and after
 * it a larger one where the user has one. Hard evidence confirms.
 */
export async function pointAt(
  fields: readonly FieldSpec[],
  survey: Survey,
  request: ExtractRequest,
): Promise<Extracted> {
  const { options } = request;
  const taught = await readLearned(survey, fields, request);
  const ranked = proposeFrom(survey, fields, { ranker: options.ranker ?? genericRanker });
  const untaught = ranked.filter((one) => !taught.proposals.has(one.path));
  const sensed = await withEncoder(untaught, request);
  const small = assembled(ranked, taught, sensed, await withModel(sensed, request));
  const { proposals, turned, judge } = await withLarge(small, proven(small.proposals, survey), request);
  const proofs = proven(proposals, survey);
  const decisions = proposals.map((one) => {
    const proof = proofs.get(one.path) ?? [];
    return [one.path, judge(one.path, decisionOf(one, proof, decidedBy(turned.has(one.path), proof)))] as const;
  });
  return { decisions: Object.fromEntries(decisions), doubts: [] };
}

/** What all readers so far make of the page. */
interface Read {
  readonly taught: Taught;
  /** Every path, in the order of the schema. */
  readonly proposals: readonly Proposal[];
  /** Paths of which a language model turned the answer. */
  readonly turned: ReadonlySet<string>;
  readonly judge: Taught["judge"];
}

/** @param before what was proposed before a language model was asked */
function assembled(
  ranked: readonly Proposal[],
  taught: Taught,
  before: readonly Proposal[],
  settled: readonly Proposal[],
): Read {
  const asked = new Map(settled.map((one) => [one.path, one]));
  const turned = settled.filter((one, at) => one.value !== before[at]?.value).map(({ path }) => path);
  return {
    taught,
    proposals: ranked.map((one) => taught.proposals.get(one.path) ?? asked.get(one.path) ?? one),
    turned: new Set([...taught.turned, ...turned]),
    judge: taught.judge,
  };
}

/** Asks the larger model, where one is configured, about the paths that are still in doubt. */
async function withLarge(
  before: Read,
  proofs: ReadonlyMap<string, readonly string[]>,
  request: ExtractRequest,
): Promise<Read> {
  const { context, text } = request;
  if (!context.large || context.without.has("large")) return before;
  const doubted = before.proposals.filter(({ path }) => (proofs.get(path) ?? []).length === 0);
  const taught = await before.taught.climb(new Set(doubted.map(({ path }) => path)));
  const fused = new Map<string, Proposal>();
  for (const one of leastSure(doubted.filter(({ path }) => !taught.proposals.has(path)))) {
    const asker = largeAsker(one, text, context);
    const reading = asker && (await askModel([one], text, asker)).get(one.path);
    if (reading) fused.set(one.path, fuse(one, reading, "large"));
  }
  const turned = before.proposals.filter(({ path, value }) => fused.has(path) && fused.get(path)?.value !== value);
  return {
    taught,
    proposals: before.proposals.map((one) => taught.proposals.get(one.path) ?? fused.get(one.path) ?? one),
    turned: new Set([...before.turned, ...taught.turned, ...turned.map(({ path }) => path)]),
    judge: taught.judge,
  };
}

async function withEncoder(proposals: readonly Proposal[], { context }: ExtractRequest): Promise<readonly Proposal[]> {
  if (context.without.has("encoder")) return proposals;
  const unsure = proposals.filter((one) => isLabelled(one) && isUnsure(one));
  const cosines = await askEncoder(unsure, context);
  return proposals.map((one) => {
    const cosine = cosines.get(one.path);
    return cosine === undefined ? one : withSense(one, cosine);
  });
}

/** Asks the model about the paths the ranker is least sure of. */
async function withModel(proposals: readonly Proposal[], request: ExtractRequest): Promise<readonly Proposal[]> {
  if (request.context.without.has("slm")) return proposals;
  const readings = await askModel(leastSure(proposals), request.text, request.context);
  return proposals.map((one) => {
    const reading = readings.get(one.path);
    return reading ? fuse(one, reading) : one;
  });
}

/** What is worth asking a language model about: as many as may be asked, those first that are least sure. */
function leastSure(proposals: readonly Proposal[]): readonly Proposal[] {
  return proposals
    .filter((one) => isUnsure(one) && canBeAsked(one))
    .toSorted((a, b) => a.margin - b.margin)
    .slice(0, questionsMax);
}

function isUnsure(proposal: Proposal): boolean {
  return proposal.field.array === null && proposal.margin < unsureMargin && printed(proposal).length > 1;
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

/** The model decided where its reading turned that of the others. */
function decidedBy(turned: boolean, proof: readonly string[]): Reader {
  if (proof.length > 0) return "rule";
  return turned ? "slm" : "learned";
}
