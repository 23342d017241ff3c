import { shapeOf } from "./shapes.ts";
import type { View } from "./features.ts";
import type { Lexicon } from "./words.ts";

/** Chooses what is worth most for its length, taking into account what was chosen before. */

export interface Budget {
  /** Characters of the summary at most. */
  readonly charactersMax: number;
  /** What a sentence must be worth a word to be taken at all. */
  readonly worthMin: number;
}

/** What a fact is worth beside other words: numbers, drugs and conditions are what a reader looks for. */
const worths: Readonly<Record<string, number>> = { number: 1.5, spelled: 1.2, drug: 2, condition: 1.6 };

export interface Selection {
  /** Positions of the chosen views in the order of the record, and what each is worth a character. */
  readonly chosen: readonly { readonly at: number; readonly worth: number }[];
  /** Of those that would have been worth it, had there been room. */
  readonly crowded: readonly number[];
}

export function select(
  views: readonly View[],
  chances: readonly (readonly number[])[],
  lexicon: Lexicon,
  budget: Budget,
): Selection {
  const taken = new Map<string, number>();
  const chosen = new Map<number, number>();
  let left = budget.charactersMax;
  const gainOf = (at: number) => {
    const fresh = new Map<string, number>();
    let gain = 0;
    for (const [step, word] of (views[at]?.words ?? []).entries()) {
      const before = (taken.get(word) ?? 0) + (fresh.get(word) ?? 0);
      fresh.set(word, (fresh.get(word) ?? 0) + 1);
      gain += (chances[at]?.[step] ?? 0) * lexicon.again(word) ** before * (worths[shapeOf(word)] ?? 1);
    }
    return gain;
  };
  const worthIt = (at: number, gain: number) => gain / (views[at]?.words.length ?? 1) >= budget.worthMin;
  for (;;) {
    let best = -1;
    let most = 0;
    for (const [at, view] of views.entries()) {
      const cost = view.sentence.length + 1;
      if (chosen.has(at) || cost > left) continue;
      const gain = gainOf(at);
      if (!worthIt(at, gain) || gain / cost <= most) continue;
      most = gain / cost;
      best = at;
    }
    const view = views[best];
    if (!view) break;
    chosen.set(best, most);
    left -= view.sentence.length + 1;
    for (const word of view.words) taken.set(word, (taken.get(word) ?? 0) + 1);
  }
  return {
    chosen: [...chosen].map(([at, worth]) => ({ at, worth })).toSorted((a, b) => a.at - b.at),
    crowded: [...views.keys()].filter((at) => !chosen.has(at) && worthIt(at, gainOf(at))),
  };
}
