import type { Promised, Scope } from "../core/index.ts";
import { certifiedMiss, chanceOfAtMost, labelsNeeded, upperBound } from "./bounds.ts";
import type { Step } from "./votes.ts";

/**
 * Where to accept from, so that the error among what is accepted keeps a promise.
 *
 * `certified` tries thresholds in a fixed sequence, from the more to the less confident, each with an
 * exact test at 5 %, and stops at the first that fails (Learn then Test, arXiv 2110.01052, with
 * Clopper-Pearson): as the sequence is fixed before right and wrong are looked at, a false promise
 * needs the first false hypothesis of the sequence to pass, which happens in at most 5 % of all draws.
 *
 * `expected` takes the lowest threshold at which (wrong + 1) / accepted is at most the risk. Coming from
 * below, (true error) / (wrong + 1) is a supermartingale, as in the Selective SeqStep+ of knockoffs, so
 * that the error stays below the risk on average over all draws of the labels; a draw without a
 * threshold counts as no error. That is the reading of false discovery control which can be kept:
 * given that something is accepted, no method can keep it for readers that are always wrong (which is
 * why LEC, arXiv 2512.01556, whose condition is (wrong + 1) / (accepted + 1), is no more than this
 * either).
 */

/** What is accepted, by the step it rests on. */
export interface Found {
  readonly step: Step;
  /** Upper bound of the error for `certified`, its mean for `expected`. */
  readonly bound: number;
}

const methods: Readonly<Record<Promised, string>> = {
  certified: "Clopper-Pearson at thresholds in a fixed sequence, 95 % (Learn then Test, arXiv 2110.01052)",
  expected: "(wrong + 1) / accepted at the lowest threshold (as Selective SeqStep+, arXiv 1404.5609)",
  pooled:
    "all fields together at one threshold, (wrong + 1) / accepted in documents (as Selective SeqStep+, arXiv 1404.5609)",
};

/** The method, and what its promise rests on besides. */
export function methodOf(promise: Promised, scope: Scope): string {
  if (scope === "known") return methods[promise];
  const rest =
    scope === "new"
      ? `one ${promise === "pooled" ? "document" : "answer"} a sender`
      : "as long as known and new senders come in the same mix";
  return `${methods[promise]}; ${rest}`;
}

/** The lowest threshold that keeps the promise; null when none does yet. */
export function thresholdFor(steps: readonly Step[], promise: Promised, risk: number): Found | null {
  return promise === "certified" ? certified(steps, risk) : expected(steps, risk);
}

/** Whether one set of accepted votes, chosen without looking at right and wrong, keeps the promise; the bound if so. */
export function boundFor(accepted: number, wrong: number, promise: Promised, risk: number): number | null {
  const bound = promise === "certified" ? upperBound(accepted, wrong) : meanBound(accepted, wrong);
  return bound <= risk ? bound : null;
}

const meanBound = (accepted: number, wrong: number) => (accepted === 0 ? 1 : Math.min(1, (wrong + 1) / accepted));

function expected(steps: readonly Step[], risk: number): Found | null {
  const step = steps.findLast(({ accepted, wrong }) => meanBound(accepted, wrong) <= risk);
  return step === undefined ? null : { step, bound: meanBound(step.accepted, step.wrong) };
}

function certified(steps: readonly Step[], risk: number): Found | null {
  const grid = gridOf(steps, risk);
  let last: Step | null = null;
  for (const step of grid) {
    if (chanceOfAtMost(step.wrong, step.accepted, risk) > certifiedMiss) break;
    last = step;
  }
  return last === null ? null : { step: last, bound: upperBound(last.accepted, last.wrong) };
}

/** Each threshold accepts at least so many times more than the one before: fewer tests that can fail by chance. */
const growth = 1.01;

/** Confidences are believed, and half that they see a quarter of the errors; a quarter of the risk at least is reckoned with. */
const trust = [1, 4] as const;

/**
 * The sequence of thresholds to try, from confidences alone. It does not begin at the most confident
 * answers: the smallest set that could pass at all (59 for 5 %) must be free of errors, and one
 * unlucky label there would end the sequence before it began. It begins where a test is likeliest to
 * pass as far as the confidences can tell.
 */
function gridOf(steps: readonly Step[], risk: number): readonly Step[] {
  const grid: Step[] = [];
  const fewest = labelsNeeded(risk, 0);
  for (const [at, step] of steps.entries()) {
    const enough = step.accepted >= Math.max(fewest, growth * (grid.at(-1)?.accepted ?? 0));
    if (enough || (at === steps.length - 1 && step.accepted >= fewest)) grid.push(step);
  }
  let [start, best, allowed] = [0, -1, 0];
  let next = labelsNeeded(risk, 1);
  for (const [at, step] of grid.entries()) {
    for (; next <= step.accepted; next = labelsNeeded(risk, allowed + 1)) allowed += 1;
    const wrong = Math.max(step.expected, (risk / 4) * step.accepted);
    const chance = trust.reduce((sum, times) => sum + poissonAtMost(allowed, times * wrong), 0);
    if (chance > best) [start, best] = [at, chance];
  }
  return grid.slice(start);
}

function poissonAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= count; k += 1) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

/** Beyond that nobody labels. */
const labelsMax = 1e6;

/**
 * How many more labels would keep the promise if answers went on to be accepted and wrong as seen so
 * far: the smallest number over the thresholds that were tried, or else over all that accept a tenth
 * of the labels or more. Null when the error seen is above the risk at each of them.
 */
export function missingLabels(steps: readonly Step[], promise: Promised, risk: number): number | null {
  const labels = steps.at(-1)?.accepted ?? 0;
  if (labels === 0) return fewestLabels(promise, risk);
  const fewest = (some: readonly Step[]) =>
    some.reduce((least, { accepted, wrong }) => {
      const wanted = acceptedNeeded(wrong / accepted, promise, risk);
      return Math.min(least, Math.ceil((labels * wanted) / accepted) - labels);
    }, Infinity);
  const tried = promise === "certified" ? fewest(gridOf(steps, risk)) : Infinity;
  const missing = tried <= labelsMax ? tried : fewest(thinned(steps, labels / 10));
  return missing <= labelsMax ? Math.max(1, missing) : null;
}

/** The fewest accepted labels any promise of this kind rests on, all of them right. */
export function fewestLabels(promise: Promised, risk: number): number {
  return promise === "certified" ? labelsNeeded(risk, 0) : Math.ceil(1 / risk - 1e-9);
}

/** Accepted labels that keep the promise at this share of wrong ones; infinite at or above the risk. */
function acceptedNeeded(error: number, promise: Promised, risk: number): number {
  if (error >= risk) return Infinity;
  if (promise !== "certified") return Math.ceil(1 / (risk - error) - 1e-9);
  const proves = (accepted: number) => chanceOfAtMost(error * accepted, accepted, risk) <= certifiedMiss;
  let [low, high] = [0, fewestLabels(promise, risk)];
  for (; !proves(high) && high <= labelsMax; high *= 2) low = high;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (proves(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function thinned(steps: readonly Step[], from: number): readonly Step[] {
  const kept: Step[] = [];
  for (const [at, step] of steps.entries()) {
    const further = step.accepted >= Math.max(from, 1.05 * (kept.at(-1)?.accepted ?? 0));
    if (further || at === steps.length - 1) kept.push(step);
  }
  return kept;
}
