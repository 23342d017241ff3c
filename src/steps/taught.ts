import type { Decision, Json } from "../core/index.ts";
import { fieldsModel, jsonOf, type Judged, type LearnedReader, learnedReader } from "../learning/fields/index.ts";
import type { Learned } from "../ports/index.ts";
import { type fieldsOf, genericRanker, type Proposal, rankedMax, type surveyOf } from "../ranking/index.ts";
import type { ExtractOptions } from "./extract.ts";
import type { ExtractRequest } from "./reading.ts";

/** What a profile makes of a page. Without one there are no proposals and decisions stay as they are. */
export interface Taught {
  /** By path, of those that were learned. */
  readonly proposals: ReadonlyMap<string, Proposal>;
  /** Adds the calibrated confidence, and accepts what a certificate covers. */
  readonly judge: (path: string, decision: Decision) => Decision;
}

const untaught: Taught = { proposals: new Map(), judge: (_path, decision) => decision };

/** Reads the paths that the run's profile knows. @throws WeirError `profile.damaged` */
export async function readLearned(
  survey: ReturnType<typeof surveyOf>,
  fields: ReturnType<typeof fieldsOf>,
  { context, text, options }: ExtractRequest,
): Promise<Taught> {
  const learned = await context.learned(text);
  if (learned === null || learned.model === null) return untaught;
  const judged = readerFor(learned.model, fields, options).read(survey);
  const proposals = new Map([...judged].map(([path, one]) => [path, proposalOf(one)]));
  return {
    proposals,
    judge: (path, decision) => {
      const one = judged.get(path);
      return one === undefined ? decision : promised(path, decision, one, learned);
    },
  };
}

/** A reader a profile and schema: making one takes longer than reading a page. */
const known = new WeakMap<object, { readonly options: ExtractOptions; readonly reader: LearnedReader }>();

function readerFor(model: Json, fields: ReturnType<typeof fieldsOf>, options: ExtractOptions): LearnedReader {
  const key = Object(model) as object;
  const cached = known.get(key);
  if (cached?.options === options) return cached.reader;
  const reader = learnedReader(fieldsModel(model), fields, {
    ranker: options.ranker ?? genericRanker,
    own: options.signals ?? {},
  });
  known.set(key, { options, reader });
  return reader;
}

function proposalOf({ claim, signals }: Judged): Proposal {
  const { field, option, options } = claim;
  const probability = option?.probability ?? 0;
  return {
    path: field.path,
    field,
    value: claim.value,
    probability,
    margin: Math.max(0, probability - (options[1]?.probability ?? 0)),
    spans: option?.places[0]?.candidate?.spans ?? [],
    ranked: options.slice(0, rankedMax).map((one) => ({
      value: jsonOf(one.value, field),
      probability: one.probability,
      spans: one.places[0]?.candidate?.spans ?? [],
      labels: [],
    })),
    evidence: signals,
  };
}

function promised(path: string, decision: Decision, { claim, confidence }: Judged, learned: Learned): Decision {
  const rest = Math.max(1e-9, 1 - (claim.option?.probability ?? 0));
  const alternatives = claim.options.slice(1, 6).map((one) => ({
    value: jsonOf(one.value, claim.field),
    confidence: rounded(((1 - confidence) * one.probability) / rest),
  }));
  const sure = { ...decision, confidence: rounded(confidence), alternatives };
  const certificate = learned.accepts(path, rounded(confidence));
  if (certificate === null) return sure;
  const evidence = { ...decision.evidence, "certificate.risk": certificate.risk };
  return { ...sure, status: "accepted", evidence };
}

const rounded = (probability: number) => Math.round(probability * 1e6) / 1e6;
