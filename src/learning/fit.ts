import type { Cues } from "../ranking/signals.ts";
import type { Weights } from "../ranking/ranker.ts";

/** One choice that was made rightly before: the options' cues, and which of them are right. */
export interface Example {
  readonly options: readonly Cues[];
  readonly right: readonly boolean[];
}

export interface FitOptions {
  /** Strength of the pull towards the prior, for the mean loss of an example. */
  readonly l2: number;
  readonly stepsMax: number;
  /** Weights to be pulled to instead of zero: what was known before. */
  readonly prior?: Weights;
}

/**
 * Weights of a conditional logit: the right options together get the most probability. Full batch,
 * L-BFGS from the prior, no randomness: the same examples give the same weights.
 */
export function fit(examples: readonly Example[], options: FitOptions = { l2: 1e-3, stepsMax: 120 }): Weights {
  const usable = examples.filter((example) => example.right.some(Boolean) && !example.right.every(Boolean));
  const { prior = {} } = options;
  if (usable.length === 0) return prior;
  const names = namesOf(usable, prior);
  const index = new Map(names.map((name, at) => [name, at]));
  const known = Float64Array.from(names, (name) => prior[name] ?? 0);
  const choices = usable.map((example) => choiceOf(example, index));
  return weightsOf(names, fitChoices(choices, { ...options, prior: known }));
}

/** Weights by name, rounded to thousandths, without zeros. */
export function weightsOf(names: readonly string[], weights: Float64Array): Weights {
  return Object.fromEntries(
    names.map((name, at) => [name, Math.round((weights[at] ?? 0) * 1e3) / 1e3]).filter(([, weight]) => weight !== 0),
  );
}

/** An example whose cues are numbers of a table. */
export interface Choice {
  /** Cue numbers and values of all options one after another; `ends` says where each option stops. */
  readonly cues: Int32Array;
  readonly values: Float32Array;
  readonly ends: Int32Array;
  /** 1 for right options. */
  readonly right: Uint8Array;
}

/** The same for examples that are packed already. The prior has a weight for each cue of the table. */
export function fitChoices(
  choices: readonly Choice[],
  { l2, stepsMax, prior }: { readonly l2: number; readonly stepsMax: number; readonly prior: Float64Array },
): Float64Array {
  const pull = { known: prior, l2 };
  return minimise(prior, stepsMax, (point, gradient) => loss(choices, point, gradient, pull));
}

function choiceOf(example: Example, index: ReadonlyMap<string, number>): Choice {
  const cues: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  for (const option of example.options) {
    for (const [name, value] of Object.entries(option)) {
      cues.push(index.get(name) ?? 0);
      values.push(value);
    }
    ends.push(cues.length);
  }
  return {
    cues: Int32Array.from(cues),
    values: Float32Array.from(values),
    ends: Int32Array.from(ends),
    right: Uint8Array.from(example.right, Number),
  };
}

function namesOf(examples: readonly Example[], prior: Weights): readonly string[] {
  const names = new Set(Object.keys(prior));
  for (const { options } of examples) for (const cues of options) for (const name of Object.keys(cues)) names.add(name);
  return [...names].toSorted();
}

interface Pull {
  readonly known: Float64Array;
  readonly l2: number;
}

/** Mean of -log(probability of the right options) plus the pull to the prior; writes the gradient. */
function loss(data: readonly Choice[], point: Float64Array, gradient: Float64Array, { known, l2 }: Pull): number {
  let total = 0;
  gradient.fill(0);
  for (const choice of data) total += lossOfOne(choice, point, gradient, 1 / data.length);
  total /= data.length;
  for (let at = 0; at < point.length; at += 1) {
    const moved = (point[at] ?? 0) - (known[at] ?? 0);
    total += (l2 / 2) * moved * moved;
    gradient[at] = (gradient[at] ?? 0) + l2 * moved;
  }
  return total;
}

/** Scores of the options of one choice. */
function scoresOf({ cues, values, ends }: Choice, weights: Float64Array): Float64Array {
  const scores = new Float64Array(ends.length);
  let at = 0;
  for (let option = 0; option < ends.length; option += 1) {
    let score = 0;
    for (const end = ends[option] ?? 0; at < end; at += 1) score += (values[at] ?? 0) * (weights[cues[at] ?? 0] ?? 0);
    scores[option] = score;
  }
  return scores;
}

function lossOfOne(choice: Choice, point: Float64Array, gradient: Float64Array, share: number): number {
  const { cues, values, ends, right } = choice;
  const scores = scoresOf(choice, point);
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  const mass = scores.map((score) => Math.exp(score - top));
  let all = 0;
  let good = 0;
  for (let option = 0; option < mass.length; option += 1) {
    all += mass[option] ?? 0;
    if (right[option] === 1) good += mass[option] ?? 0;
  }
  let at = 0;
  for (let option = 0; option < ends.length; option += 1) {
    const probability = (mass[option] ?? 0) / all;
    const wanted = right[option] === 1 ? (mass[option] ?? 0) / Math.max(good, Number.MIN_VALUE) : 0;
    const pull = (probability - wanted) * share;
    for (const end = ends[option] ?? 0; at < end; at += 1) {
      const cue = cues[at] ?? 0;
      gradient[cue] = (gradient[cue] ?? 0) + pull * (values[at] ?? 0);
    }
  }
  return Math.log(all) - Math.log(Math.max(good, Number.MIN_VALUE));
}

type Objective = (point: Float64Array, gradient: Float64Array) => number;

const memory = 8;

/** L-BFGS with a backtracking line search. */
function minimise(start: Float64Array, stepsMax: number, objective: Objective): Float64Array {
  let point: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(start.length);
  let value = objective(point, gradient);
  const history: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  for (let step = 0; step < stepsMax; step += 1) {
    const direction = descent(gradient, history);
    const slope = dot(direction, gradient);
    if (slope > -1e-12) break;
    const moved = lineSearch(
      { point, value, direction, slope, rate: step === 0 ? 1 / Math.max(1, norm(gradient)) : 1 },
      objective,
    );
    if (moved === null) break;
    const s = difference(moved.point, point);
    const y = difference(moved.gradient, gradient);
    const curvature = dot(s, y);
    if (curvature > 1e-12) history.push({ s, y, rho: 1 / curvature });
    if (history.length > memory) history.shift();
    const gain = value - moved.value;
    ({ point, gradient, value } = moved);
    if (gain < 1e-7 * Math.max(1, Math.abs(value))) break;
  }
  return point;
}

function descent(
  gradient: Float64Array,
  history: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, rho } of history.toReversed()) {
    const alpha = rho * dot(s, direction);
    alphas.unshift(alpha);
    add(direction, y, -alpha);
  }
  const last = history.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let at = 0; at < direction.length; at += 1) direction[at] = (direction[at] ?? 0) * scale;
  }
  for (const [at, { s, y, rho }] of history.entries()) add(direction, s, (alphas[at] ?? 0) - rho * dot(y, direction));
  return direction;
}

interface Start {
  readonly point: Float64Array;
  readonly value: number;
  readonly direction: Float64Array;
  readonly slope: number;
  readonly rate: number;
}

function lineSearch(
  start: Start,
  objective: Objective,
): { point: Float64Array; gradient: Float64Array; value: number } | null {
  let rate = start.rate;
  for (let tries = 0; tries < 30; tries += 1) {
    const point = Float64Array.from(start.point);
    add(point, start.direction, rate);
    const gradient = new Float64Array(point.length);
    const value = objective(point, gradient);
    if (value <= start.value + 1e-4 * rate * start.slope) return { point, gradient, value };
    rate /= 2;
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) + factor * (other[at] ?? 0);
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - (b[at] ?? 0));
}
