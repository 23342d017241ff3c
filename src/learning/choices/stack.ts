/** How much each head has to say: one weight a head, so that the right class gets the most probability. */

/** Scores of several heads: `count` × `heads` × `classes`. */
export interface HeadScores {
  readonly count: number;
  readonly heads: number;
  readonly classes: number;
  readonly values: Float32Array;
}

const stepsMax = 40;
/** Weights are pulled towards zero as if this many rows said so: with few rows nothing is certain. */
const pull = 0.02;

/**
 * Conditional logit over the classes, by Newton's method from equal weights.
 * @param chosen rows to learn from, by index
 * @returns a weight a head, all at least zero
 */
export function fitStack(scores: HeadScores, labels: Int32Array, chosen: readonly number[]): Float64Array {
  const { heads } = scores;
  let weights = new Float64Array(heads).fill(1);
  let best = lossOf(scores, labels, chosen, weights);
  for (let step = 0; step < stepsMax; step += 1) {
    const move = solveSmall(best.curvature, best.gradient, heads);
    let moved = best;
    let rate = 1;
    let next = weights;
    for (; rate > 1e-3; rate /= 2) {
      next = weights.map((weight, at) => Math.max(0, weight - rate * (move[at] ?? 0)));
      moved = lossOf(scores, labels, chosen, next);
      if (moved.loss < best.loss) break;
    }
    if (moved.loss > best.loss - 1e-7) break;
    weights = next;
    best = moved;
  }
  return weights;
}

interface Loss {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** Heads × heads. */
  readonly curvature: Float64Array;
}

function lossOf(scores: HeadScores, labels: Int32Array, chosen: readonly number[], weights: Float64Array): Loss {
  const { heads, classes, values } = scores;
  const gradient = new Float64Array(heads);
  const curvature = new Float64Array(heads * heads);
  const mean = new Float64Array(heads);
  let loss = 0;
  for (const row of chosen) {
    const from = row * heads * classes;
    const chances = chancesOf(scores, row, weights);
    const label = labels[row] ?? 0;
    loss -= Math.log(Math.max(chances[label] ?? 0, 1e-12));
    for (let a = 0; a < heads; a += 1) {
      let sum = 0;
      for (let one = 0; one < classes; one += 1) sum += (chances[one] ?? 0) * (values[from + a * classes + one] ?? 0);
      mean[a] = sum;
      gradient[a] = (gradient[a] ?? 0) + sum - (values[from + a * classes + label] ?? 0);
    }
    for (let a = 0; a < heads; a += 1) {
      for (let b = 0; b <= a; b += 1) {
        let sum = 0;
        for (let one = 0; one < classes; one += 1) {
          const deviation = (values[from + a * classes + one] ?? 0) - (mean[a] ?? 0);
          sum += (chances[one] ?? 0) * deviation * (values[from + b * classes + one] ?? 0);
        }
        curvature[a * heads + b] = (curvature[a * heads + b] ?? 0) + sum;
      }
    }
  }
  const count = Math.max(1, chosen.length);
  for (let a = 0; a < heads; a += 1) {
    const weight = weights[a] ?? 0;
    loss += (pull / 2) * weight * weight;
    gradient[a] = (gradient[a] ?? 0) + pull * weight;
    for (let b = 0; b <= a; b += 1) {
      const value = (curvature[a * heads + b] ?? 0) + (a === b ? pull + 1e-6 * count : 0);
      curvature[a * heads + b] = value;
      curvature[b * heads + a] = value;
    }
  }
  return { loss: loss / count, gradient, curvature };
}

/** Probability of each class under the weighted sum of the heads. */
function chancesOf({ heads, classes, values }: HeadScores, row: number, weights: ArrayLike<number>): Float64Array {
  const from = row * heads * classes;
  const sums = new Float64Array(classes);
  for (let head = 0; head < heads; head += 1) {
    const weight = weights[head] ?? 0;
    if (weight === 0) continue;
    for (let one = 0; one < classes; one += 1) {
      sums[one] = (sums[one] ?? 0) + weight * (values[from + head * classes + one] ?? 0);
    }
  }
  return softmax(sums);
}

export function softmax(scores: Float64Array): Float64Array {
  const top = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const masses = scores.map((score) => Math.exp(score - top));
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / all);
}

/** Gaussian elimination with pivoting, for a handful of unknowns. */
function solveSmall(matrix: Float64Array, target: Float64Array, size: number): Float64Array {
  const rows = Array.from({ length: size }, (_zero, i) => [
    ...matrix.subarray(i * size, (i + 1) * size),
    target[i] ?? 0,
  ]);
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    const top = rows[pivot] ?? [];
    rows[pivot] = rows[column] ?? [];
    rows[column] = top;
    const lead = top[column] ?? 0;
    if (Math.abs(lead) < 1e-12) continue;
    for (let row = 0; row < size; row += 1) {
      const other = rows[row];
      if (row === column || !other) continue;
      const factor = (other[column] ?? 0) / lead;
      for (let at = column; at <= size; at += 1) other[at] = (other[at] ?? 0) - factor * (top[at] ?? 0);
    }
  }
  return Float64Array.from({ length: size }, (_zero, i) => {
    const lead = rows[i]?.[i] ?? 0;
    return Math.abs(lead) < 1e-12 ? 0 : (rows[i]?.[size] ?? 0) / lead;
  });
}
