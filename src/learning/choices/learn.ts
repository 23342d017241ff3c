import { type Fold, spreadFolds, type Splittable } from "../../confidence/index.ts";
import { type ChoiceCalibration, calibrate, confidenceOf } from "./calibration.ts";
import { chooseCosts } from "./costs.ts";
import { type Heads, type Material, fitHeads, headsCount } from "./heads.ts";
import { type Groups, type Progress, type Readings, groupsOf, readAll } from "./readings.ts";
import { type Reading, type Usual, type Verdict, judge } from "./signals.ts";
import { fitStack } from "./stack.ts";

/**
 * Learning to choose: the heads, how much each has to say, and what a choice's probability is worth,
 * all weighed on readings of messages that were not learned from.
 */

export interface Learnt {
  readonly heads: Heads;
  /** A weight a head. */
  readonly stack: Float64Array;
  readonly usual: Usual;
  readonly calibration: ChoiceCalibration;
  /** Indexes of the messages that are kept to be compared with. */
  readonly kept: readonly number[];
  /** For every message, by readers that had not learned from it. */
  readonly answers: readonly Answer[];
  /** For every message, by readers that know nothing of its class, so all of them wrong; empty with two classes. */
  readonly strangers: readonly Answer[];
}

export interface Answer {
  readonly choice: number;
  readonly confidence: number;
}

const weighedMax = 2_500;
const keptMax = 6_000;

/** @param examples who sent each message, in the order of the material; two classes and two messages at least */
export function learnChoices(material: Material, examples: readonly Splittable[], progress: Progress): Learnt {
  const { labels, classes } = material;
  const folds = foldsOf(examples, labels);
  const [first] = folds;
  if (!first) throw new Error("Two messages at least are needed to learn a choice.");
  progress("trying what suits the messages", 0);
  const costs = chooseCosts(material, first.learn, first.test);
  const plan = { folds, costs, groups: groupsOf(classes), kept: keptOf(material) };
  const study = { material, groups: plan.groups, readings: readAll(material, plan, progress) };
  progress("weighing what was learned", 0);
  const everything = [...labels.keys()];
  const whole = settle(study, everything);
  const answers: Answer[] = [];
  const strangers: Answer[] = [];
  for (const { learn, test } of folds) {
    const part = settle(study, learn);
    for (const at of test) {
      answers[at] = answerOf(part, knownVerdict(study, part.stack, at));
      if (plan.groups.count > 0) strangers[at] = answerOf(part, strangeVerdict(study, part.stack, at));
    }
  }
  const { usual } = study.readings;
  return { heads: fitHeads(material, everything, costs), ...whole, usual, kept: plan.kept, answers, strangers };
}

/**
 * Every message is answered with all of its source unseen: what comes back from a known sender is
 * then known at least as well. Classes are dealt out evenly.
 */
function foldsOf(examples: readonly Splittable[], labels: Int32Array): readonly Fold[] {
  const groups = [...Map.groupBy(examples.keys(), (at) => examples[at]?.source ?? "")];
  const heads = groups.map(([source, [first = 0]]) => ({ id: examples[first]?.id ?? "", source }));
  const folds = spreadFolds(heads, {
    count: foldsCount(examples.length),
    stratum: (group) => String(labels[groups[group]?.[1][0] ?? 0] ?? 0),
  });
  const members = (some: readonly number[]) => some.flatMap((group) => groups[group]?.[1] ?? []);
  return folds.map(({ learn, test }) => ({ learn: members(learn), test: members(test) }));
}

/** The fewer the messages, the more of them must be left to learn from. */
function foldsCount(examples: number): number {
  if (examples > 3_000) return 3;
  return examples > 1_500 ? 5 : 8;
}

/** At most so many messages are kept to be compared with, evenly from all classes. */
function keptOf({ labels, classes }: Material): readonly number[] {
  if (labels.length <= keptMax) return [...labels.keys()];
  const room = Math.floor(keptMax / Math.max(1, classes));
  const taken = new Int32Array(classes);
  return [...labels.keys()].filter((at) => {
    const label = labels[at] ?? 0;
    taken[label] = (taken[label] ?? 0) + 1;
    return (taken[label] ?? 0) <= room;
  });
}

interface Study {
  readonly material: Material;
  readonly groups: Groups;
  readonly readings: Readings;
}

interface Settled {
  readonly stack: Float64Array;
  readonly calibration: ChoiceCalibration;
}

/** @param chosen messages whose readings are weighed */
function settle(study: Study, chosen: readonly number[]): Settled {
  const { labels, classes } = study.material;
  const wanted = Int32Array.from(chosen, (at) => labels[at] ?? 0);
  // A handful of weights needs no more messages than that.
  const some = chosen.filter((_at, i) => i % Math.ceil(chosen.length / weighedMax) === 0);
  const width = headsCount * classes;
  const values = new Float32Array(some.length * width);
  for (const [i, at] of some.entries()) values.set(readingAt(study.readings.known, at).scores, i * width);
  const ofSome = Int32Array.from(some, (at) => labels[at] ?? 0);
  const stack = fitStack({ count: some.length, heads: headsCount, classes, values }, ofSome, [...some.keys()]);
  const known = chosen.map((at) => knownVerdict(study, stack, at));
  const right = known.map(({ top }, i) => top === wanted[i]);
  const strange = study.groups.count === 0 ? [] : chosen.map((at) => strangeVerdict(study, stack, at));
  return { stack, calibration: calibrate(known, right, strange) };
}

function answerOf({ calibration }: Settled, verdict: Verdict): Answer {
  return { choice: verdict.top, confidence: confidenceOf(calibration, verdict) };
}

function knownVerdict({ readings }: Study, stack: Float64Array, at: number): Verdict {
  return judge(readingAt(readings.known, at), stack, readings.usual);
}

function strangeVerdict({ readings, groups, material }: Study, stack: Float64Array, at: number): Verdict {
  const mine = groups.of(material.labels[at] ?? 0);
  return judge(readingAt(readings.strange, at), stack, readings.usual, (one) => groups.of(one) !== mine);
}

function readingAt(readings: readonly Reading[], at: number): Reading {
  const reading = readings[at];
  if (!reading) throw new Error(`Message ${at} was not read.`);
  return reading;
}
