import type { Population } from "../core/index.ts";
import { hash32 } from "./random.ts";

/**
 * Splits of labelled examples into what is learned from and what is answered, so that every answer
 * comes from readers that did not see its example. The same examples give the same splits.
 */

/** Positions into the examples. */
export interface Fold {
  readonly learn: readonly number[];
  readonly test: readonly number[];
}

/** What a split goes by. */
export interface Splittable {
  readonly id: string;
  /** Examples of one source are kept together by `groupedFolds` and apart by `spreadFolds`. */
  readonly source: string;
}

export interface FoldOptions {
  readonly count: number;
  readonly seed?: number;
}

/**
 * Folds as even as can be in which examples of one source, and then of one stratum (a class), are
 * dealt out to different folds: whoever has a sibling meets one among the learned.
 */
export function spreadFolds(
  examples: readonly Splittable[],
  { count, seed = 0, stratum }: FoldOptions & { readonly stratum?: (at: number) => string },
): readonly Fold[] {
  const sizes = sizesOf(examples.map(({ source }) => source));
  const key = (at: number) => {
    const { source = "" } = examples[at] ?? {};
    // Sources of one example would only scatter the strata.
    return (sizes.get(source) ?? 0) > 1 ? `source ${source}` : `stratum ${stratum?.(at) ?? ""}`;
  };
  const keys = examples.map((_, at) => key(at));
  const order = examples
    .map(({ id }, at) => ({ at, key: keys[at] ?? "", hash: hash32(id, seed) }))
    .toSorted((a, b) => hash32(a.key, seed) - hash32(b.key, seed) || a.hash - b.hash || a.at - b.at);
  const place = new Int32Array(examples.length);
  for (const [rank, { at }] of order.entries()) place[at] = rank % Math.max(1, count);
  return foldsFrom(place, count);
}

/** Folds in which examples of one source stay together: whoever is answered is of a source never learned from. */
export function groupedFolds(examples: readonly Splittable[], { count, seed = 0 }: FoldOptions): readonly Fold[] {
  const sizes = sizesOf(examples.map(({ source }) => source));
  const order = [...sizes].toSorted(([a, m], [b, n]) => n - m || hash32(a, seed) - hash32(b, seed) || (a < b ? -1 : 1));
  const loads = Array.from({ length: Math.max(1, count) }, () => 0);
  const home = new Map<string, number>();
  for (const [source, size] of order) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + size;
    home.set(source, lightest);
  }
  return foldsFrom(
    Int32Array.from(examples, ({ source }) => home.get(source) ?? 0),
    count,
  );
}

/**
 * The splits behind the rows of both populations: `known` answers every example that has a sibling of
 * its source among the learned, `new` answers every example, with its whole source unseen.
 */
export function populationFolds(
  examples: readonly Splittable[],
  options: FoldOptions & { readonly stratum?: (at: number) => string },
): Readonly<Record<Population, readonly Fold[]>> {
  const known = spreadFolds(examples, options).map((fold) => {
    const learned = new Set(fold.learn.map((at) => examples[at]?.source));
    return { learn: fold.learn, test: fold.test.filter((at) => learned.has(examples[at]?.source)) };
  });
  return { known: known.filter(answers), new: groupedFolds(examples, options) };
}

const answers = ({ learn, test }: Fold) => learn.length > 0 && test.length > 0;

function sizesOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  return sizes;
}

function foldsFrom(place: Int32Array, count: number): readonly Fold[] {
  const all = [...place.keys()];
  const folds = Array.from({ length: Math.max(1, count) }, (_, fold) => ({
    learn: all.filter((at) => place[at] !== fold),
    test: all.filter((at) => place[at] === fold),
  }));
  return folds.filter(answers);
}
