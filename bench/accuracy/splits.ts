import {
  acceptance,
  areaUnderRiskCoverage,
  auroc,
  calibrationError,
  certify,
  chanceOfAtLeast,
  hash32,
} from "../../src/confidence/index.ts";
import { type OutOfFold, type Population, type Promised, promises } from "../../src/core/index.ts";
import { type Taught, asTheyCome } from "../../src/teaching/index.ts";

/** Whether promises are kept: certificates from one random half of labelled documents, tried on the other half. */

export interface SplitScore {
  readonly path: string;
  readonly promise: Promised;
  readonly risk: number;
  /** Splits in which something was accepted. */
  readonly promised: number;
  /** Over all splits: share accepted, and share wrong among those (null: nothing was accepted). */
  readonly accepted: number;
  readonly wrong: number | null;
  /** Mean over the splits of the share wrong, 0 where nothing was accepted: what `expected` speaks of. */
  readonly meanError: number;
  /** Splits in which the other half refutes the promise: so many wrong would be seen with a chance below 5 %. */
  readonly refuted: number;
}

export interface SplitOptions {
  readonly count: number;
  readonly risks: readonly number[];
}

/** A pooled promise speaks of all fields together: bench/promises.ts tries it. */
const promisesOfFields = promises.filter((promise) => promise !== "pooled");

/** Each document is met as it would come in: its sender is known where other documents of it were learned from. */
export function scoreSplits(
  taught: Pick<Taught, "outOfFold">,
  sourceOf: (example: string) => string,
  options: SplitOptions,
): readonly SplitScore[] {
  const paths = Map.groupBy(taught.outOfFold, ({ path }) => path);
  return [...paths].flatMap(([path, rows]) => scorePath(path, rows, sourceOf, options));
}

function scorePath(
  path: string,
  rows: readonly OutOfFold[],
  sourceOf: (example: string) => string,
  { count, risks }: SplitOptions,
): readonly SplitScore[] {
  const halves = Array.from({ length: count }, (_, seed) => halved(rows, seed + 1));
  return risks.flatMap((risk) => {
    const trials = halves.map(({ calibrate, ask }) => ({ certificates: certify(calibrate, { risk, sourceOf }), ask }));
    return promisesOfFields.map((promise) => {
      let [promised, accepted, wrong, refuted, asked, shares] = [0, 0, 0, 0, 0, 0];
      for (const { certificates, ask } of trials) {
        const some = ask.filter(({ confidence, population }) => {
          return acceptance(certificates, { promise, risk, population })(path, confidence) !== null;
        });
        const errors = some.filter(({ right }) => !right).length;
        promised += some.length > 0 ? 1 : 0;
        asked += ask.length;
        accepted += some.length;
        wrong += errors;
        shares += errors / Math.max(1, some.length);
        refuted += chanceOfAtLeast(errors, some.length, risk) < 0.05 ? 1 : 0;
      }
      const share = accepted === 0 ? null : wrong / accepted;
      const meanError = shares / Math.max(1, count);
      return {
        path,
        promise,
        risk,
        promised,
        accepted: accepted / Math.max(1, asked),
        wrong: share,
        meanError,
        refuted,
      };
    });
  });
}

/** Both answers to a document stand in the same half. */
function halved(rows: readonly OutOfFold[], seed: number) {
  const examples = [...new Set(rows.map(({ example }) => example))].toSorted(
    (a, b) => hash32(a, seed) - hash32(b, seed),
  );
  const first = new Set(examples.slice(0, Math.ceil(examples.length / 2)));
  const ask = asTheyCome(rows.filter(({ example }) => !first.has(example)));
  return { calibrate: rows.filter(({ example }) => first.has(example)), ask };
}

/** How well confidence tells right from wrong, out of fold. */
export function qualityOf(rows: readonly OutOfFold[], population: Population) {
  const some = rows.filter((row) => row.population === population);
  return {
    n: some.length,
    exact: some.filter(({ right }) => right).length / Math.max(1, some.length),
    auroc: auroc(some),
    aurc: areaUnderRiskCoverage(some),
    ece: calibrationError(some),
  };
}
