import { hash32 } from "./random.ts";

/** Labelled answers counted from the most confident down. */

/** A labelled answer that counts once. */
export interface Vote {
  /** 0..1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** What is accepted from one confidence on; answers of equal confidence go together. */
export interface Step {
  readonly threshold: number;
  readonly accepted: number;
  /** Among those. */
  readonly wrong: number;
  /** Wrong ones that the confidences themselves expect. */
  readonly expected: number;
}

/** One step for every confidence there is, the most confident first. */
export function stepsOf(votes: readonly Vote[]): readonly Step[] {
  const ranked = votes.toSorted((a, b) => b.confidence - a.confidence);
  const steps: Step[] = [];
  let [wrong, expected] = [0, 0];
  for (const [at, { confidence, right }] of ranked.entries()) {
    wrong += right ? 0 : 1;
    expected += 1 - confidence;
    if (ranked[at + 1]?.confidence !== confidence) {
      steps.push({ threshold: confidence, accepted: at + 1, wrong, expected });
    }
  }
  return steps;
}

/**
 * One answer of every group, drawn by lot, always the same one. Labels of one sender are no independent witnesses about
 * senders to come: where one of its pages is misread, the others are too. Counting all of them breaks
 * a 5 % promise in up to 9 % of simulated draws; one a sender keeps it, and senders' means instead
 * of draws accept no more.
 */
export function oneOfEach<Row extends { readonly example: string }>(
  rows: readonly Row[],
  groupOf: (row: Row) => string,
): readonly Row[] {
  const drawn = new Map<string, { readonly row: Row; readonly lot: number }>();
  const seen = new Map<string, number>();
  for (const row of rows) {
    const at = seen.get(row.example) ?? 0;
    seen.set(row.example, at + 1);
    const lot = hash32(`${row.example} ${at}`);
    const other = drawn.get(groupOf(row));
    if (other === undefined || lot < other.lot) drawn.set(groupOf(row), { row, lot });
  }
  return [...drawn.values()].map(({ row }) => row);
}
