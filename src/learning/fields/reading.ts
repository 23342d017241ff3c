import type { Cues } from "../../ranking/signals.ts";
import type { Place } from "./places.ts";

/** What one reader makes of the values of a path on a page: probabilities by key, together 1. */
export type Opinion = ReadonlyMap<string, number>;

/** A value on a page with what each reader thinks of it. */
export interface Option {
  readonly key: string;
  readonly value: string | null;
  /** Share among the options, all readers together; not calibrated. */
  readonly probability: number;
  /** Where it stands, the place that speaks most for it first; for absence a place without candidate. */
  readonly places: readonly Place[];
  /** What the memory says of it. */
  readonly memory: Cues;
  /** Probability by reader. */
  readonly readers: Readonly<Record<string, number>>;
}

/** Softmax over places; places of one value together. */
export function opinionOf(places: readonly { readonly key: string }[], scores: ArrayLike<number>): Opinion {
  let top = -Infinity;
  for (let at = 0; at < places.length; at += 1) top = Math.max(top, scores[at] ?? -Infinity);
  const mass = new Map<string, number>();
  let all = 0;
  for (const [at, { key }] of places.entries()) {
    const share = Math.exp((scores[at] ?? -Infinity) - top);
    mass.set(key, (mass.get(key) ?? 0) + share);
    all += share;
  }
  return new Map([...mass].map(([key, share]) => [key, share / Math.max(1e-300, all)]));
}

/** The best key of an opinion and how far it is ahead of the second. */
export interface Favourite {
  readonly key: string | null;
  readonly margin: number;
}

/** Asked for once a value. */
const favourites = new WeakMap<Opinion, Favourite>();

export function favourite(opinion: Opinion): Favourite {
  const known = favourites.get(opinion) ?? firstOf(opinion);
  favourites.set(opinion, known);
  return known;
}

function firstOf(opinion: Opinion): Favourite {
  let key: string | null = null;
  let first = 0;
  let second = 0;
  for (const [other, probability] of opinion) {
    if (probability > first || key === null) {
      second = first;
      [key, first] = [other, probability];
    } else if (probability > second) second = probability;
  }
  return { key, margin: first - second };
}
