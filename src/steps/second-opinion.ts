import type { DocumentText, OutOfFold } from "../core/index.ts";
import {
  type Claim,
  type Doubtful,
  type Heard,
  heardMin,
  isWinnable,
  jsonOf,
  keyOf,
  type Opinion,
  pooled,
  type SecondReader,
  secondReaders,
  type SecondWeights,
  winsAny,
  worthHearing,
} from "../learning/fields/index.ts";
import { fitsOf, isLabelled, labelsAround, type Proposal, rankedMax } from "../ranking/index.ts";
import { askEncoder, type Asker, askModel, canBeAsked } from "./asking.ts";

/** Second opinions of encoder and language models about claims of the learned readers. */

/** A claim as something to ask about. */
export function proposalOf({ field, option, options, value, page }: Claim): Proposal {
  const probability = option?.probability ?? 0;
  return {
    path: field.path,
    field,
    value,
    probability,
    margin: Math.max(0, probability - (options[1]?.probability ?? 0)),
    spans: option?.places[0]?.candidate?.spans ?? [],
    ranked: options.slice(0, rankedMax).map((one) => {
      const candidate = one.places[0]?.candidate ?? null;
      return {
        value: jsonOf(one.value, field),
        probability: one.probability,
        spans: candidate?.spans ?? [],
        labels: candidate === null ? [] : labelsAround(candidate, page.survey),
      };
    }),
    evidence: {},
  };
}

const silence: Opinion = new Map();
/** How strongly the fit of a label speaks. */
const fitWeight = 4;

/** What a second reader makes of a claim's options; nothing where it cannot tell. */
export async function hear(name: SecondReader, claim: Claim, text: DocumentText, asker: Asker): Promise<Opinion> {
  const proposal = proposalOf(claim);
  if (name !== "encoder") {
    const model = name === "large" ? asker.large : asker.model;
    if (!model || !canBeAsked(proposal)) return silence;
    const reading = (await askModel([proposal], text, { ...asker, model })).get(proposal.path);
    return new Map(reading?.options.map(({ value, probability }) => [keyOf(String(value)), probability]));
  }
  if (!isLabelled(proposal)) return silence;
  const cosine = (await askEncoder([proposal], asker)).get(proposal.path);
  if (cosine === undefined) return silence;
  const masses = fitsOf(proposal, cosine).map((fit) => Math.exp(fitWeight * fit));
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  return new Map(
    proposal.ranked.map(({ value }, at) => [keyOf(value === null ? null : String(value)), (masses[at] ?? 0) / all]),
  );
}

export interface SecondLesson {
  readonly weights: SecondWeights;
  /** The out-of-fold answers, those that were asked about answered anew. */
  readonly outOfFold: readonly OutOfFold[];
  /** Share of answers that were asked about, and the weight that was found, by path and reader. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Questions a path when learning: about a second each for the language model, some milliseconds for the encoder. */
const questionsMax: Readonly<Record<SecondReader, number>> = { encoder: 60, slm: 16, large: 16 };

/** Sees on doubtful out-of-fold answers which second readers help, and by how much. */
export async function learnSecondReaders(
  doubtful: readonly Doubtful[],
  outOfFold: readonly OutOfFold[],
  texts: readonly DocumentText[],
  asker: Asker,
  without: ReadonlySet<string>,
): Promise<SecondLesson> {
  const weights: Record<string, Partial<Record<SecondReader, number>>> = {};
  const figures: Record<string, Record<string, number>> = {};
  const answers = [...outOfFold];
  for (const [path, all] of Map.groupBy(doubtful, ({ claim }) => claim.field.path)) {
    const count = outOfFold.filter((row) => row.path === path).length;
    const own = await learnPath(all, count, { texts, asker, without });
    for (const [one, claim] of own.claims) if (claim !== one.claim) answers[one.row] = one.answer(claim);
    if (Object.keys(own.weights).length > 0) weights[path] = own.weights;
    figures[path] = own.figures;
  }
  return { weights, outOfFold: answers, figures };
}

interface Hearing {
  readonly texts: readonly DocumentText[];
  readonly asker: Asker;
  readonly without: ReadonlySet<string>;
}

/** One path: first the encoder, then the language models about what is left. */
async function learnPath(all: readonly Doubtful[], count: number, { texts, asker, without }: Hearing) {
  const weights: Partial<Record<SecondReader, number>> = {};
  const figures: Record<string, number> = {};
  const claims = new Map(all.map((one) => [one, one.claim]));
  for (const name of secondReaders) {
    const asked = spread(all, questionsMax[name]);
    if (without.has(name) || (name === "large" && !asker.large) || asked.length < heardMin) continue;
    const heard = new Map<Doubtful, Heard>();
    const ask = async (some: readonly Doubtful[]) => {
      for (const one of some) {
        const [text, claim] = [texts[one.example], claims.get(one) ?? one.claim];
        const opinion = text === undefined ? silence : await hear(name, claim, text, asker);
        if (opinion.size > 1) heard.set(one, { claim, opinion, truth: one.truth });
      }
    };
    // A reader that rights none of the wrong answers is worth nothing, whatever it says about the right ones.
    const winnable = asked.filter((one) => isWinnable({ claim: claims.get(one) ?? one.claim, truth: one.truth }));
    await ask(winnable);
    const rights = winsAny([...heard.values()]);
    if (rights) await ask(asked.filter((one) => !winnable.includes(one)));
    const weight = rights ? worthHearing([...heard.values()]) : 0;
    figures[`${name}.asked`] = thousandths(heard.size / Math.max(1, count));
    if (weight === 0) continue;
    weights[name] = weight;
    figures[`${name}.weight`] = weight;
    for (const [one, { claim, opinion }] of heard) claims.set(one, pooled(claim, opinion, weight));
  }
  return { weights, figures, claims };
}

/** Some of a list, evenly spread over it, one a document as far as that goes. */
function spread(all: readonly Doubtful[], max: number): readonly Doubtful[] {
  const first = [...new Map(all.toReversed().map((one) => [one.example, one])).values()].toReversed();
  const step = Math.max(1, first.length / max);
  return Array.from({ length: Math.min(max, first.length) }, (_zero, at) => first[Math.floor(at * step)]).flatMap(
    (one) => (one === undefined ? [] : [one]),
  );
}

const thousandths = (value: number) => Math.round(value * 1e3) / 1e3;
