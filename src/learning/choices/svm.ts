import { visits } from "./visits.ts";
import type { SparseRow } from "./vocabulary.ts";

/** A score a class: the sum of the weights of a row's features. Feature-major, so that one row touches few pages. */
export interface SparseHead {
  readonly classes: number;
  /** Features × classes. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface SvmOptions {
  /** Price of a misplaced row. */
  readonly cost: number;
  readonly passes: number;
}

/**
 * One-against-the-rest support vector machines with squared hinge loss, by dual coordinate descent
 * (Hsieh et al. 2008), all classes in one go. Rows are visited in a fixed stride, so that the same
 * rows give the same head.
 * @param chosen rows to learn from, by index
 */
export function fitSvm(
  rows: readonly SparseRow[],
  labels: Int32Array,
  size: { readonly classes: number; readonly features: number },
  chosen: readonly number[],
  { cost, passes }: SvmOptions,
): SparseHead {
  const { classes, features } = size;
  const weights = new Float32Array(features * classes);
  const bias = new Float32Array(classes);
  const duals = new Float32Array(chosen.length * classes);
  const diagonal = 1 / (2 * cost);
  const norms = chosen.map((index) => 1 + diagonal + normOf(rows[index]));
  const scores = new Float32Array(classes);
  const moved = new Int32Array(classes);
  const steps = new Float32Array(classes);
  for (let pass = 0; pass < passes; pass += 1) {
    for (const at of visits(chosen.length, pass)) {
      const index = chosen[at] ?? 0;
      const row = rows[index];
      if (!row) continue;
      addScores(weights, bias, row, scores);
      const label = labels[index] ?? 0;
      let count = 0;
      for (let one = 0; one < classes; one += 1) {
        const sign = one === label ? 1 : -1;
        const slot = at * classes + one;
        const before = duals[slot] ?? 0;
        const gradient = sign * (scores[one] ?? 0) - 1 + diagonal * before;
        const after = Math.max(0, before - gradient / (norms[at] ?? 1));
        const step = (after - before) * sign;
        if (Math.abs(step) < 1e-5) continue;
        duals[slot] = after;
        bias[one] = (bias[one] ?? 0) + step;
        moved[count] = one;
        steps[count] = step;
        count += 1;
      }
      push(weights, row, classes, moved.subarray(0, count), steps);
    }
  }
  return { classes, weights, bias };
}

function normOf(row: SparseRow | undefined): number {
  return row ? row.values.reduce((sum, value) => sum + value * value, 0) : 0;
}

/** The classes that move, feature by feature: the weights of a feature lie side by side. */
function push(
  weights: Float32Array,
  { features, values }: SparseRow,
  classes: number,
  moved: Int32Array,
  steps: Float32Array,
): void {
  for (let i = 0; i < features.length; i += 1) {
    const from = (features[i] ?? 0) * classes;
    const value = values[i] ?? 0;
    for (let at = 0; at < moved.length; at += 1) {
      const slot = from + (moved[at] ?? 0);
      weights[slot] = (weights[slot] ?? 0) + (steps[at] ?? 0) * value;
    }
  }
}

/** Four features at a time: the scores are read and written a quarter as often. */
function addScores(weights: Float32Array, bias: Float32Array, { features, values }: SparseRow, into: Float32Array) {
  const classes = bias.length;
  into.set(bias);
  const whole = features.length - (features.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const [a, b, c, d] = [values[i] ?? 0, values[i + 1] ?? 0, values[i + 2] ?? 0, values[i + 3] ?? 0];
    const atA = (features[i] ?? 0) * classes;
    const atB = (features[i + 1] ?? 0) * classes;
    const atC = (features[i + 2] ?? 0) * classes;
    const atD = (features[i + 3] ?? 0) * classes;
    for (let one = 0; one < classes; one += 1) {
      const left = a * (weights[atA + one] ?? 0) + b * (weights[atB + one] ?? 0);
      const right = c * (weights[atC + one] ?? 0) + d * (weights[atD + one] ?? 0);
      into[one] = (into[one] ?? 0) + left + right;
    }
  }
  for (let i = whole; i < features.length; i += 1) {
    const from = (features[i] ?? 0) * classes;
    const value = values[i] ?? 0;
    for (let one = 0; one < classes; one += 1) into[one] = (into[one] ?? 0) + value * (weights[from + one] ?? 0);
  }
}

/** @returns a score a class */
export function scoreSparse({ weights, bias }: SparseHead, row: SparseRow): Float32Array {
  const scores = new Float32Array(bias.length);
  addScores(weights, bias, row, scores);
  return scores;
}
