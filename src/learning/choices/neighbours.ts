/** The known messages nearest to a new one, by the cosine of their vectors. */

export interface Neighbour {
  /** Index of the known message. */
  readonly at: number;
  /** Cosine, -1..1. */
  readonly similarity: number;
}

/** @returns `a · b` over `width` numbers from `at` in `all` */
export function dotAt(row: Float32Array, all: Float32Array, at: number): number {
  const width = row.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = width - (width % 4);
  for (let i = 0; i < whole; i += 4) {
    a += (row[i] ?? 0) * (all[at + i] ?? 0);
    b += (row[i + 1] ?? 0) * (all[at + i + 1] ?? 0);
    c += (row[i + 2] ?? 0) * (all[at + i + 2] ?? 0);
    d += (row[i + 3] ?? 0) * (all[at + i + 3] ?? 0);
  }
  for (let i = whole; i < width; i += 1) a += (row[i] ?? 0) * (all[at + i] ?? 0);
  return a + b + c + d;
}

/** Similarity to each of the rows that lie one after another in `all`. */
export function similarities(row: Float32Array, all: Float32Array): Float32Array {
  const found = new Float32Array(all.length / row.length);
  for (let at = 0; at < found.length; at += 1) found[at] = dotAt(row, all, at * row.length);
  return found;
}

/** How fast a neighbour's voice fades with its distance. */
const sharpness = 20;
/** A class without any neighbour is not impossible. */
const least = 1e-3;

/** The nearest ones, by which a message is judged familiar or strange. */
const nearbyCount = 10;

export interface Votes {
  /** Log share of the voices of each class. */
  readonly scores: Float32Array;
  /** Largest similarity to a message of each class; -1 where there is none. */
  readonly closest: Float32Array;
  /** The nearest first. */
  readonly nearby: readonly Neighbour[];
}

/** @param counts whether a known message has a voice */
export function votesOf(
  similar: Float32Array,
  labels: Int32Array,
  classes: number,
  counts: (at: number) => boolean,
): Votes {
  const closest = new Float32Array(classes).fill(-1);
  let top = -1;
  for (let at = 0; at < similar.length; at += 1) {
    if (!counts(at)) continue;
    const similarity = similar[at] ?? 0;
    const label = labels[at] ?? 0;
    if (similarity > (closest[label] ?? -1)) closest[label] = similarity;
    if (similarity > top) top = similarity;
  }
  const voices = new Float64Array(classes).fill(least);
  for (let at = 0; at < similar.length; at += 1) {
    const distance = top - (similar[at] ?? 0);
    if (distance > 0.5 || !counts(at)) continue;
    const label = labels[at] ?? 0;
    voices[label] = (voices[label] ?? 0) + Math.exp(-sharpness * distance);
  }
  return { scores: Float32Array.from(voices, Math.log), closest, nearby: nearest(similar, nearbyCount, counts) };
}

/** @returns the nearest first, `count` at most */
function nearest(similar: Float32Array, count: number, counts: (at: number) => boolean): readonly Neighbour[] {
  const best: Neighbour[] = [];
  for (let at = 0; at < similar.length; at += 1) {
    const similarity = similar[at] ?? 0;
    if (best.length === count && similarity <= (best.at(-1)?.similarity ?? -1)) continue;
    if (!counts(at)) continue;
    best.push({ at, similarity });
    best.sort((a, b) => b.similarity - a.similarity || a.at - b.at);
    if (best.length > count) best.pop();
  }
  return best;
}

/** How close the nearest ones are on average: near 1 in a crowd, low for one that stands alone. */
export function crowdOf(nearby: readonly Neighbour[]): number {
  const some = nearby.slice(0, crowdCount);
  return some.length === 0 ? 0 : some.reduce((sum, { similarity }) => sum + similarity, 0) / some.length;
}

const crowdCount = 5;
