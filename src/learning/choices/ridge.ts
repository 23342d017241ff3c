/** Linear heads in closed form: ridge regression from rows to classes. Dense rows, row-major. */

export interface Rows {
  readonly count: number;
  readonly width: number;
  /** `count` × `width`. */
  readonly values: Float32Array;
}

/** Scores are `row · weights[class] + bias[class]`. */
export interface DenseHead {
  /** Classes × width. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Sums over rows: all that the regression needs to know of them. */
interface Moments {
  readonly width: number;
  readonly classes: number;
  /** Rows a class. */
  readonly counts: Float64Array;
  /** Classes × width: sum of the rows of each class. */
  readonly sums: Float64Array;
  /** width × width, lower triangle: sum of outer products. */
  readonly gram: Float64Array;
}

/** @param labels class of each row @param chosen rows to sum over, by index */
export function momentsOf(
  rows: Rows,
  labels: Int32Array,
  classes: number,
  chosen: readonly number[] = [...labels.keys()],
): Moments {
  const { width, values } = rows;
  const counts = new Float64Array(classes);
  const sums = new Float64Array(classes * width);
  const gram = new Float64Array(width * width);
  for (const index of chosen) {
    const label = labels[index] ?? 0;
    const at = index * width;
    counts[label] = (counts[label] ?? 0) + 1;
    for (let i = 0; i < width; i += 1) {
      const value = values[at + i] ?? 0;
      const to = i * width;
      sums[label * width + i] = (sums[label * width + i] ?? 0) + value;
      for (let j = 0; j <= i; j += 1) gram[to + j] = (gram[to + j] ?? 0) + value * (values[at + j] ?? 0);
    }
  }
  return { width, classes, counts, sums, gram };
}

/**
 * Least squares from rows to "is of this class", centred, each class weighing by the root of its size.
 * @param ridge pull of the weights towards zero, in rows
 */
export function fitRidge({ width, classes, counts, sums, gram }: Moments, ridge: number): DenseHead {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const mean = new Float64Array(width);
  for (let label = 0; label < classes; label += 1) {
    for (let i = 0; i < width; i += 1) mean[i] = (mean[i] ?? 0) + (sums[label * width + i] ?? 0) / rows;
  }
  const covariance = new Float64Array(width * width);
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      covariance[i * width + j] = (gram[i * width + j] ?? 0) - rows * (mean[i] ?? 0) * (mean[j] ?? 0);
    }
    covariance[i * width + i] = (covariance[i * width + i] ?? 0) + ridge;
  }
  const factor = cholesky(covariance, width);
  const weights = new Float32Array(classes * width);
  const bias = new Float32Array(classes);
  for (let label = 0; label < classes; label += 1) {
    const size = counts[label] ?? 0;
    const target = Float64Array.from(mean, (value, i) => (sums[label * width + i] ?? 0) - size * value);
    const solved = solve(factor, width, target);
    weights.set(solved, label * width);
    let at = size / rows;
    for (let i = 0; i < width; i += 1) at -= (solved[i] ?? 0) * (mean[i] ?? 0);
    bias[label] = at;
  }
  return { weights, bias };
}

/** Lower factor L of a positive definite matrix L·Lᵀ, of which only the lower triangle is read. */
function cholesky(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i += 1) {
    const row = i * width;
    for (let j = 0; j <= i; j += 1) {
      const other = j * width;
      let sum = matrix[row + j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (factor[row + k] ?? 0) * (factor[other + k] ?? 0);
      factor[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / (factor[other + j] ?? 1);
    }
  }
  return factor;
}

function solve(factor: Float64Array, width: number, target: Float64Array): Float64Array {
  const x = target;
  for (let i = 0; i < width; i += 1) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k += 1) sum -= (factor[i * width + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (factor[i * width + i] ?? 1);
  }
  for (let i = width - 1; i >= 0; i -= 1) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < width; k += 1) sum -= (factor[k * width + i] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (factor[i * width + i] ?? 1);
  }
  return x;
}

/** @returns a score a class */
export function scoreDense({ weights, bias }: DenseHead, row: Float32Array): Float32Array {
  const width = row.length;
  return bias.map((start, label) => {
    let score = start;
    const at = label * width;
    for (let i = 0; i < width; i += 1) score += (weights[at + i] ?? 0) * (row[i] ?? 0);
    return score;
  });
}
