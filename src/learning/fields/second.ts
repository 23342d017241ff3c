import { type Json, sameValue } from "../../core/index.ts";
import { jsonOf } from "./claims.ts";
import type { Opinion } from "./reading.ts";
import type { Claim } from "./signals.ts";

/**
 * Second opinions: readers that cost too much to ask about everything (encoder, language model, a larger one)
 * are asked where the cheaper ones before them are not sure, and count as much as they were seen to help on labelled examples:
 * often not at all, and then they are not asked.
 */

export const secondReaders = ["encoder", "slm", "large"] as const;
export type SecondReader = (typeof secondReaders)[number];

/** How much each second reader counts, by path; a reader that is missing is not asked. */
export type SecondWeights = Readonly<Record<string, Readonly<Partial<Record<SecondReader, number>>>>>;

/** Below this lead of the best value over the second the cheap readers are not sure. */
const unsureMargin = 0.5;

export function isUnsure({ options }: Claim): boolean {
  const [best, second] = options;
  return best !== undefined && second !== undefined && best.probability - second.probability < unsureMargin;
}

/** What a reader says of a value it was not asked about: no more than of the least likely one. */
const floor = 1e-6;

/** The claim after another reader was heard: log-linear pooling over the options. */
export function pooled(claim: Claim, opinion: Opinion, weight: number): Claim {
  if (opinion.size < 2 || weight === 0) return claim;
  const least = Math.min(...opinion.values());
  const masses = claim.options.map(
    ({ key, probability }) => probability * Math.max(floor, opinion.get(key) ?? least) ** weight,
  );
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  if (all === 0) return claim;
  const options = claim.options
    .map((option, at) => Object.assign({}, option, { probability: (masses[at] ?? 0) / all }))
    .toSorted((a, b) => b.probability - a.probability);
  return { ...claim, options, option: options[0], value: jsonOf(options[0]?.value ?? null, claim.field) };
}

/** A doubtful claim, what the second reader said about it, and what is right. */
export interface Heard {
  readonly claim: Claim;
  readonly opinion: Opinion;
  readonly truth: Json;
}

const weightsTried = [0.1, 0.2, 0.4, 0.8] as const;
/** Fewer answers than this prove nothing. */
export const heardMin = 12;
/** Mean log-probability of the truth that must be gained on answers that the weight was not chosen by. */
const gainMin = 0.02;
/** … and so many standard errors of it: a handful of lucky answers proves nothing. */
const errors = 1.5;

/** Whether a claim is wrong and its truth among the options: only there can another reader win anything. */
export function isWinnable({ claim, truth }: Pick<Heard, "claim" | "truth">): boolean {
  return !sameValue(claim.value, truth) && claim.options.some(({ value }) => sameValue(value, truth));
}

/** Whether any of these answers is right after the reader was heard, however much it counts. Else it is worth nothing. */
export function winsAny(heard: readonly Heard[]): boolean {
  return heard.some(({ claim, opinion, truth }) =>
    weightsTried.some((weight) => sameValue(pooled(claim, opinion, weight).value, truth)),
  );
}

/** How much a reader is worth hearing on a path: 0 where it was not seen to help. */
export function worthHearing(heard: readonly Heard[]): number {
  const useful = heard.filter(({ claim, truth }) => claim.options.some(({ value }) => sameValue(value, truth)));
  if (useful.length < heardMin) return 0;
  const gains = weightsTried.map((weight) =>
    useful.map((one) => surprise(one.claim, one.truth) - surprise(pooled(one.claim, one.opinion, weight), one.truth)),
  );
  const sums = gains.map((list) => list.reduce((sum, gain) => sum + gain, 0));
  const unseen = useful.map((_, at) => {
    const without = sums.map((sum, weight) => sum - (gains[weight]?.[at] ?? 0));
    return gains[without.indexOf(Math.max(...without))]?.[at] ?? 0;
  });
  const mean = unseen.reduce((sum, gain) => sum + gain, 0) / useful.length;
  const spread = unseen.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / useful.length;
  if (mean < Math.max(gainMin, errors * Math.sqrt(spread / useful.length))) return 0;
  const weight = weightsTried[sums.indexOf(Math.max(...sums))] ?? 0;
  return turned(useful, weight) > 0 ? weight : 0;
}

/** Right answers won less right answers lost. */
function turned(heard: readonly Heard[], weight: number): number {
  return heard.reduce((sum, { claim, opinion, truth }) => {
    const after = pooled(claim, opinion, weight);
    return sum + Number(sameValue(after.value, truth)) - Number(sameValue(claim.value, truth));
  }, 0);
}

function surprise({ options }: Claim, truth: Json): number {
  const right = options.filter(({ value }) => sameValue(value, truth));
  return -Math.log(
    Math.max(
      1e-9,
      right.reduce((sum, { probability }) => sum + probability, 0),
    ),
  );
}
