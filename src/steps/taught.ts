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
import { type Asker, largeAsker } from "./asking.ts";
import type { ExtractOptions } from "./extract.ts";
import type { ExtractRequest } from "./reading.ts";
import { hear, proposalOf } from "./second-opinion.ts";

/** What a profile makes of a page. Without one there are no proposals and decisions stay as they are. */
export interface Taught {
  /** By path, of those that were learned. */
  readonly proposals: ReadonlyMap<string, Proposal>;
  /** Paths of which a language model turned the answer. */
  readonly turned: ReadonlySet<string>;
  /** Adds the calibrated confidence, and accepts what a certificate covers. */
  readonly judge: (path: string, decision: Decision) => Decision;
  /** The same after the larger model was heard about those of these paths that no certificate covers. */
  readonly climb: (paths: ReadonlySet<string>) => Promise<Taught>;
}

const untaught: Taught = {
  proposals: new Map(),
  turned: new Set(),
  judge: (_path, decision) => decision,
  climb: async () => untaught,
};

/** Reads the paths that the run's profile knows. @throws WeirError `profile.damaged` */
export async function readLearned(
  survey: ReturnType<typeof surveyOf>,
  fields: ReturnType<typeof fieldsOf>,
  { context, text, options }: ExtractRequest,
): Promise<Taught> {
  const learned = await context.learned(text);
  if (learned === null || learned.model === null) return untaught;
  const reader = readerFor(learned.model, fields, options);
  const first: Heard = { judged: reader.read(survey, context.without), turned: new Set() };
  const hearing = { reader, text, without: context.without, askerFor: () => context };
  const small = await heardFrom(["encoder", "slm"], first, hearing);
  return taughtFrom(small, reader, learned, { context, text });
}

function taughtFrom(
  heard: Heard,
  reader: LearnedReader,
  learned: Learned,
  page: Pick<ExtractRequest, "context" | "text">,
): Taught {
  const { judged, turned } = heard;
  return {
    proposals: new Map([...judged].map(([path, one]) => [path, { ...proposalOf(one.claim), evidence: one.signals }])),
    turned,
    judge: (path, decision) => {
      const one = judged.get(path);
      return one === undefined ? decision : promised(path, decision, one, learned);
    },
    climb: async (paths) => {
      const { context, text } = page;
      const askerFor = (path: string, { claim, confidence }: Judged) => {
        if (!paths.has(path) || learned.accepts(path, rounded(confidence)) !== null) return null;
        return largeAsker(proposalOf(claim), text, context);
      };
      const after = await heardFrom(["large"], heard, { reader, text, without: context.without, askerFor });
      return taughtFrom(after, reader, learned, page);
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

/** What readers make of the paths, and of which a language model turned the answer. */
interface Heard {
  readonly judged: ReadonlyMap<string, Judged>;
  readonly turned: ReadonlySet<string>;
}

interface Hearing {
  readonly reader: LearnedReader;
  readonly text: DocumentText;
  readonly without: ReadonlySet<string>;
  /** Null: nobody is asked about this path. */
  readonly askerFor: (path: string, judged: Judged) => Asker | null;
}

/** Asks second readers where the ones before are not sure and examples have shown that it helps. */
async function heardFrom(
  names: readonly SecondReader[],
  first: Heard,
  { reader, text, without, askerFor }: Hearing,
): Promise<Heard> {
  const judged = new Map(first.judged);
  const turned = new Set(first.turned);
  for (const name of names) {
    if (without.has(name)) continue;
    for (const [path, one] of judged) {
      const { claim } = one;
      const weight = reader.second[path]?.[name] ?? 0;
      if (weight === 0 || !isUnsure(claim)) continue;
      const asker = askerFor(path, one);
      if (asker === null) continue;
      const opinion = await hear(name, claim, text, asker);
      const after = pooled(claim, opinion, weight);
      const again = reader.judge(after);
      const said = { [`${name}.probability`]: rounded(opinion.get(after.option?.key ?? "") ?? 0) };
      judged.set(path, { ...again, signals: { ...one.signals, ...again.signals, ...said } });
      if (name !== "encoder" && after.value !== claim.value) turned.add(path);
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
