import { binsMax, boost, type Tree, treesScore, type TreeTable } from "../trees.ts";
import type { View } from "./logit.ts";
import type { Cues } from "../../ranking/signals.ts";
import type { Names, Seen } from "./sheet.ts";

/** Boosted trees over the cues that most examples have, and the memory's. */
export interface Forest {
  /** Names of the cues, in the order of their numbers in the trees. */
  readonly cues: readonly string[];
  readonly trees: readonly Tree[];
}

/** The prior's score below that of the best place of the page, as one more cue. */
export const behindCue = "prior.behind";

const cuesMax = 220;
/** Options of an example that are learned from: the hardest by the prior. */
const optionsMax = 40;
/** Examples that must have a cue. */
const examplesMin = 4;
/** With fewer choices than this trees only learn them by heart. */
const choicesMin = 20;
const options = { rounds: 60, depth: 4, rate: 0.15, pull: 2, featureShare: 0.5 };

/** @returns null with too few examples */
export function learnForest(views: readonly View[], names: Names): Forest | null {
  const usable = views.filter(({ places }) => places.some(isRight) && !places.every(isRight)).map(hardest);
  if (usable.length < choicesMin) return null;
  const chosen = commonCues(usable, names);
  const number = new Map(chosen.map((cue, at) => [cue, at]));
  const places = usable.flatMap((view) => view.places.map((seen) => ({ seen, behind: behindOf(seen, view.places) })));
  const rows = places.map(({ seen, behind }) => binsOf(cuesOf(seen, behind, names), number));
  let count = 0;
  const table: TreeTable = {
    features: Int32Array.from(rows.flatMap((row) => row.map(([feature]) => feature))),
    bins: Uint8Array.from(rows.flatMap((row) => row.map(([, bin]) => bin))),
    ends: Int32Array.from(rows, (row) => (count += row.length)),
    choices: cumulated(usable.map((view) => view.places.length)),
    right: Uint8Array.from(places, ({ seen }) => Number(isRight(seen))),
    featureCount: chosen.length,
  };
  return { cues: chosen, trees: boost(table, options) };
}

const isRight = ({ packed: { right } }: Seen) => right;

function hardest(view: View): View {
  if (view.places.length <= optionsMax) return view;
  const wrong = view.places.filter((seen) => !isRight(seen)).toSorted((a, b) => b.packed.score - a.packed.score);
  return { source: view.source, places: [...view.places.filter(isRight), ...wrong.slice(0, optionsMax)] };
}

function cumulated(sizes: readonly number[]): Int32Array {
  let sum = 0;
  return Int32Array.from(sizes, (size) => (sum += size));
}

/** The cues that most examples have, the memory's always among them. */
function commonCues(views: readonly View[], names: Names): readonly string[] {
  const counts = new Map<number, number>();
  const memory = new Set<string>();
  for (const { places } of views) {
    const here = new Set<number>();
    for (const seen of places) {
      for (const cue of seen.packed.cues) here.add(cue);
      for (const cue of Object.keys(seen.memory)) memory.add(cue);
    }
    for (const cue of here) counts.set(cue, (counts.get(cue) ?? 0) + 1);
  }
  const common = [...counts]
    .filter(([, count]) => count >= examplesMin)
    .toSorted(([a, m], [b, n]) => n - m || a - b)
    .map(([cue]) => names.list[cue] ?? "");
  return [behindCue, ...[...memory].toSorted(), ...common].slice(0, cuesMax);
}

function cuesOf({ packed, memory }: Seen, behind: number, names: Names): readonly (readonly [string, number])[] {
  const own = [...packed.cues].map((cue, at) => [names.list[cue] ?? "", packed.values[at] ?? 0] as const);
  return [...own, ...Object.entries(memory), [behindCue, behind]];
}

/** How far the prior puts a place behind the best of its page: 0 the best itself, towards 1 the hopeless. */
function behindOf(seen: Seen, places: readonly Seen[]): number {
  let top = -Infinity;
  for (const other of places) top = Math.max(top, other.packed.score);
  return behindBy(top - seen.packed.score);
}

export function behindBy(gap: number): number {
  return gap / (gap + 2);
}

function binsOf(
  cues: readonly (readonly [string, number])[],
  number: ReadonlyMap<string, number>,
): readonly (readonly [feature: number, bin: number])[] {
  return cues.flatMap(([cue, value]): readonly (readonly [number, number])[] => {
    const feature = number.get(cue);
    const bin = binOf(value);
    return feature === undefined || bin === 0 ? [] : [[feature, bin]];
  });
}

/** 0 for nothing, then even steps up to 1; what is negative counts as nothing. */
function binOf(value: number): number {
  return value <= 0 ? 0 : Math.max(1, Math.min(binsMax, Math.ceil(value * binsMax)));
}

/** Score of one place, not comparable between pages. */
export function forestScore({ cues, trees }: Forest, value: (cue: string) => number): number {
  return treesScore(trees, (feature) => binOf(value(cues[feature] ?? "")));
}

/** Scores of the places of an example. */
export function forestScores(forest: Forest, places: readonly Seen[], names: Names): readonly number[] {
  return places.map((seen) => {
    const cues: Cues = Object.fromEntries(cuesOf(seen, behindOf(seen, places), names));
    return forestScore(forest, (cue) => cues[cue] ?? 0);
  });
}
