import { type Example } from "../src/learning/fit.ts";
import type { FieldSpec } from "../src/ranking/fields.ts";
import { isGeneric, optionsOf, sameValue, scoreOf, weightsFor } from "../src/ranking/ranker.ts";
import type { Cues } from "../src/ranking/signals.ts";
import type { Survey } from "../src/ranking/survey.ts";
import { handSet } from "./hand.ts";

/** Wrong options an example keeps: the hardest by the hand-set weights, and some at random. */
const hardMax = 40;
const randomMax = 25;

interface Group {
  readonly has: (cue: string) => boolean;
  /** Share of examples that do without. */
  readonly share: number;
}

const arithmetic = new Set(
  "size largest largestSum largestOfConcept netPlusTax taxedNet taxOfNet lineSum repeated lastSum domain earliest latest share".split(
    " ",
  ),
);
const places = new Set(
  "pageTop firstPage blockStart blockEnd largeAbove top firstRows lastRows rightHalf firstOfKind lastOfKind large firstInRow lastInRow".split(
    " ",
  ),
);

/** Cues that are hidden together now and then, so that no kind of them is relied upon alone. */
const groups: readonly Group[] = [
  { has: (cue) => !isGeneric(cue) || cue.includes("~"), share: 0.12 },
  { has: (cue) => arithmetic.has(cue), share: 0.3 },
  { has: (cue) => places.has(cue), share: 0.2 },
];

/** Numbers in 0..1 that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  return () => {
    state = (state + 0x6d2b79f5) % 2 ** 32;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The choice of a field on a page whose answer is known; null where the answer is not among the candidates. */
export function exampleFor(
  field: FieldSpec,
  fields: readonly FieldSpec[],
  survey: Survey,
  truth: string | null,
  random: () => number,
): Example | null {
  const rivals = fields.filter((other) => other !== field && other.type === field.type);
  const { candidates, cues, absent } = optionsOf(field, rivals, survey);
  const right = candidates.map((one) => truth !== null && sameTruth(one.value, truth));
  if (truth === null && absent === null) return null;
  if (truth !== null && !right.some(Boolean)) return null;
  const wrong = cues.flatMap((cue, at) => (right[at] === true ? [] : [cue]));
  const kept = [...cues.filter((_, at) => right[at] === true), ...hardest(wrong, field, random)];
  const hidden = groups.filter(({ share }) => random() < share);
  const options = kept.map((cue) => without(cue, hidden));
  const all = absent === null ? options : [...options, absent];
  const good = right.filter(Boolean).length;
  return { options: all, right: all.map((_, at) => (truth === null ? at === all.length - 1 : at < good)) };
}

export function sameTruth(value: string, truth: string): boolean {
  const number = /^-?\d+\.\d+$/;
  if (number.test(value) && number.test(truth)) return Number(value) === Number(truth);
  return sameValue(value) === sameValue(truth);
}

function hardest(wrong: readonly Cues[], field: FieldSpec, random: () => number): readonly Cues[] {
  const weights = weightsFor(field, handSet);
  const sorted = wrong.toSorted((a, b) => scoreOf(b, weights) - scoreOf(a, weights));
  const rest = sorted.slice(hardMax);
  const share = randomMax / Math.max(1, rest.length);
  return [...sorted.slice(0, hardMax), ...rest.filter(() => random() < share)];
}

function without(cues: Cues, hidden: readonly Group[]): Cues {
  if (hidden.length === 0) return cues;
  return Object.fromEntries(Object.entries(cues).filter(([name]) => !hidden.some(({ has }) => has(name))));
}

/** Only the cues that mean the same for every field of a type. */
export function generic(example: Example): Example {
  const options = example.options.map((cues) =>
    Object.fromEntries(Object.entries(cues).filter(([name]) => isGeneric(name))),
  );
  return { options, right: example.right };
}
