import { betaQuantile, incompleteBeta } from "./beta.ts";

/** Chance that a certified promise is broken by an unlucky draw of labels. */
export const certifiedMiss = 0.05;

/**
 * Upper bound of the error behind `wrong` of `accepted`, exact (Clopper-Pearson, one-sided): were the
 * error higher, so few wrong ones would be seen with a chance below `miss`. 1 when nothing was accepted.
 * Shares of a wrong answer (0.5 of a sender) are allowed.
 */
export function upperBound(accepted: number, wrong: number, miss = certifiedMiss): number {
  if (accepted <= 0 || wrong >= accepted) return 1;
  return betaQuantile(1 - miss, wrong + 1, accepted - wrong);
}

/** Lower bound of the error behind `wrong` of `accepted`; 0 when nothing was wrong. */
export function lowerBound(accepted: number, wrong: number, miss = certifiedMiss): number {
  if (accepted <= 0 || wrong <= 0) return 0;
  return betaQuantile(miss, wrong, accepted - wrong + 1);
}

/** Chance of at least `wrong` wrong ones among `accepted` were the error just `risk`: small means the promise is refuted. */
export function chanceOfAtLeast(wrong: number, accepted: number, risk: number): number {
  if (wrong <= 0) return 1;
  return wrong > accepted ? 0 : incompleteBeta(risk, wrong, accepted - wrong + 1);
}

/** Chance of at most `wrong` wrong ones among `accepted` were the error just `risk`: small means the error is below. */
export function chanceOfAtMost(wrong: number, accepted: number, risk: number): number {
  return wrong >= accepted ? 1 : 1 - incompleteBeta(risk, wrong + 1, accepted - wrong);
}

/** The fewest accepted labels that prove an error of at most `risk` when `wrong` of them are wrong: 59, 93, 124 for 5 %. */
export function labelsNeeded(risk: number, wrong: number): number {
  const proves = (accepted: number) => chanceOfAtMost(wrong, accepted, risk) <= certifiedMiss;
  let high = wrong + 1;
  while (!proves(high)) high *= 2;
  let low = wrong;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (proves(middle)) high = middle;
    else low = middle;
  }
  return high;
}
