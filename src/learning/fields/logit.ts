import { type Choice, fitChoices } from "../fit.ts";
import type { Weights } from "../../ranking/ranker.ts";
import { memoryPrior } from "./memory.ts";
import { type Names, packed, type PackedPlace, type Seen } from "./sheet.ts";

/** A conditional logit over all cues: the reader that learns most from few examples, because it begins with weights that were known before. */

/** Pull to the prior, for all examples together. */
const pull = 1.5;
const stepsMax = 60;
/** Options of an example that are learned from: the hardest by the prior. */
const optionsMax = 80;

/** Weights by number of the cue. */
export type Logit = Float64Array;

/** The options of one example as a reader sees them. */
export interface View {
  /** Who sent the document. */
  readonly source: string;
  readonly places: readonly Seen[];
}

/** @param views several views of one example may stand one after another */
export function learnLogit(views: readonly View[], names: Names, prior: Weights): Logit {
  const usable = views.filter(({ places }) => places.some(isRight) && !places.every(isRight)).map(hardest);
  const memory = usable.map(({ places }) => places.map((seen) => packed(seen.memory, names)));
  const known = knownCues(usable, names, prior);
  const choices = usable.map((view, at) => choiceOf(view.places, memory[at] ?? [], known));
  const weights = Float64Array.from(names.list, (name) => prior[name] ?? memoryPrior[name] ?? 0);
  if (choices.length === 0) return weights;
  return fitChoices(choices, { l2: pull / choices.length, stepsMax, prior: weights });
}

const isRight = ({ packed: { right } }: Seen) => right;

function hardest(view: View): View {
  if (view.places.length <= optionsMax) return view;
  const wrong = view.places.filter((seen) => !isRight(seen)).toSorted((a, b) => b.packed.score - a.packed.score);
  return { source: view.source, places: [...view.places.filter(isRight), ...wrong.slice(0, optionsMax)] };
}

/** 1 for cues that have a weight already or that enough senders share: what one alone has is for the memory. */
function knownCues(views: readonly View[], names: Names, prior: Weights): Uint8Array {
  const senders = new Map<string, number>();
  /** Number of the first sender that has each cue, counted from 1. */
  const first = new Int32Array(names.list.length);
  const shared = new Uint8Array(names.list.length);
  for (const { source, places } of views) {
    const sender = senders.get(source) ?? senders.size + 1;
    senders.set(source, sender);
    for (const { packed: own } of places) {
      for (const cue of own.cues) {
        if (first[cue] === 0) first[cue] = sender;
        else if (first[cue] !== sender) shared[cue] = 1;
      }
    }
  }
  return Uint8Array.from(names.list, (name, cue) => Number(name in prior || shared[cue] === 1));
}

function choiceOf(
  places: readonly Seen[],
  memory: readonly Pick<PackedPlace, "cues" | "values">[],
  known: Uint8Array,
): Choice {
  const cues: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  for (const [option, { packed: own }] of places.entries()) {
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
    right: Uint8Array.from(places, ({ packed: { right } }) => Number(right)),
  };
}

/** Score of one place, not comparable between pages. */
export function logitScore({ packed: own, memory }: Seen, weights: Logit, names: Names): number {
  let score = 0;
  for (let at = 0; at < own.cues.length; at += 1) score += (own.values[at] ?? 0) * (weights[own.cues[at] ?? 0] ?? 0);
  for (const [name, value] of Object.entries(memory)) score += value * (weights[names.idOf(name)] ?? 0);
  return score;
}
