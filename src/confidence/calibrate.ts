import { along, type Curve, fitIsotonic } from "./isotonic.ts";
import { dot, fitLogistic, sigmoid } from "./logistic.ts";

/** Turns named signals about an answer into the probability that it is right. */

/** Named signals in 0..1; one that is missing counts as 0. */
export type Signals = Readonly<Record<string, number>>;

/** An answer whose truth is known. */
export interface Judged {
  readonly path: string;
  readonly signals: Signals;
  readonly right: boolean;
}

/** What was fitted, in plain JSON with rounded numbers. */
export type Calibration = {
  /** Names of the signals, in the order of the weights. */
  readonly signals: readonly string[];
  /** Intercept first; for paths that were not learned. */
  readonly shared: readonly number[];
  readonly paths: Readonly<Record<string, readonly number[]>>;
  /** From the logistic's probability to the calibrated one; null with too few labels for it. */
  readonly curve: Curve | null;
};

export interface CalibrateOptions {
  /** From how many answers on an isotonic curve follows the logistic one. */
  readonly curveFrom?: number;
}

/** Below that isotonic regression is worse than Platt's two numbers. */
const curveFromRows = 500;
/** Signals of all paths together know more than those of one: a path departs from them as its rows demand. */
const pullShared = 0.5;
const pullPath = 4;
const pullIntercept = 0.05;

/**
 * Fits a logistic over the signals of all paths, lets each path depart from it (its own intercept
 * freely, its weights as far as its rows demand), and, with labels enough, an isotonic curve on top.
 */
export function fitCalibration(rows: readonly Judged[], options: CalibrateOptions = {}): Calibration {
  const signals = [...new Set(rows.flatMap((row) => Object.keys(row.signals)))].toSorted();
  const inputs = rows.map((row) => inputOf(row.signals, signals));
  const right = rows.map((row) => row.right);
  const size = signals.length + 1;
  const shared = fitLogistic({ inputs, right }, pulls(new Float64Array(size), pullShared));
  const paths: Record<string, readonly number[]> = {};
  for (const [path, some] of Map.groupBy(rows.keys(), (at) => rows[at]?.path ?? "")) {
    const own = {
      inputs: some.map((at) => inputs[at] ?? new Float64Array(size)),
      right: some.map((at) => right[at] === true),
    };
    paths[path] = rounded(fitLogistic(own, pulls(shared, pullPath)));
  }
  const calibration: Calibration = { signals, shared: rounded(shared), paths, curve: null };
  if (rows.length < (options.curveFrom ?? curveFromRows)) return calibration;
  const guesses = rows.map((row) => confidenceOf(calibration, row.path, row.signals));
  return { ...calibration, curve: fitIsotonic(guesses, right).map(([x, y]) => [round(x), round(y)] as const) };
}

/** Probability that an answer with these signals is right, 0..1, both ends excluded. */
export function confidenceOf(calibration: Calibration, path: string, signals: Signals): number {
  const weights = Float64Array.from(calibration.paths[path] ?? calibration.shared);
  const guess = sigmoid(dot(inputOf(signals, calibration.signals), weights));
  const probability = calibration.curve === null ? guess : along(calibration.curve, guess);
  return Math.min(1 - 1e-6, Math.max(1e-6, probability));
}

/** The temperature that makes softmax(scores / temperature) as likely as can be for what was right. */
export function fitTemperature(scores: readonly (readonly number[])[], truth: readonly number[]): number {
  const lossAt = (log: number) => {
    const scale = Math.exp(-log);
    return scores.reduce((sum, one, at) => sum + surprise(one, truth[at] ?? -1, scale), 0) + 0.5 * log * log;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.02), Math.log(50)];
  for (let step = 0; step < 40; step += 1) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (lossAt(a) < lossAt(b)) high = b;
    else low = a;
  }
  return round(Math.exp((low + high) / 2));
}

/** Negative log-probability of the right score; a truth that is not among them tells nothing. */
function surprise(scores: readonly number[], right: number, scale: number): number {
  const wanted = scores[right];
  if (wanted === undefined) return 0;
  const top = Math.max(...scores);
  const mass = scores.reduce((sum, score) => sum + Math.exp((score - top) * scale), 0);
  return Math.log(mass) - (wanted - top) * scale;
}

function inputOf(signals: Signals, names: readonly string[]): Float64Array {
  return Float64Array.from([1, ...names.map((name) => signals[name] ?? 0)]);
}

function pulls(prior: Float64Array, strength: number) {
  return { prior, pull: prior.map((_, at) => (at === 0 ? pullIntercept : strength)) };
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;
const rounded = (values: Float64Array): readonly number[] => [...values].map(round);
