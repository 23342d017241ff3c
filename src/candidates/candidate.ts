import type { Span } from "../core/index.ts";
import { spanOf } from "../core/index.ts";
import type { Layout, Row } from "./layout.ts";

/** What a piece of the page can be read as. */
export const candidateKinds = [
  "date",
  "money",
  "number",
  "identifier",
  "iban",
  "vat",
  "currency",
  "name",
  "address",
  "place",
  "duration",
  "phrase",
  "text",
] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/** One way to read one place of the page as a typed value. Grounded by construction. */
export interface Candidate {
  readonly kind: CandidateKind;
  /** In printed form: ISO date, decimal string, electronic IBAN, or the text as it stands. */
  readonly value: string;
  /** As it stands on the page. */
  readonly text: string;
  readonly spans: readonly Span[];
  /** Index into `Layout.rows` of the first and of the last row. */
  readonly row: number;
  readonly lastRow: number;
  /** Character offsets in the first row's text. */
  readonly start: number;
  readonly end: number;
  /** Columns in average character widths from the left edge of the page. */
  readonly left: number;
  readonly right: number;
  /** What the finder noticed, e.g. `currency`, `checksum`, `ambiguous`. */
  readonly traits: readonly string[];
}

/** Candidates of one kind that are kept for a document, but for the rest of the rows that fill each half. */
export const candidatesMax = 600;

/** The candidate that one stretch of a row is. */
export function candidateAt(
  layout: Layout,
  row: Row,
  [start, end]: readonly [start: number, end: number],
  is: { readonly kind: CandidateKind; readonly value: string; readonly traits?: readonly string[] },
): Candidate {
  return {
    kind: is.kind,
    value: is.value,
    text: row.text.slice(start, end),
    spans: [spanOf(row.line, row.offset + start, row.offset + end)],
    row: row.index,
    lastRow: row.index,
    start,
    end,
    left: layout.columnAt(row, start),
    right: layout.columnAt(row, end),
    traits: is.traits ?? [],
  };
}

/** One candidate over several rows, each a stretch of its own. */
export function candidateOver(
  layout: Layout,
  parts: readonly { readonly row: Row; readonly start: number; readonly end: number }[],
  is: { readonly kind: CandidateKind; readonly value: string; readonly traits?: readonly string[] },
): Candidate | null {
  const pieces = parts.map((part) => candidateAt(layout, part.row, [part.start, part.end], is));
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    ...first,
    text: pieces.map((piece) => piece.text).join("\n"),
    spans: pieces.flatMap((piece) => piece.spans),
    lastRow: last.row,
    left: Math.min(...pieces.map((piece) => piece.left)),
    right: Math.max(...pieces.map((piece) => piece.right)),
  };
}

/**
 * Looks through the rows from both ends until each half is full: what a document states about itself
 * stands at its beginning or its end, and a hostile one costs no more than a long one.
 */
export function overRows(layout: Layout, find: (row: Row) => readonly Candidate[]): readonly Candidate[] {
  const half = candidatesMax / 2;
  const head: Candidate[] = [];
  let next = 0;
  for (; next < layout.rows.length && head.length < half; next += 1) head.push(...findIn(layout.rows[next], find));
  const tail: (readonly Candidate[])[] = [];
  let count = 0;
  for (let at = layout.rows.length - 1; at >= next && count < half; at -= 1) {
    const found = findIn(layout.rows[at], find);
    tail.push(found);
    count += found.length;
  }
  return [...head, ...tail.toReversed().flat()];
}

function findIn(row: Row | undefined, find: (row: Row) => readonly Candidate[]): readonly Candidate[] {
  return row === undefined ? [] : find(row);
}
