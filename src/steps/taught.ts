import type { Decision, DocumentText, Json } from "../core/index.ts";
import {
  fieldsModel,
  isUnsure,
  jsonOf,
  type Judged,
  type LearnedReader,
  learnedReader,
  pooled,
  type SecondReader,
} from "../learning/fields/index.ts";
import type { Learned } from "../ports/index.ts";
import { type fieldsOf, genericRanker, type Proposal, type surveyOf } from "../ranking/index.ts";
import type { Asker } from "./asking.ts";
import type { ExtractOptions } from "./extract.ts";
import type { ExtractRequest } from "./reading.ts";
import { hear, proposalOf } from "./second-opinion.ts";

/** What a profile makes of a page. Without one there are no proposals and decisions stay as they are. */
export interface Taught {
  /** By path, of those that were learned. */
  readonly proposals: ReadonlyMap<string, Proposal>;
  /** Paths of which the language model turned the answer. */
  readonly turned: ReadonlySet<string>;
  /** Adds the calibrated confidence, and accepts what a certificate covers. */
  readonly judge: (path: string, decision: Decision) => Decision;
}

const untaught: Taught = { proposals: new Map(), turned: new Set(), judge: (_path, decision) => decision };

/** Reads the paths that the run's profile knows. @throws WeirError `profile.damaged` */
export async function readLearned(
  survey: ReturnType<typeof surveyOf>,
  fields: ReturnType<typeof fieldsOf>,
  { context, text, options }: ExtractRequest,
): Promise<Taught> {
  const learned = await context.learned(text);
  if (learned === null || learned.model === null) return untaught;
  const reader = readerFor(learned.model, fields, options);
  const first = reader.read(survey, context.without);
  const { judged, turned } = await withSecondReaders(first, reader, text, context);
  const proposals = new Map(
    [...judged].map(([path, one]) => [path, { ...proposalOf(one.claim), evidence: one.signals }]),
  );
  return {
    proposals,
    turned,
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

/** Asks encoder and language model where the cheap readers are not sure and examples have shown that it helps. */
async function withSecondReaders(
  first: ReadonlyMap<string, Judged>,
  reader: LearnedReader,
  text: DocumentText,
  context: Asker & { readonly without: ReadonlySet<string> },
): Promise<{ readonly judged: ReadonlyMap<string, Judged>; readonly turned: ReadonlySet<string> }> {
  const judged = new Map(first);
  const turned = new Set<string>();
  for (const name of ["encoder", "slm"] as const satisfies readonly SecondReader[]) {
    if (context.without.has(name)) continue;
    for (const [path, { claim }] of judged) {
      const weight = reader.second[path]?.[name] ?? 0;
      if (weight === 0 || !isUnsure(claim)) continue;
      const opinion = await hear(name, claim, text, context);
      const after = pooled(claim, opinion, weight);
      const again = reader.judge(after);
      const said = { [`${name}.probability`]: rounded(opinion.get(after.option?.key ?? "") ?? 0) };
      judged.set(path, { ...again, signals: { ...again.signals, ...said } });
      if (name === "slm" && after.value !== claim.value) turned.add(path);
    }
  }
  return { judged, turned };
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
