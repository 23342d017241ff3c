import {
  acceptance,
  areaUnderRiskCoverage,
  auroc,
  calibrationError,
  certify,
  chanceOfAtLeast,
  hash32,
} from "../../src/confidence/index.ts";
import { type OutOfFold, type Population, type Promised, populations } from "../../src/core/index.ts";
import type { Taught } from "../../src/teaching/index.ts";

/** Whether promises are kept: certificates from one random half of labelled documents, tried on the other half. */

export interface SplitScore {
  readonly path: string;
  readonly population: Population;
  readonly promise: Promised;
  readonly risk: number;
  /** Splits in which something was promised. */
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

/** Documents of one sender stand in one half where the promise is about new senders. */
export function scoreSplits(taught: Taught, sourceOf: (example: string) => string, options: SplitOptions) {
  const groups = Map.groupBy(taught.outOfFold, ({ path, population }) => `${population} ${path}`);
  return [...groups.values()].flatMap((rows) => scoreRows(rows, sourceOf, options));
}

function scoreRows(
  rows: readonly OutOfFold[],
  sourceOf: (example: string) => string,
  { count, risks }: SplitOptions,
): readonly SplitScore[] {
  const [first] = rows;
  if (!first) return [];
  const { path, population } = first;
  const halves = Array.from({ length: count }, (_, seed) => halved(rows, population, sourceOf, seed + 1));
  return (["certified", "expected"] as const).flatMap((promise) =>
    risks.map((risk) => {
      let [promised, accepted, wrong, refuted, asked, shares] = [0, 0, 0, 0, 0, 0];
      for (const [calibrate, ask] of halves) {
        const accepts = acceptance(certify(calibrate, { risk, sourceOf }), { promise, risk, population });
        const some = ask.filter(({ confidence }) => accepts(path, confidence) !== null);
        const errors = some.filter(({ right }) => !right).length;
        promised += accepts(path, 1) === null ? 0 : 1;
        asked += ask.length;
        accepted += some.length;
        wrong += errors;
        shares += errors / Math.max(1, some.length);
        refuted += chanceOfAtLeast(errors, some.length, risk) < 0.05 ? 1 : 0;
      }
      return {
        path,
        population,
        promise,
        risk,
        promised,
        accepted: accepted / Math.max(1, asked),
        wrong: accepted === 0 ? null : wrong / accepted,
        meanError: shares / Math.max(1, count),
        refuted,
      };
    }),
  );
}

type Halves = readonly [calibrate: readonly OutOfFold[], ask: readonly OutOfFold[]];

function halved(
  rows: readonly OutOfFold[],
  population: Population,
  sourceOf: (example: string) => string,
  seed: number,
): Halves {
  const unit = (row: OutOfFold) => (population === "new" ? sourceOf(row.example) : row.example);
  const units = [...new Set(rows.map(unit))].toSorted((a, b) => hash32(a, seed) - hash32(b, seed));
  const first = new Set(units.slice(0, Math.ceil(units.length / 2)));
  return [rows.filter((row) => first.has(unit(row))), rows.filter((row) => !first.has(unit(row)))];
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

export const everyPopulation = populations;
