import type { Fault, Trial } from "./faults/index.ts";
import type { Kind } from "./house.ts";

/** What the trials of one fault came to. */
export interface Row {
  readonly fault: string;
  /** How often it struck. */
  readonly times: number;
  readonly documentsIn: number;
  readonly resultsOut: number;
  readonly lost: number;
  readonly doubled: number;
  /** Steps of one run that were begun again in one trial, at most. */
  readonly redoneMost: number;
  /** Middle and longest; null where nothing has to recover. */
  readonly recoveryMs: { readonly middle: number; readonly longest: number } | null;
  /** Against what is promised; empty: nothing. */
  readonly broken: readonly string[];
  /** What took longer than it should; a busy machine may be why. */
  readonly slow: readonly string[];
}

export function rowOf(fault: Fault, kind: Kind, trials: readonly Trial[]): Row {
  const sum = (of: (trial: Trial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const times = sum(({ struck }) => Number(struck));
  const lost = sum((trial) => trial.lost.length);
  const doubled = sum((trial) => trial.doubled.length);
  const redoneMost = Math.max(0, ...trials.map((trial) => trial.redoneMost));
  const recoveries = trials.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]));
  const sorted = recoveries.toSorted((a, b) => a - b);
  const longest = sorted.at(-1) ?? 0;
  const most = fault.recoveryMsMost(kind);
  return {
    fault: fault.name,
    times,
    documentsIn: sum(({ documents }) => documents),
    resultsOut: sum(({ results }) => results),
    lost,
    doubled,
    redoneMost,
    recoveryMs: sorted.length === 0 ? null : { middle: sorted[Math.floor(sorted.length / 2)] ?? 0, longest },
    broken: [
      ...(times < trials.length ? [`it struck ${times} times of ${trials.length}`] : []),
      ...(lost > 0 ? [`${lost} lost`] : []),
      ...(doubled > 0 ? [`${doubled} doubled`] : []),
      ...(trials.some(({ left }) => left > 0) ? ["wake-ups left over"] : []),
      ...(redoneMost > 1 ? [`${redoneMost} steps of one run redone`] : []),
    ],
    slow: sorted.length > 0 && longest > most ? [`${longest} ms until work went on, more than ${most}`] : [],
  };
}

/** The last row is all of them together. */
export function cellsOf(rows: readonly Row[]): readonly Readonly<Record<string, string | number>>[] {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const recoveries = rows.flatMap(({ recoveryMs }) => (recoveryMs ? [recoveryMs.longest] : []));
  const all = {
    fault: "all",
    times: sum(({ times }) => times),
    "documents in": sum(({ documentsIn }) => documentsIn),
    "results out": sum(({ resultsOut }) => resultsOut),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    "steps of a run redone, most": Math.max(0, ...rows.map(({ redoneMost }) => redoneMost)),
    "recovery s, middle": "",
    longest: seconds(Math.max(0, ...recoveries)),
  };
  return [
    ...rows.map((row) => ({
      fault: row.fault,
      times: row.times,
      "documents in": row.documentsIn,
      "results out": row.resultsOut,
      lost: row.lost,
      doubled: row.doubled,
      "steps of a run redone, most": row.redoneMost,
      "recovery s, middle": row.recoveryMs ? seconds(row.recoveryMs.middle) : "",
      longest: row.recoveryMs ? seconds(row.recoveryMs.longest) : "",
    })),
    all,
  ];
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);
