import { type Candidate, candidateAt, type CandidateKind, candidateOver, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

/** One way to read a stretch of a text. */
export interface Reading {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly traits?: readonly string[];
}

/** Characters on either side of a line break that are read together. */
const breakChars = 60;
/** Line heights between two lines of one paragraph, at most. */
const gapMax = 2.5;

/** Candidates of one kind in every row, and those that begin in one row of running text and end in the next. */
export function overText(
  layout: Layout,
  kind: CandidateKind,
  read: (text: string) => readonly Reading[],
): readonly Candidate[] {
  return overRows(layout, (row) => {
    const inside = read(row.text).map(({ start, end, value, traits = [] }) =>
      candidateAt(layout, row, [start, end], { kind, value, traits }),
    );
    const next = runsOn(layout, row);
    return next === null ? inside : inside.concat(overBreak(layout, [row, next], kind, read));
  });
}

/** The row that the text of a row goes on in; null where it ends there. */
export function runsOn(layout: Layout, row: Row): Row | null {
  const next = layout.rows[row.index + 1];
  if (next === undefined || next.page !== row.page || next.top - row.top > gapMax) return null;
  return row.cells.length === 1 && next.cells.length > 0 && !/[.:;!?]\s*$/.test(row.text) ? next : null;
}

function overBreak(
  layout: Layout,
  [row, next]: readonly [Row, Row],
  kind: CandidateKind,
  read: (text: string) => readonly Reading[],
): readonly Candidate[] {
  const rowEnd = row.text.trimEnd().length;
  const from = Math.max(0, rowEnd - breakChars);
  const begin = next.text.length - next.text.trimStart().length;
  const tail = row.text.slice(from, rowEnd);
  const text = `${tail} ${next.text.slice(begin, begin + breakChars)}`;
  return read(text).flatMap(({ start, end, value, traits = [] }) => {
    if (start >= tail.length || end <= tail.length + 1 || start === 0 || end === text.length) return [];
    const parts = [
      { row, start: from + start, end: rowEnd },
      { row: next, start: begin, end: begin + end - tail.length - 1 },
    ];
    return candidateOver(layout, parts, { kind, value, traits: [...traits, "over-break"] }) ?? [];
  });
}
