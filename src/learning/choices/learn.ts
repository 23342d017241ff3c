import { type Fold, fitLogistic, sigmoid, spreadFolds, type Splittable } from "../../confidence/index.ts";
import {
  type HeadReading,
  type Heads,
  type Material,
  fitHeads,
  headsCount,
  neighboursHead,
  readHeads,
  vectorAt,
} from "./heads.ts";
import { similarities, votesOf } from "./neighbours.ts";
import { type Closeness, type Reading, type Verdict, judge, signalNames } from "./signals.ts";
import { type HeadScores, fitStack } from "./stack.ts";

/** Learning to choose: heads, their weights, and what a choice's probability is worth, all from readings of messages that were not learned from. */

export interface Learnt {
  readonly heads: Heads;
  /** A weight a head. */
  readonly stack: Float64Array;
  readonly closeness: Closeness;
  readonly calibration: ChoiceCalibration;
  /** Indexes of the messages that are kept to be compared with. */
  readonly kept: readonly number[];
  /** For every message, by readers that had not learned from it; null where its class has no other. */
  readonly answers: readonly (Answer | null)[];
  /** Messages of classes that were left out of the learning, as a stranger would be read: confidences. */
  readonly strangers: readonly number[];
}

export interface Answer {
  readonly choice: number;
  readonly confidence: number;
}

/** Signals → score → probability. */
export interface ChoiceCalibration {
  readonly weights: Float64Array;
  /** The score is stretched and moved for messages of the known classes. */
  readonly scale: number;
  readonly shift: number;
}

export type Progress = (doing: string, share: number) => void;

const keptMax = 6_000;
/** Strangers for each known message, in the learning of the confidence. */
const strangersShare = 0.25;

export function learnChoices(material: Material, examples: readonly Splittable[], progress: Progress): Learnt {
  const { labels, classes } = material;
  const folds = foldsOf(examples, labels);
  const kept = keptOf(material);
  const outside = groupsOf(classes);
  const neighbours = readNeighbours(material, kept, placesOf(folds, examples.length), outside, (share) =>
    progress("comparing messages", share),
  );
  const readings = Array.from<Reading>({ length: examples.length });
  for (const [at, { learn, test }] of folds.entries()) {
    progress("learning to choose", at / (folds.length + outside.count + 1));
    const heads = fitHeads(material, learn);
    for (const one of test) readings[one] = readingOf(material, heads, one, neighbours.inside(one));
  }
  const strangers = Array.from<Reading>({ length: examples.length });
  for (let group = 0; group < outside.count; group += 1) {
    progress("learning what is strange", (folds.length + group) / (folds.length + outside.count + 1));
    const isOut = (at: number) => outside.groupOf(labels[at] ?? 0) === group;
    const all = [...labels.keys()];
    const heads = fitHeads(
      material,
      all.filter((at) => !isOut(at)),
    );
    for (const one of all.filter(isOut)) strangers[one] = readingOf(material, heads, one, neighbours.outside(one));
  }
  progress("learning to choose", 0.9);
  const study: Study = { material, readings, strangers, group: (at) => outside.groupOf(labels[at] ?? 0) };
  const closeness = closenessOf(material, neighbours.inside, kept);
  const everything = [...labels.keys()];
  const whole = settle(study, closeness, everything);
  const answers = Array.from<Answer | null>({ length: examples.length }).fill(null);
  const strangerConfidences: number[] = [];
  for (const { learn, test } of folds) {
    const part = settle(study, closeness, learn);
    for (const one of test) {
      answers[one] = answerOf(study, part, closeness, one);
      if (outside.count > 0)
        strangerConfidences.push(confidenceOf(part.calibration, strangerVerdict(study, part.stack, closeness, one)));
    }
  }
  return { heads: fitHeads(material, everything), ...whole, closeness, kept, answers, strangers: strangerConfidences };
}

const manyExamples = 3_000;

/**
 * Every message is answered with all of its source unseen: what comes back from a known sender is
 * then known at least as well. Classes are dealt out evenly.
 */
function foldsOf(examples: readonly Splittable[], labels: Int32Array): readonly Fold[] {
  const groups = [...Map.groupBy(examples.keys(), (at) => examples[at]?.source ?? "")];
  const heads = groups.map(([source, [first = 0]]) => ({ id: examples[first]?.id ?? "", source }));
  const folds = spreadFolds(heads, {
    count: examples.length > manyExamples ? 3 : 8,
    stratum: (group) => String(labels[groups[group]?.[1][0] ?? 0] ?? 0),
  });
  const members = (some: readonly number[]) => some.flatMap((group) => groups[group]?.[1] ?? []);
  return folds.map(({ learn, test }) => ({ learn: members(learn), test: members(test) }));
}

interface Study {
  readonly material: Material;
  /** By readers that had not learned from the message. */
  readonly readings: readonly Reading[];
  /** By readers that had not learned from any message of its class, nor of others of its group. */
  readonly strangers: readonly Reading[];
  readonly group: (at: number) => number;
}

interface Settled {
  readonly stack: Float64Array;
  readonly calibration: ChoiceCalibration;
}

function settle(study: Study, closeness: Closeness, chosen: readonly number[]): Settled {
  const { labels } = study.material;
  const stack = fitStack(
    scoresOf(study, chosen),
    Int32Array.from(chosen, (at) => labels[at] ?? 0),
    [...chosen.keys()],
  );
  const known = chosen.map((at) => judge(readingAt(study.readings, at), stack, closeness));
  const right = known.map(({ top }, i) => top === labels[chosen[i] ?? 0]);
  const every = Math.max(1, Math.round(1 / strangersShare));
  const strange =
    study.strangers.length > 0 && study.strangers.some(Boolean)
      ? chosen.filter((_at, i) => i % every === 0).map((at) => strangerVerdict(study, stack, closeness, at))
      : [];
  const inputs = [...known, ...strange].map(({ signals }) => signals);
  const size = signalNames.length;
  const weights = fitLogistic(
    { inputs, right: [...right, ...strange.map(() => false)] },
    {
      prior: Float64Array.from({ length: size }, (_zero, at) => Number(signalNames[at] === "odds")),
      pull: Float64Array.from({ length: size }, (_zero, at) => (at === 0 ? 0.05 : 1)),
    },
  );
  const scores = known.map(({ signals }) => scoreOf(weights, signals));
  const [shift = 0, scale = 1] = fitLogistic(
    { inputs: scores.map((score) => Float64Array.of(1, score)), right },
    { prior: Float64Array.of(0, 1), pull: Float64Array.of(0.05, 0.5) },
  );
  return { stack, calibration: { weights, scale, shift } };
}

function scoresOf({ material: { classes }, readings }: Study, chosen: readonly number[]): HeadScores {
  const width = headsCount * classes;
  const values = new Float32Array(chosen.length * width);
  for (const [i, at] of chosen.entries()) values.set(readingAt(readings, at).scores, i * width);
  return { count: chosen.length, heads: headsCount, classes, values };
}

function readingAt(readings: readonly Reading[], at: number): Reading {
  const reading = readings[at];
  if (!reading) throw new Error(`Message ${at} was not read.`);
  return reading;
}

function answerOf(study: Study, { stack, calibration }: Settled, closeness: Closeness, at: number): Answer {
  const verdict = judge(readingAt(study.readings, at), stack, closeness);
  return { choice: verdict.top, confidence: confidenceOf(calibration, verdict) };
}

function strangerVerdict(study: Study, stack: Float64Array, closeness: Closeness, at: number): Verdict {
  const mine = study.group(at);
  const classGroup = groupsOf(study.material.classes).groupOf;
  return judge(readingAt(study.strangers, at), stack, closeness, (one) => classGroup(one) !== mine);
}

export function confidenceOf({ weights, scale, shift }: ChoiceCalibration, { signals }: Verdict): number {
  return Math.min(1 - 1e-6, Math.max(1e-6, sigmoid(scale * scoreOf(weights, signals) + shift)));
}

function scoreOf(weights: Float64Array, signals: Float64Array): number {
  return signals.reduce((sum, signal, at) => sum + signal * (weights[at] ?? 0), 0);
}

/** Classes are dealt into a few groups, each left out once; with two classes there is nothing to leave out. */
function groupsOf(classes: number): { readonly count: number; readonly groupOf: (one: number) => number } {
  if (classes < 3) return { count: 0, groupOf: () => -1 };
  const count = Math.min(classes, classes > 20 ? 3 : 5);
  return { count, groupOf: (one) => one % count };
}

/** At most so many messages are kept to be compared with, evenly from all classes. */
function keptOf({ labels, classes }: Material): readonly number[] {
  const room = Math.floor(keptMax / Math.max(1, classes));
  if (labels.length <= keptMax) return [...labels.keys()];
  const taken = new Int32Array(classes);
  return [...labels.keys()].filter((at) => {
    const label = labels[at] ?? 0;
    taken[label] = (taken[label] ?? 0) + 1;
    return (taken[label] ?? 0) <= room;
  });
}

type NeighbourReading = Pick<Reading, "closest"> & { readonly scores: Float32Array };

function placesOf(folds: readonly { readonly test: readonly number[] }[], count: number): Int32Array {
  const places = new Int32Array(count);
  for (const [fold, { test }] of folds.entries()) for (const at of test) places[at] = fold;
  return places;
}

/** Compares every message with the kept ones, once for messages of known classes and once for strangers. */
function readNeighbours(
  material: Material,
  kept: readonly number[],
  places: Int32Array,
  outside: ReturnType<typeof groupsOf>,
  progress: (share: number) => void,
): { readonly inside: (at: number) => NeighbourReading; readonly outside: (at: number) => NeighbourReading } {
  const { width, classes, labels } = material;
  const known = new Float32Array(kept.length * width);
  for (const [i, at] of kept.entries()) known.set(vectorAt(material, at), i * width);
  const knownLabels = Int32Array.from(kept, (at) => labels[at] ?? 0);
  const insides: NeighbourReading[] = [];
  const outsides: NeighbourReading[] = [];
  for (let at = 0; at < labels.length; at += 1) {
    if (at % 500 === 0) progress(at / labels.length);
    const similar = similarities(vectorAt(material, at), known);
    insides.push(votesOf(similar, knownLabels, classes, (i) => places[kept[i] ?? 0] !== places[at]));
    if (outside.count === 0) continue;
    const group = outside.groupOf(labels[at] ?? 0);
    outsides.push(votesOf(similar, knownLabels, classes, (i) => outside.groupOf(knownLabels[i] ?? 0) !== group));
  }
  const pick = (from: readonly NeighbourReading[]) => (at: number) => {
    const reading = from[at];
    if (!reading) throw new Error(`Message ${at} was not compared.`);
    return reading;
  };
  return { inside: pick(insides), outside: pick(outsides) };
}

function readingOf(material: Material, heads: Heads, at: number, neighbours: NeighbourReading): Reading {
  const read = readHeads(heads, material.names, vectorAt(material, at), material.grams[at] ?? []);
  return withNeighbours(read, neighbours);
}

export function withNeighbours({ scores, known }: HeadReading, { scores: votes, closest }: NeighbourReading): Reading {
  scores.set(votes, neighboursHead * closest.length);
  return { scores, known, closest };
}

/** How near messages of each class are to the nearest of their own; classes with few borrow from all. */
function closenessOf(
  { labels, classes }: Material,
  inside: (at: number) => NeighbourReading,
  kept: readonly number[],
): Closeness {
  const own = kept.map((at) => inside(at).closest[labels[at] ?? 0] ?? -1);
  const all = momentsOfValues(own.filter((value) => value > -1));
  const mean = new Float32Array(classes).fill(all.mean);
  const spread = new Float32Array(classes).fill(all.spread);
  const byClass = Map.groupBy(own.keys(), (i) => labels[kept[i] ?? 0] ?? 0);
  for (const [one, places] of byClass) {
    const values = places.map((i) => own[i] ?? -1).filter((value) => value > -1);
    const mine = momentsOfValues(values);
    const weight = values.length / (values.length + borrowed);
    mean[one] = weight * mine.mean + (1 - weight) * all.mean;
    spread[one] = Math.max(0.02, weight * mine.spread + (1 - weight) * all.spread);
  }
  return { mean, spread };
}

/** A class of so many messages is described half by itself. */
const borrowed = 5;

function momentsOfValues(values: readonly number[]): { readonly mean: number; readonly spread: number } {
  if (values.length === 0) return { mean: 0.5, spread: 0.2 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, spread: Math.max(0.02, Math.sqrt(variance)) };
}
