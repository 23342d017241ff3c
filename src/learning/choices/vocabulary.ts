import type { GramCounts } from "./grams.ts";

/** A row of few numbers other than zero. */
export interface SparseRow {
  readonly features: Int32Array;
  readonly values: Float32Array;
}

/** The features that were learned from: their place, and how rare each is. */
export interface Vocabulary {
  /** Ascending, so that the place of a feature is found by halving. */
  readonly hashes: Uint32Array;
  /** Inverse document frequency of each. */
  readonly rarity: Float32Array;
}

/** With so many messages a feature seen only once says nothing. */
const countWithoutRare = 1_500;
const featuresMax = 60_000;

/** @param chosen messages to learn from, by index */
export function vocabularyOf(grams: readonly GramCounts[], chosen: readonly number[]): Vocabulary {
  const seen = new Map<number, number>();
  for (const index of chosen) {
    for (const block of grams[index] ?? []) for (const hash of block.keys()) seen.set(hash, (seen.get(hash) ?? 0) + 1);
  }
  const least = chosen.length < countWithoutRare ? 1 : 2;
  const kept = [...seen].filter(([, count]) => count >= least);
  // Where there are too many, the rarest go: what is seen twice among many says little.
  const chosenOnes =
    kept.length <= featuresMax ? kept : kept.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, featuresMax);
  const sorted = chosenOnes.toSorted((a, b) => a[0] - b[0]);
  return {
    hashes: Uint32Array.from(sorted, ([hash]) => hash),
    rarity: Float32Array.from(sorted, ([, count]) => 1 + Math.log((1 + chosen.length) / (1 + count))),
  };
}

/** @returns the message as features of the vocabulary, and the share of its words and pieces that stand in it */
export function encode(grams: GramCounts, { hashes, rarity }: Vocabulary): { row: SparseRow; known: number } {
  const features: number[] = [];
  const values: number[] = [];
  let all = 0;
  for (const block of grams) {
    const from = values.length;
    let square = 0;
    for (const [hash, count] of block) {
      all += 1;
      const at = placeOf(hashes, hash);
      if (at < 0) continue;
      const value = (1 + Math.log(count)) * (rarity[at] ?? 0);
      features.push(at);
      values.push(value);
      square += value * value;
    }
    const length = Math.sqrt(square);
    for (let at = from; at < values.length; at += 1) values[at] = (values[at] ?? 0) / length;
  }
  return {
    row: { features: Int32Array.from(features), values: Float32Array.from(values) },
    known: all === 0 ? 0 : features.length / all,
  };
}

function placeOf(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = sorted[middle] ?? 0;
    if (here === wanted) return middle;
    if (here < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
