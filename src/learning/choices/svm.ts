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
  for (let pass = 0; pass < passes; pass += 1) {
    for (const at of visits(chosen.length, pass)) {
      const index = chosen[at] ?? 0;
      const row = rows[index];
      if (!row) continue;
      addScores(weights, bias, row, scores);
      const label = labels[index] ?? 0;
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
        push(weights, row, classes, one, step);
      }
    }
  }
  return { classes, weights, bias };
}

function normOf(row: SparseRow | undefined): number {
  return row ? row.values.reduce((sum, value) => sum + value * value, 0) : 0;
}

function push(weights: Float32Array, { features, values }: SparseRow, classes: number, one: number, step: number) {
  for (let i = 0; i < features.length; i += 1) {
    const slot = (features[i] ?? 0) * classes + one;
    weights[slot] = (weights[slot] ?? 0) + step * (values[i] ?? 0);
  }
}

/** Every index once, in an order that differs between passes. */
function visits(count: number, pass: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_zero, at) => at);
  let state = (0x9e3779b9 * (pass + 1)) >>> 0;
  for (let at = count - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    const kept = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

function addScores(weights: Float32Array, bias: Float32Array, { features, values }: SparseRow, into: Float32Array) {
  const classes = bias.length;
  into.set(bias);
  for (let i = 0; i < features.length; i += 1) {
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
