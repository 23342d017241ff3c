import { type Choice, fitChoices } from "../fit.ts";
import type { Weights } from "../../ranking/ranker.ts";
import { type Names, packed, type PackedPlace, type Seen } from "./sheet.ts";

/** A conditional logit over all cues: the reader that learns most from few examples, because it begins with weights that were known before. */

/** Pull to the prior, for all examples together. */
const pull = 1.5;
const stepsMax = 60;
/** Options of an example that are learned from: the hardest by the prior. */
const optionsMax = 60;
/** A word is learned about when so many examples have it. */
const examplesMin = 2;

/** Weights by number of the cue. */
export type Logit = Float64Array;

/**
 * @param views options of each example; several views of one example may stand one after another
 */
export function learnLogit(views: readonly (readonly Seen[])[], names: Names, prior: Weights): Logit {
  const usable = views.filter(
    (view) => view.some(({ packed: { right } }) => right) && view.some(({ packed: { right } }) => !right),
  );
  const hard = usable.map(hardest);
  const memory = hard.map((view) => view.map((seen) => packed(seen.memory, names)));
  const known = knownCues(hard, names, prior);
  const choices = hard.map((view, at) => choiceOf(view, memory[at] ?? [], known));
  const weights = Float64Array.from(names.list, (name) => prior[name] ?? 0);
  if (choices.length === 0) return weights;
  return fitChoices(choices, { l2: pull / choices.length, stepsMax, prior: weights });
}

function hardest(view: readonly Seen[]): readonly Seen[] {
  if (view.length <= optionsMax) return view;
  const wrong = view.filter((seen) => !seen.packed.right).toSorted((a, b) => b.packed.score - a.packed.score);
  return [...view.filter((seen) => seen.packed.right), ...wrong.slice(0, optionsMax)];
}

/** 1 for cues that have a weight already or that enough examples share. */
function knownCues(views: readonly (readonly Seen[])[], names: Names, prior: Weights): Uint8Array {
  const counts = new Int32Array(names.list.length);
  for (const view of views) {
    const here = new Set<number>();
    for (const { packed: own } of view) for (const cue of own.cues) here.add(cue);
    for (const cue of here) counts[cue] = (counts[cue] ?? 0) + 1;
  }
  return Uint8Array.from(names.list, (name, cue) => Number(name in prior || (counts[cue] ?? 0) >= examplesMin));
}

function choiceOf(
  view: readonly Seen[],
  memory: readonly Pick<PackedPlace, "cues" | "values">[],
  known: Uint8Array,
): Choice {
  const cues: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  for (const [option, { packed: own }] of view.entries()) {
    for (let at = 0; at < own.cues.length; at += 1) {
      const cue = own.cues[at] ?? 0;
      if (known[cue] !== 1) continue;
      cues.push(cue);
      values.push(own.values[at] ?? 0);
    }
    cues.push(...(memory[option]?.cues ?? []));
    values.push(...(memory[option]?.values ?? []));
    ends.push(cues.length);
  }
  return {
    cues: Int32Array.from(cues),
    values: Float32Array.from(values),
    ends: Int32Array.from(ends),
    right: Uint8Array.from(view, ({ packed: { right } }) => Number(right)),
  };
}

/** Score of one place, not comparable between pages. */
export function logitScore({ packed: own, memory }: Seen, weights: Logit, names: Names): number {
  let score = 0;
  for (let at = 0; at < own.cues.length; at += 1) score += (own.values[at] ?? 0) * (weights[own.cues[at] ?? 0] ?? 0);
  for (const [name, value] of Object.entries(memory)) score += value * (weights[names.idOf(name)] ?? 0);
  return score;
}
