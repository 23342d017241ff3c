/** Logistic regression for a handful of inputs: Newton steps on the penalised likelihood, no randomness. */

export interface LogisticRows {
  /** One row an answer; all of one length. A constant 1 makes an intercept. */
  readonly inputs: readonly Float64Array[];
  readonly right: readonly boolean[];
}

export interface LogisticOptions {
  /** What the weights are pulled to: what was known before. */
  readonly prior: Float64Array;
  /** How strongly, by weight, in rows: 1 counts about as much as one telling row. */
  readonly pull: Float64Array;
}

const stepsMax = 60;

/**
 * Weights for P(right) = sigmoid(weights · input). The targets are Platt's, a little inside 0 and 1, so
 * that few labels without an error never make anything certain.
 */
export function fitLogistic(rows: LogisticRows, { prior, pull }: LogisticOptions): Float64Array {
  const rights = rows.right.filter(Boolean).length;
  const high = (rights + 1) / (rights + 2);
  const low = 1 / (rows.right.length - rights + 2);
  const targets = Float64Array.from(rows.right, (right) => (right ? high : low));
  const objective = (weights: Float64Array) => lossOf(rows.inputs, targets, weights, { prior, pull });
  let weights: Float64Array = Float64Array.from(prior);
  let loss = objective(weights);
  for (let step = 0; step < stepsMax; step += 1) {
    const direction = newtonStep(rows.inputs, targets, weights, { prior, pull });
    const next = halved(objective, weights, direction, loss);
    if (next === null) break;
    const gain = loss - next.loss;
    ({ weights, loss } = next);
    if (gain < 1e-9 * (1 + Math.abs(loss))) break;
  }
  return weights;
}

export function sigmoid(score: number): number {
  return score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score));
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function lossOf(
  inputs: readonly Float64Array[],
  targets: Float64Array,
  weights: Float64Array,
  { prior, pull }: LogisticOptions,
): number {
  let loss = 0;
  for (const [at, input] of inputs.entries()) {
    const score = dot(input, weights);
    const softplus = Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
    loss += softplus - (targets[at] ?? 0) * score;
  }
  for (let at = 0; at < weights.length; at += 1) {
    loss += ((pull[at] ?? 0) / 2) * ((weights[at] ?? 0) - (prior[at] ?? 0)) ** 2;
  }
  return loss;
}

function newtonStep(
  inputs: readonly Float64Array[],
  targets: Float64Array,
  weights: Float64Array,
  { prior, pull }: LogisticOptions,
): Float64Array {
  const size = weights.length;
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  const gradient = new Float64Array(size);
  for (const [row, input] of inputs.entries()) {
    const probability = sigmoid(dot(input, weights));
    const spread = Math.max(probability * (1 - probability), 1e-9);
    const off = (targets[row] ?? 0) - probability;
    for (let i = 0; i < size; i += 1) {
      const x = input[i] ?? 0;
      if (x === 0) continue;
      gradient[i] = (gradient[i] ?? 0) + off * x;
      const line = hessian[i] ?? gradient;
      for (let j = 0; j <= i; j += 1) line[j] = (line[j] ?? 0) + spread * x * (input[j] ?? 0);
    }
  }
  for (let i = 0; i < size; i += 1) {
    gradient[i] = (gradient[i] ?? 0) - (pull[i] ?? 0) * ((weights[i] ?? 0) - (prior[i] ?? 0));
    const line = hessian[i] ?? gradient;
    line[i] = (line[i] ?? 0) + (pull[i] ?? 0) + 1e-9;
  }
  return solve(hessian, gradient);
}

function halved(
  objective: (weights: Float64Array) => number,
  from: Float64Array,
  direction: Float64Array,
  loss: number,
): { readonly weights: Float64Array; readonly loss: number } | null {
  for (let rate = 1; rate > 1e-6; rate /= 2) {
    const weights = from.map((value, at) => value + rate * (direction[at] ?? 0));
    const reached = objective(weights);
    if (reached < loss) return { weights, loss: reached };
  }
  return null;
}

/** Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's method in place. */
function solve(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const at = (i: number, j: number) => lower[i]?.[j] ?? 0;
  const set = (i: number, j: number, value: number) => {
    const line = lower[i];
    if (line) line[j] = value;
  };
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = at(i, j);
      for (let k = 0; k < j; k += 1) sum -= at(i, k) * at(j, k);
      set(i, j, i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j));
    }
  }
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) solution[i] = (solution[i] ?? 0) - at(i, k) * (solution[k] ?? 0);
    solution[i] = (solution[i] ?? 0) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) solution[i] = (solution[i] ?? 0) - at(k, i) * (solution[k] ?? 0);
    solution[i] = (solution[i] ?? 0) / at(i, i);
  }
  return solution;
}
