import { visits } from "./visits.ts";

/**
 * Multinomial logistic regression: all classes compete for each row. By gradient descent with momentum,
 * a small batch at a time, with steps that shrink to nothing.
 */

/** Scores are `row · weights[class] + bias[class]`. */
export interface DenseHead {
  /** Classes × width. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const batchRows = 16;
const momentum = 0.9;
const firstRate = 3;
const passes = 12;
/** Few rows are visited more often. */
const stepsMin = 1_000;
/** A class with less error than this in four rows does not move for them. */
const errorMin = 1e-3;

/**
 * @param rows of one width @param labels class of each row
 * @param cost price of a misplaced row; the higher, the less the weights are pulled towards zero
 */
export function fitSoftmax(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
  cost: number,
): DenseHead {
  const width = rows[0]?.length ?? 0;
  const weights = new Float32Array(classes * width);
  const bias = new Float32Array(classes);
  const speed = new Float32Array(classes * width);
  const biasSpeed = new Float32Array(classes);
  const batch = new Float32Array(batchRows * width);
  const wanted = new Int32Array(batchRows);
  const errors = new Float32Array(batchRows * classes);
  const perPass = Math.ceil(rows.length / batchRows);
  const steps = Math.max(passes * perPass, stepsMin);
  const pull = 1 / (cost * rows.length);
  let order = visits(rows.length, 0);
  for (let step = 0; step < steps; step += 1) {
    const from = (step % perPass) * batchRows;
    if (from === 0) order = visits(rows.length, step / perPass);
    for (let i = 0; i < batchRows; i += 1) {
      // The last batch of a pass is filled up with the first rows of the pass.
      const at = order[(from + i) % rows.length] ?? 0;
      batch.set(rows[at] ?? [], i * width);
      wanted[i] = labels[at] ?? 0;
    }
    scoreBatch(batch, weights, bias, errors);
    toErrors(errors, wanted, classes);
    const rate = firstRate * (1 - step / steps);
    for (let at = 0; at < speed.length; at += 1) {
      speed[at] = momentum * (speed[at] ?? 0) - rate * pull * (weights[at] ?? 0);
    }
    pushBatch(batch, errors, speed, biasSpeed, rate / batchRows);
    for (let at = 0; at < speed.length; at += 1) weights[at] = (weights[at] ?? 0) + (speed[at] ?? 0);
    for (let one = 0; one < classes; one += 1) bias[one] = (bias[one] ?? 0) + (biasSpeed[one] ?? 0);
  }
  return { weights, bias };
}

/** Four rows at a time: each weight is read a quarter as often. */
function scoreBatch(batch: Float32Array, weights: Float32Array, bias: Float32Array, scores: Float32Array): void {
  const classes = bias.length;
  const width = weights.length / classes;
  for (let one = 0; one < classes; one += 1) {
    const from = one * width;
    const start = bias[one] ?? 0;
    for (let row = 0; row < batchRows; row += 4) {
      let [a, b, c, d] = [start, start, start, start];
      const [atA, atB, atC, atD] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
      for (let i = 0; i < width; i += 1) {
        const weight = weights[from + i] ?? 0;
        a += weight * (batch[atA + i] ?? 0);
        b += weight * (batch[atB + i] ?? 0);
        c += weight * (batch[atC + i] ?? 0);
        d += weight * (batch[atD + i] ?? 0);
      }
      const to = row * classes + one;
      scores[to] = a;
      scores[to + classes] = b;
      scores[to + 2 * classes] = c;
      scores[to + 3 * classes] = d;
    }
  }
}

/** In place of the scores of a batch: probability of each class, less one for the right one. */
function toErrors(scores: Float32Array, wanted: Int32Array, classes: number): void {
  for (const [row, label] of wanted.entries()) {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    const top = own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let one = 0; one < classes; one += 1) {
      const mass = Math.exp((own[one] ?? 0) - top);
      own[one] = mass;
      sum += mass;
    }
    for (let one = 0; one < classes; one += 1) own[one] = (own[one] ?? 0) / sum - Number(one === label);
  }
}

function pushBatch(
  batch: Float32Array,
  errors: Float32Array,
  speed: Float32Array,
  biasSpeed: Float32Array,
  rate: number,
): void {
  const classes = biasSpeed.length;
  const width = speed.length / classes;
  for (let one = 0; one < classes; one += 1) {
    const from = one * width;
    let whole = 0;
    for (let row = 0; row < batchRows; row += 4) {
      const at = row * classes + one;
      const [a = 0, b = 0] = [errors[at], errors[at + classes]];
      const [c = 0, d = 0] = [errors[at + 2 * classes], errors[at + 3 * classes]];
      whole += a + b + c + d;
      if (Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d) < errorMin) continue;
      const [atA, atB, atC, atD] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
      for (let i = 0; i < width; i += 1) {
        const first = a * (batch[atA + i] ?? 0) + b * (batch[atB + i] ?? 0);
        const second = c * (batch[atC + i] ?? 0) + d * (batch[atD + i] ?? 0);
        speed[from + i] = (speed[from + i] ?? 0) - rate * (first + second);
      }
    }
    biasSpeed[one] = momentum * (biasSpeed[one] ?? 0) - rate * whole;
  }
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
