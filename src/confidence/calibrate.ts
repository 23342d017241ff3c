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
  /** Strength of the pull of shared weights to zero, and of each path's to the shared ones; stronger for many signals. */
  readonly pull?: { readonly shared: number; readonly path: number };
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
  const shared = fitLogistic({ inputs, right }, pulls(new Float64Array(size), options.pull?.shared ?? pullShared));
  const paths: Record<string, readonly number[]> = {};
  for (const [path, some] of Map.groupBy(rows.keys(), (at) => rows[at]?.path ?? "")) {
    const own = {
      inputs: some.map((at) => inputs[at] ?? new Float64Array(size)),
      right: some.map((at) => right[at] === true),
    };
    paths[path] = rounded(fitLogistic(own, pulls(shared, options.pull?.path ?? pullPath)));
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

function inputOf(signals: Signals, names: readonly string[]): Float64Array {
  return Float64Array.from([1, ...names.map((name) => signals[name] ?? 0)]);
}

function pulls(prior: Float64Array, strength: number) {
  return { prior, pull: prior.map((_, at) => (at === 0 ? pullIntercept : strength)) };
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;
const rounded = (values: Float64Array): readonly number[] => [...values].map(round);
