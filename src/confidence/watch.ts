import { incompleteBeta, logBeta } from "./beta.ts";
import { certifiedMiss, upperBound } from "./bounds.ts";
import { hash32 } from "./random.ts";

/** Whether a promise still holds: accepted decisions that are checked all the same, and drift. */

/** Share of accepted decisions that are checked by a person all the same. */
export const auditShare = 0.01;

/**
 * Whether this accepted decision belongs to the share that is checked. A hash of the run and the path
 * decides, so that neither confidence nor anything else about the document has a say, and a run that
 * is done again asks for the same.
 */
export function isAudited(run: string, path: string, { share = auditShare, seed = 0 } = {}): boolean {
  return hash32(`${run} ${path}`, seed) / 2 ** 32 < share;
}

/** What checks of accepted decisions found. */
export interface Audit {
  readonly checked: number;
  readonly wrong: number;
}

/**
 * Whether the checks refute an error of at most `risk`. One-sided and exact at whatever moment it is
 * looked at: the likelihood of all higher errors together against that of the risk itself is a
 * martingale while the promise holds, and exceeds 20 with a chance of 5 % at most, ever. (A binomial
 * test looked at after every check would reject every promise some day.)
 */
export function auditRefutes({ checked, wrong }: Audit, risk: number): boolean {
  if (checked === 0 || wrong === 0) return false;
  if (risk >= 1) return false;
  const above = 1 - incompleteBeta(risk, wrong + 1, checked - wrong + 1);
  const evidence =
    logBeta(wrong + 1, checked - wrong + 1) +
    Math.log(Math.max(above, Number.MIN_VALUE)) -
    Math.log1p(-risk) -
    wrong * Math.log(risk) -
    (checked - wrong) * Math.log1p(-risk);
  return evidence >= -Math.log(certifiedMiss);
}

/** Documents, and those of new senders among them. */
export interface Mix {
  readonly documents: number;
  readonly fresh: number;
}

/**
 * Whether more documents come from new senders than when a profile was taught. The share to beat is the
 * upper bound (95 %) of what was seen then; exact at whatever moment it is looked at, as for checks.
 */
export function mixHasShifted(learned: Mix, recent: Mix): boolean {
  const share = upperBound(learned.documents, learned.fresh);
  return auditRefutes({ checked: recent.documents, wrong: recent.fresh }, share);
}

/** How values (confidences, a signal) were spread when the profile was taught; plain JSON. */
export type Baseline = {
  readonly n: number;
  /** Upper edges of all bins but the last. */
  readonly edges: readonly number[];
  /** Share of values in each bin. */
  readonly shares: readonly number[];
};

const binsMax = 10;

/** Bins of about equal size; equal values stay in one bin. Null without values. */
export function baselineOf(values: readonly number[]): Baseline | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const cuts = Array.from(
    { length: binsMax - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / binsMax)] ?? 0,
  );
  const edges = [...new Set(cuts)].filter((edge) => edge > (sorted[0] ?? 0));
  return { n: values.length, edges, shares: sharesOf(values, edges) };
}

export interface Drift {
  /** Population stability index: 0 the same, from 0.25 on another world. */
  readonly index: number;
  /** Index that equally distributed values stay below in 99 of 100 cases, with so many of them. */
  readonly usual: number;
  readonly drifted: boolean;
}

/** Less than that is no news even where it is no chance. */
const notable = 0.1;

/** How far recent values have moved from the baseline. */
export function driftOf(baseline: Baseline, recent: readonly number[]): Drift {
  const bins = baseline.shares.length;
  const now = sharesOf(recent, baseline.edges);
  // Half a value in every bin keeps an empty one from counting infinitely.
  const smooth = (share: number, n: number) => (share * n + 0.5) / (n + bins / 2);
  const index = baseline.shares.reduce((sum, share, bin) => {
    const [before, after] = [smooth(share, baseline.n), smooth(now[bin] ?? 0, recent.length)];
    return sum + (after - before) * Math.log(after / before);
  }, 0);
  const usual = recent.length === 0 ? Infinity : chiSquare99(bins - 1) * (1 / baseline.n + 1 / recent.length);
  return { index, usual, drifted: index > Math.max(usual, notable) };
}

function sharesOf(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const bin = edges.findIndex((edge) => value < edge);
    const at = bin < 0 ? edges.length : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, values.length));
}

/** The 99 % quantile of chi-square (Wilson and Hilferty). */
function chiSquare99(freedom: number): number {
  if (freedom <= 0) return 0;
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 2.3263 * Math.sqrt(spread)) ** 3;
}
