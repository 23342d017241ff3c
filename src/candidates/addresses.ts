import { type Candidate, candidateAt, candidateOver, overRows } from "./candidate.ts";
import type { Cell, Layout, Row } from "./layout.ts";

/** Lines of an address above the one with the postcode, at most. */
const linesAbove = 4;

/** A postcode with its town: 20457 Hamburg, 1012 AB Amsterdam, Austin, TX 78701, Perth WA 6000, London EC1A 1BB, Galway H91 U2E2. */
const postcode = new RegExp(
  [
    "(?:[A-Z]{1,3}[-\\s])?\\d{4,6}(?:\\s?[A-Z]{2}(?!\\p{L}))?,?\\s+\\p{Lu}[\\p{L}.'’-]+",
    "\\p{Lu}[\\p{L}.'’\\s-]{2,30},?\\s+(?:[A-Z]{2,3}\\s+)?\\d{4,5}(?:-\\d{4})?(?!\\d)",
    "[A-Z]{1,2}\\d[A-Z\\d]?\\s?\\d[A-Z]{2}(?!\\p{L})",
    "[A-Z]\\d[\\dW]\\s?[A-Z\\d]{4}(?![\\p{L}\\d])",
    "\\d{3}\\s\\d{2}\\s+\\p{Lu}[\\p{L}.'’-]+",
    "\\d{4}-\\d{3}\\s+\\p{Lu}[\\p{L}.'’-]+",
    "Dublin\\s\\d{1,2}(?!\\d)",
  ]
    .map((form) => `(?<![\\p{L}\\d.,])${form}`)
    .join("|"),
  "u",
);
const notAddress =
  /@|www\.|https?:|\b(?:tel|fax|phone|telefon|tél|fon|mobil|e-?mail|iban|bic|vat|tva|ust|gst|siret|siren|gln|btw|kvk)\b|[€$£]|^\s*[\d.,]+\s*$/i;

/** Blocks of lines that end with a postcode and a town, with the lines above that may belong to them. */
export function findAddresses(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) =>
    row.cells.flatMap((cell) => {
      if (!postcode.test(cell.text)) return [];
      const blocks = notAddress.test(cell.text) ? [] : blocksAround(layout, row, cell);
      return [...blocks, ...onOneLine(layout, row, cell)];
    }),
  );
}

function blocksAround(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const above = column(layout, row, cell);
  const country = countryBelow(layout, row, cell);
  const found: Candidate[] = [];
  for (let lines = 0; lines <= above.length; lines += 1) {
    const block = [...above.slice(above.length - lines), { row, cell }];
    const traits = [`lines:${Math.min(4, lines + 1)}`];
    for (const parts of country === null ? [block] : [block, [...block, country]]) {
      const one = joined(layout, parts, traits);
      if (one !== null) found.push(one);
    }
  }
  return found;
}

interface Part {
  readonly row: Row;
  readonly cell: Cell;
}

/** The lines above in the same column, nearest last, up to the first that cannot be part of an address. */
function column(layout: Layout, row: Row, cell: Cell): readonly Part[] {
  const above: Part[] = [];
  let below: Part = { row, cell };
  for (let at = row.index - 1; at >= 0 && above.length < linesAbove; at -= 1) {
    const next = layout.rows[at];
    if (next === undefined || next.page !== row.page || below.row.top - next.top > 3.2) break;
    const match = sameColumn(next, below.cell);
    if (match === undefined) continue;
    if (notAddress.test(match.text) || match.text.trim().endsWith(":")) break;
    below = { row: next, cell: match };
    above.unshift(below);
  }
  return above;
}

function countryBelow(layout: Layout, row: Row, cell: Cell): Part | null {
  for (const next of layout.rows.slice(row.index + 1, row.index + 3)) {
    if (next.page !== row.page || next.top - row.top > 3.2) return null;
    const match = sameColumn(next, cell);
    if (match === undefined) continue;
    return /^[\p{L}\s.'-]{2,40}$/u.test(match.text) && !notAddress.test(match.text) ? { row: next, cell: match } : null;
  }
  return null;
}

/** Left edges, right edges or middles that meet. */
function sameColumn(row: Row, cell: Cell): Cell | undefined {
  const nearest = (edge: (one: Cell) => number) => row.cells.find((other) => Math.abs(edge(other) - edge(cell)) <= 3);
  return nearest((one) => one.left) ?? nearest((one) => (one.left + one.right) / 2) ?? nearest((one) => one.right);
}

const between = /\s*[|·•●∙]\s*|\s[-–—]\s|,\s+/g;

/** An address on one line between other things: from a part before the one with the postcode to that one, or the next. */
function onOneLine(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const parts = partsOf(cell);
  const town = parts.findIndex((part) => postcode.test(part.text));
  const found: Candidate[] = [];
  if (town < 1) return found;
  for (let first = Math.max(1, town - 3); first <= town; first += 1) {
    for (let last = town; last <= Math.min(town + 1, parts.length - 1); last += 1) {
      const block = parts.slice(first, last + 1);
      const [start, end] = [block[0]?.start ?? 0, block.at(-1)?.end ?? 0];
      if (block.some((part) => notAddress.test(part.text))) continue;
      const value = block.map((part) => part.text.replaceAll(/\s+/g, " ")).join(", ");
      found.push(candidateAt(layout, row, [start, end], { kind: "address", value, traits: ["one-line"] }));
    }
  }
  return found;
}

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Pieces of one cell, at most. */
const piecesMax = 12;

function partsOf(cell: Cell): readonly Piece[] {
  let from = 0;
  const ends = [...cell.text.matchAll(between)].slice(0, piecesMax);
  const pieces = ends.map((cut) => {
    const piece = { text: cell.text.slice(from, cut.index), start: cell.start + from, end: cell.start + cut.index };
    from = cut.index + cut[0].length;
    return piece;
  });
  return [...pieces, { text: cell.text.slice(from), start: cell.start + from, end: cell.end }];
}

function joined(layout: Layout, parts: readonly Part[], traits: readonly string[]): Candidate | null {
  const value = parts.map(({ cell }) => cell.text.replace(/[\s,;]+$/, "").replaceAll(/\s+/g, " ")).join(", ");
  const ranges = parts.map(({ row, cell }) => ({ row, start: cell.start, end: cell.end }));
  return candidateOver(layout, ranges, { kind: "address", value, traits });
}
