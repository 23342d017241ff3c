import { headsCount } from "./heads.ts";
import { type Neighbour, crowdOf } from "./neighbours.ts";
import { softmax } from "./stack.ts";

/** What speaks for and against the best class of one message. */

/** Everything that is known about one message before it is decided. */
export interface Reading {
  /** Heads × classes, the neighbours among them. */
  readonly scores: Float32Array;
  /** Share of its words and pieces that were learned from, 0..1. */
  readonly known: number;
  /** Largest similarity to a known message of each class. */
  readonly closest: Float32Array;
  /** The nearest known messages, the nearest first. */
  readonly nearby: readonly Neighbour[];
}

/** What is usual among the known messages. */
export interface Usual {
  /** By class: similarity of a message to the nearest of its own class, mean and spread. */
  readonly mean: Float32Array;
  readonly spread: Float32Array;
  /** By known message: how close its own nearest ones are. */
  readonly crowds: Float32Array;
  /** By known message: its class. */
  readonly labels: Int32Array;
}

export interface Verdict {
  /** Index of the best class. */
  readonly top: number;
  /** Probability of each class if it is one of them; sums to 1. */
  readonly chances: Float64Array;
  /** Inputs of the calibration, by `signalNames`. */
  readonly signals: Float64Array;
}

/** Brought to about the same size. The first is constant. */
export const signalNames = [
  "one",
  "odds",
  "lead",
  "agreement",
  "nearest",
  "typical",
  "meaning",
  "words",
  "known",
  "crowd",
  "votes",
] as const;

const oddsMax = 12;

/** @param allowed classes that may be answered */
export function judge(
  { scores, known, closest, nearby }: Reading,
  weights: ArrayLike<number>,
  usual: Usual,
  allowed: (one: number) => boolean = () => true,
): Verdict {
  const classes = closest.length;
  const chances = softmax(weighted(scores, weights, classes, allowed));
  const top = best(chances, -1);
  const chance = chances[top] ?? 0;
  const lead = Math.log((chance + 1e-9) / ((chances[best(chances, top)] ?? 0) + 1e-9));
  const near = closest[top] ?? -1;
  const crowdsThere = nearby.map(({ at }) => ({ at, similarity: usual.crowds[at] ?? 0 }));
  const signals = Float64Array.of(
    1,
    bounded(Math.log((chance + 1e-9) / (1 - chance + 1e-9))),
    bounded(lead),
    agreement(scores, classes, top, allowed),
    near,
    Math.max(-6, Math.min(4, (near - (usual.mean[top] ?? 0)) / (usual.spread[top] ?? 1))),
    scores[top] ?? 0,
    scores[classes + top] ?? 0,
    known,
    10 * (crowdOf(nearby) - crowdOf(crowdsThere)),
    nearby.filter(({ at }) => usual.labels[at] === top).length / Math.max(1, nearby.length),
  );
  return { top, chances, signals };
}

function weighted(
  scores: Float32Array,
  weights: ArrayLike<number>,
  classes: number,
  allowed: (one: number) => boolean,
): Float64Array {
  const sums = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  for (let one = 0; one < classes; one += 1) {
    if (!allowed(one)) continue;
    let sum = 0;
    for (let head = 0; head < headsCount; head += 1) sum += (weights[head] ?? 0) * (scores[head * classes + one] ?? 0);
    sums[one] = sum;
  }
  return sums;
}

const bounded = (odds: number) => Math.max(-oddsMax, Math.min(oddsMax, odds));

function best(values: Float64Array, besides: number): number {
  let found = besides === 0 ? 1 : 0;
  for (let at = 0; at < values.length; at += 1)
    if (at !== besides && (values[at] ?? 0) > (values[found] ?? 0)) found = at;
  return found;
}

/** Share of the heads that would have said the same by themselves. */
function agreement(scores: Float32Array, classes: number, top: number, allowed: (one: number) => boolean): number {
  let agreeing = 0;
  for (let head = 0; head < headsCount; head += 1) {
    const from = head * classes;
    const mine = scores[from + top] ?? 0;
    let beaten = false;
    for (let one = 0; one < classes && !beaten; one += 1) beaten = allowed(one) && (scores[from + one] ?? 0) > mine;
    if (!beaten) agreeing += 1;
  }
  return agreeing / headsCount;
}
