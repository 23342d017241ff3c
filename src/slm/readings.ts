import type { OptionScore } from "../ports/index.ts";

/** What the model makes of one option. */
export interface Reading {
  readonly option: string;
  /** Raw log-probability of the option's own tokens, before any mask, added up. */
  readonly logProb: number;
  /** The same a token. */
  readonly meanLogProb: number;
  /** Share of this option among all, from the mean log-probabilities; sums to 1. Not calibrated. */
  readonly probability: number;
  /** Its probability minus that of the best other option, -1..1; 1 for an only one. */
  readonly margin: number;
  /** Probability the model gave to any option's first token: low where it wants to say something else. */
  readonly allowedMass: number;
  /** From 1 for the best; ties share the better rank. */
  readonly rank: number;
}

/**
 * Ranks scored options against each other.
 * @param priors mean log-probabilities of the same options without the document, taken off
 */
export function readingsOf(
  options: readonly string[],
  scores: readonly OptionScore[],
  priors: readonly number[] = [],
): readonly Reading[] {
  const means = scores.map((score, i) => score.meanLogProb - (priors[i] ?? 0));
  const largest = Math.max(...means);
  const weights = means.map((mean) => Math.exp(mean - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = weights.map((weight) => weight / total);
  return options.map((option, i) => {
    const mine = probabilities[i] ?? 0;
    const others = probabilities.filter((_, j) => j !== i);
    return {
      option,
      logProb: scores[i]?.logProb ?? Number.NEGATIVE_INFINITY,
      meanLogProb: scores[i]?.meanLogProb ?? Number.NEGATIVE_INFINITY,
      probability: mine,
      margin: mine - Math.max(0, ...others),
      allowedMass: scores[i]?.allowedMass ?? 0,
      rank: 1 + others.filter((other) => other > mine).length,
    };
  });
}
