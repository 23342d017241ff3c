import {
  fieldsOf,
  fuse,
  genericRanker,
  isLabelled,
  type Proposal,
  proposeFrom,
  proven,
  surveyOf,
  withSense,
} from "../ranking/index.ts";
import type { Decision, Reader } from "../core/index.ts";
import { askEncoder, askModel, canBeAsked, printed } from "./asking.ts";
import { readLearned } from "./taught.ts";
import type { Extracted, ExtractRequest } from "./reading.ts";

/** Below this margin the ranker is unsure and the language model is asked as well. */
const unsureMargin = 0.4;
/** Questions a document: each costs about a second on two cores. */
const questionsMax = 3;

/**
 * Points at typed candidates on the page. What the run's profile has learned decides first. For other
 * paths a ranker over layout cues does; where it is unsure the encoder says what the words beside the
 * candidates mean, and where that does not settle it the language model reads the same candidates. Hard
 * evidence confirms.
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
  const asked = new Map(settled.map((one, at) => [one.path, { one, turned: one.value !== sensed[at]?.value }]));
  const proposals = ranked.map((one) => taught.proposals.get(one.path) ?? asked.get(one.path)?.one ?? one);
  const proofs = proven(proposals, survey);
  const decisions = proposals.map((one) => {
    const proof = proofs.get(one.path) ?? [];
    const turned = taught.turned.has(one.path) || asked.get(one.path)?.turned === true;
    return [one.path, taught.judge(one.path, decisionOf(one, proof, decidedBy(turned, proof)))] as const;
  });
  return { decisions: Object.fromEntries(decisions), doubts: [] };
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
  const unsure = proposals
    .filter((one) => isUnsure(one) && canBeAsked(one))
    .toSorted((a, b) => a.margin - b.margin)
    .slice(0, questionsMax);
  const readings = await askModel(unsure, request.text, request.context);
  return proposals.map((one) => {
    const reading = readings.get(one.path);
    return reading ? fuse(one, reading) : one;
  });
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
