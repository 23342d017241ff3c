import { dot, sigmoid } from "../confidence/index.ts";
import { rougeWords } from "./rouge.ts";
import { shapeOf, shapes } from "./shapes.ts";
import { type Unit, sentenceOf } from "./units.ts";
import type { Count, Lexicon } from "./words.ts";

/** What is seen of each word of a unit where it stands: inputs of the ranker. */

/** A unit as the ranker sees it. */
export interface View {
  readonly unit: Unit;
  readonly sentence: string;
  /** Words as ROUGE counts them. */
  readonly words: readonly string[];
  /** One row a word. */
  readonly rows: readonly Float64Array[];
}

const unitWords = new Set(
  "mg milligrams milligram mcg micrograms grams ml units tablets tablet pills capsule puffs percent degrees pounds kg mmhg bpm inches cm mm".split(
    " ",
  ),
);
const everyWords = new Set(
  "daily day twice week weekly month months weeks days year years hours hour morning night evening times ago".split(
    " ",
  ),
);
const negations = new Set("no not n't never denies denied without nothing none negative don't".split(" "));
const relatives = new Set(
  "mother father mom dad sister brother aunt uncle grandmother grandfather parents son daughter family".split(" "),
);
const plans = new Set(
  "order prescribe start continue refer referral follow recommend schedule increase decrease stop refill send imaging repeat prescription".split(
    " ",
  ),
);
const findings = new Set(
  "exam examination palpation tenderness edema murmur lungs heart motion normal reveals shows noted appreciate pain pulses abdomen bilaterally erythema swelling".split(
    " ",
  ),
);
const firsts = new Set("i i'm i've me my myself we us".split(" "));

const logit = (rate: number) => Math.log(rate / (1 - rate));
const clipped = (rate: number) => logit(Math.min(0.98, Math.max(0.005, rate)));

/** @param own counts of the record's own pair, left out of what is known while learning */
export function viewsOf(units: readonly Unit[], lexicon: Lexicon, own?: ReadonlyMap<string, Count>): readonly View[] {
  const texts = units.map((unit) => {
    const sentence = sentenceOf(unit);
    return { unit, sentence, words: rougeWords(sentence) };
  });
  const known = new Map<string, { value: number; said: number }>();
  const rateOf = (word: string) => {
    const cached = known.get(word);
    if (cached) return cached;
    const fresh = { value: clipped(lexicon.rate(word, own)), said: Math.log1p(lexicon.said(word, own)) };
    known.set(word, fresh);
    return fresh;
  };
  const totals = texts.map(({ words }) => words.reduce((total, word) => total + rateOf(word).value, 0));
  const means = texts.map(({ words }, at) => (words.length === 0 ? -2 : (totals[at] ?? 0) / words.length));
  const counts = new Map<string, number>();
  for (const { words } of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const met = new Set<string>();
  return texts.map(({ unit, sentence, words }, at): View => {
    const around = surroundings(words, unit, means, at);
    const rows = words.map((word) => {
      const { value, said } = rateOf(word);
      const others = words.length < 2 ? value : ((totals[at] ?? 0) - value) / (words.length - 1);
      const shape = shapeOf(word);
      const first = met.has(word) ? 0 : 1;
      met.add(word);
      return Float64Array.from([
        1,
        value,
        value * Math.min(1, said / 4),
        said / 4,
        others,
        value * others * 0.3,
        Math.log1p(counts.get(word) ?? 0),
        first,
        ...shapes.map((one) => Number(one === shape)),
        ...around,
      ]);
    });
    return { unit, sentence, words, rows };
  });
}

function surroundings(words: readonly string[], unit: Unit, means: readonly number[], at: number): readonly number[] {
  const some = (set: ReadonlySet<string>) => Number(words.some((word) => set.has(word)));
  const { speaker, place, answer } = unit;
  return [
    means[at - 1] ?? -2,
    means[at + 1] ?? -2,
    ((means[at - 2] ?? -2) + (means[at + 2] ?? -2)) / 2,
    Number(speaker === "patient"),
    Number(speaker === "clinician"),
    Number(speaker === null),
    Number(answer.length > 0),
    place,
    place * place,
    Number(place < 0.08),
    Number(place > 0.93),
    Math.log1p(words.length),
    some(unitWords),
    some(everyWords),
    some(negations),
    some(relatives),
    some(plans),
    some(findings),
    speaker === "clinician" ? some(firsts) : 0,
    some(new Set(["you"])),
    Number(words.some((word) => /\d/.test(word))),
  ];
}

/** How likely each word of a view comes into the summary, 0..1. */
export function chancesOf(view: View, weights: Float64Array): readonly number[] {
  return view.rows.map((row) => sigmoid(dot(row, weights)));
}
