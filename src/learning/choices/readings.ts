import type { Fold } from "../../confidence/index.ts";
import {
  type Costs,
  type HeadReading,
  type Heads,
  type Material,
  fitHeads,
  neighboursHead,
  readHeads,
  vectorAt,
} from "./heads.ts";
import { type Votes, crowdOf, similarities, votesOf } from "./neighbours.ts";
import type { Reading, Usual } from "./signals.ts";

/** Every labelled message as readers see it that have not learned from it. */

export type Progress = (doing: string, share: number) => void;

/** Classes dealt into a few groups, each left out once, so that its messages are strangers. */
export interface Groups {
  readonly count: number;
  readonly of: (one: number) => number;
}

/** With two classes there is nothing to leave out. */
export function groupsOf(classes: number): Groups {
  if (classes < 3) return { count: 0, of: () => -1 };
  const count = Math.min(classes, classes > 20 ? 3 : 5);
  return { count, of: (one) => one % count };
}

export interface Readings {
  readonly known: readonly Reading[];
  /** By readers that know nothing of the message's class, nor of others of its group; empty without groups. */
  readonly strange: readonly Reading[];
  readonly usual: Usual;
}

export interface ReadingPlan {
  readonly folds: readonly Fold[];
  readonly groups: Groups;
  /** Messages that are kept to be compared with. */
  readonly kept: readonly number[];
  readonly costs: Costs;
}

export function readAll(material: Material, plan: ReadingPlan, progress: Progress): Readings {
  const { labels } = material;
  const { folds, groups } = plan;
  const votes = allVotes(material, plan, (share) => progress("comparing messages", share));
  const known = Array.from<Reading>({ length: labels.length });
  const rounds = folds.length + groups.count;
  for (const [round, { learn, test }] of folds.entries()) {
    progress("learning to choose", round / rounds);
    const heads = fitHeads(material, learn, plan.costs);
    for (const at of test) known[at] = readingOf(material, heads, at, votes.known[at]);
  }
  const strange: Reading[] = [];
  const all = [...labels.keys()];
  for (let group = 0; group < groups.count; group += 1) {
    progress("learning what is strange", (folds.length + group) / rounds);
    const isOut = (at: number) => groups.of(labels[at] ?? 0) === group;
    const learn = all.filter((at) => !isOut(at));
    const heads = fitHeads(material, learn, plan.costs);
    for (const at of all.filter(isOut)) strange[at] = readingOf(material, heads, at, votes.strange[at]);
  }
  return { known, strange, usual: usualOf(material, votes.known, plan.kept) };
}

function readingOf(material: Material, heads: Heads, at: number, votes: Votes | undefined): Reading {
  if (!votes) throw new Error(`Message ${at} was not compared.`);
  const read = readHeads(heads, material.names, vectorAt(material, at), material.grams[at] ?? []);
  return withNeighbours(read, votes);
}

export function withNeighbours({ scores, known }: HeadReading, votes: Votes): Reading {
  const { closest, nearby } = votes;
  scores.set(votes.scores, neighboursHead * closest.length);
  return { scores, known, closest, nearby };
}

interface AllVotes {
  readonly known: readonly Votes[];
  readonly strange: readonly Votes[];
}

/** Compares every message with the kept ones: with those of other folds, and with those of other groups. */
function allVotes(
  material: Material,
  { folds, groups, kept }: ReadingPlan,
  progress: (share: number) => void,
): AllVotes {
  const { width, classes, labels } = material;
  const vectors = new Float32Array(kept.length * width);
  for (const [i, at] of kept.entries()) vectors.set(vectorAt(material, at), i * width);
  const keptLabels = Int32Array.from(kept, (at) => labels[at] ?? 0);
  const places = placesOf(folds, labels.length);
  const known: Votes[] = [];
  const strange: Votes[] = [];
  for (let at = 0; at < labels.length; at += 1) {
    if (at % 500 === 0) progress(at / labels.length);
    const similar = similarities(vectorAt(material, at), vectors);
    known.push(votesOf(similar, keptLabels, classes, (i) => places[kept[i] ?? 0] !== places[at]));
    if (groups.count === 0) continue;
    const group = groups.of(labels[at] ?? 0);
    strange.push(votesOf(similar, keptLabels, classes, (i) => groups.of(keptLabels[i] ?? 0) !== group));
  }
  return { known, strange };
}

function placesOf(folds: readonly Fold[], count: number): Int32Array {
  const places = new Int32Array(count);
  for (const [fold, { test }] of folds.entries()) for (const at of test) places[at] = fold;
  return places;
}

/** How near messages are to the nearest of their own class; classes with few borrow from all. */
function usualOf({ labels, classes }: Material, votes: readonly Votes[], kept: readonly number[]): Usual {
  const own = kept.map((at) => votes[at]?.closest[labels[at] ?? 0] ?? -1);
  const all = momentsOf(own.filter((value) => value > -1));
  const mean = new Float32Array(classes).fill(all.mean);
  const spread = new Float32Array(classes).fill(all.spread);
  for (const [one, places] of Map.groupBy(own.keys(), (i) => labels[kept[i] ?? 0] ?? 0)) {
    const values = places.map((i) => own[i] ?? -1).filter((value) => value > -1);
    const mine = momentsOf(values);
    const weight = values.length / (values.length + borrowed);
    mean[one] = weight * mine.mean + (1 - weight) * all.mean;
    spread[one] = weight * mine.spread + (1 - weight) * all.spread;
  }
  return {
    mean,
    spread,
    crowds: Float32Array.from(kept, (at) => crowdOf(votes[at]?.nearby ?? [])),
    labels: Int32Array.from(kept, (at) => labels[at] ?? 0),
  };
}

/** A class of so many messages is described half by itself. */
const borrowed = 5;
const spreadMin = 0.02;

function momentsOf(values: readonly number[]): { readonly mean: number; readonly spread: number } {
  if (values.length === 0) return { mean: 0.5, spread: 0.2 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, spread: Math.max(spreadMin, Math.sqrt(variance)) };
}
