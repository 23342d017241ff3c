import { fitLogistic, sigmoid } from "../../confidence/index.ts";
import { type Verdict, signalNames } from "./signals.ts";

/**
 * What a choice's probability is worth. Two things have to hold for it to be right: the message is of
 * a class that was learned at all, and among those the choice is the right one. Each is learned by
 * itself, the first from messages of classes that were left out; their product is then stretched to
 * fit messages of the known classes.
 */
export interface ChoiceCalibration {
  /** Signals → whether the choice is right, if the class is a known one. */
  readonly right: Float64Array;
  /** Signals → whether the class is a known one. */
  readonly familiar: Float64Array;
  readonly scale: number;
  readonly shift: number;
}

/** How many messages of known classes are expected for one of no known class, as log odds. */
const familiarOdds = 0;

/** @param strangers verdicts on messages of classes that were left out; none where there is nothing to leave out */
export function calibrate(
  known: readonly Verdict[],
  isRight: readonly boolean[],
  strangers: readonly Verdict[],
): ChoiceCalibration {
  const right = logistic(known, isRight, 1);
  const sure = known.filter((_verdict, at) => isRight[at]);
  const familiar =
    strangers.length === 0
      ? Float64Array.from(signalNames, () => 0)
      : logistic([...sure, ...strangers], [...sure.map(() => true), ...strangers.map(() => false)], 0);
  if (strangers.length === 0) familiar[0] = certain;
  const scores = known.map(({ signals }) => scoreOf(right, familiar, signals));
  const [shift = 0, scale = 1] = fitLogistic(
    { inputs: scores.map((score) => Float64Array.of(1, score)), right: isRight },
    { prior: Float64Array.of(0, 1), pull: Float64Array.of(0.05, 0.5) },
  );
  return { right, familiar, scale, shift };
}

const certain = 20;

/** @param odds what the log odds of the fused heads count for before anything is learned */
function logistic(verdicts: readonly Verdict[], right: readonly boolean[], odds: number): Float64Array {
  return fitLogistic(
    { inputs: verdicts.map(({ signals }) => signals), right },
    {
      prior: Float64Array.from(signalNames, (name) => (name === "odds" ? odds : 0)),
      pull: Float64Array.from(signalNames, (name) => (name === "one" ? 0.05 : 1)),
    },
  );
}

/** Calibrated probability that the choice is right, 0..1, both ends excluded. */
export function confidenceOf({ right, familiar, scale, shift }: ChoiceCalibration, { signals }: Verdict): number {
  const probability = sigmoid(scale * scoreOf(right, familiar, signals) + shift);
  return Math.min(1 - 1e-6, Math.max(1e-6, probability));
}

/** Probability that the message is of a class that was learned, as the product sees it; uncalibrated. */
export function familiarityOf({ familiar }: ChoiceCalibration, { signals }: Verdict): number {
  return sigmoid(sum(familiar, signals) + familiarOdds);
}

/** Log odds of the product. */
function scoreOf(right: Float64Array, familiar: Float64Array, signals: Float64Array): number {
  const both = sigmoid(sum(right, signals)) * sigmoid(sum(familiar, signals) + familiarOdds);
  return Math.log((both + 1e-9) / (1 - both + 1e-9));
}

function sum(weights: Float64Array, signals: Float64Array): number {
  return signals.reduce((total, signal, at) => total + signal * (weights[at] ?? 0), 0);
}
