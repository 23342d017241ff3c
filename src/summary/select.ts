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
const worths: Readonly<Record<string, number>> = { number: 3, spelled: 2.4, drug: 4, condition: 3.2 };

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
  const costOf = (at: number) => (views[at]?.sentence.length ?? 0) + 1;
  // What was chosen only ever makes the rest worth less: an earlier gain is a bound, counted anew when it leads.
  const bounds = Float64Array.from(views, () => Infinity);
  for (;;) {
    const at = leading(bounds, (one) => costOf(one) <= left);
    if (at < 0) break;
    const gain = gainOf(at);
    const worth = worthIt(at, gain) ? gain / costOf(at) : 0;
    const fresh = worth === bounds[at];
    bounds[at] = worth;
    if (!fresh) continue;
    chosen.set(at, worth);
    bounds[at] = 0;
    left -= costOf(at);
    for (const word of views[at]?.words ?? []) taken.set(word, (taken.get(word) ?? 0) + 1);
  }
  return {
    chosen: [...chosen].map(([at, worth]) => ({ at, worth })).toSorted((a, b) => a.at - b.at),
    crowded: [...views.keys()].filter((at) => !chosen.has(at) && worthIt(at, gainOf(at))),
  };
}

/** The first of the highest bounds above 0 that fits; -1 without one. */
function leading(bounds: Float64Array, fits: (at: number) => boolean): number {
  let best = -1;
  let most = 0;
  for (const [at, bound] of bounds.entries()) {
    if (bound <= most || !fits(at)) continue;
    most = bound;
    best = at;
  }
  return best;
}
