import { type AddressLine, addressLine, hasStreet, hasTown, isContact, wideCells } from "./address-lines.ts";
import { type Candidate, candidateAt, candidateOver, overRows } from "./candidate.ts";
import type { Cell, Layout, Row } from "./layout.ts";

/** Lines of an address above and below the one that shows it is one, at most. */
const linesAbove = 4;
const linesBelow = 3;
/** Line heights between two lines of one address, at most. */
const gapMax = 3.2;

/**
 * Blocks of lines around a postcode with its town or around a street: every stretch of lines that
 * belong together, so that it can begin after a name and end before or after a country or a branch.
 */
export function findAddresses(layout: Layout): readonly Candidate[] {
  const known = new Set<string>();
  return overRows(layout, (row) =>
    wideCells(row).flatMap((cell) => {
      const line = addressLine(row, cell);
      const blocks = line === null ? [] : blocksAround(layout, line, known);
      return blocks.concat(onOneLine(layout, row, cell));
    }),
  );
}

function blocksAround(layout: Layout, line: AddressLine, known: Set<string>): readonly Candidate[] {
  const town = hasTown(line.text);
  if (!town && !hasStreet(line.text)) return [];
  const above = linesFrom(layout, line, -1, linesAbove).toReversed();
  const below = line.cut ? [] : linesFrom(layout, line, 1, linesBelow);
  const found: Candidate[] = [];
  for (let first = above.length; first >= 0; first -= 1) {
    for (let last = 0; last <= below.length; last += 1) {
      const block = [...above.slice(first), line, ...below.slice(0, last)];
      const one = isAddress(block) ? joined(layout, block) : null;
      const key = `${one?.row}:${one?.start}:${one?.lastRow}`;
      if (one === null || known.has(key)) continue;
      known.add(key);
      found.push(one);
    }
  }
  return found;
}

/** More than a word for a street: a number, a second part or a second line. */
function isAddress(block: readonly AddressLine[]): boolean {
  return block.length > 1 || block.some((line) => /\d|,\s*\p{L}/u.test(line.text));
}

/** The lines above (-1) or below (1) in the same column, nearest first, up to the first that cannot be part of an address. */
function linesFrom(layout: Layout, line: AddressLine, step: 1 | -1, linesMax: number): readonly AddressLine[] {
  const lines: AddressLine[] = [];
  let last = line;
  for (let at = line.row.index + step; lines.length < linesMax; at += step) {
    const next = layout.rows[at];
    if (next === undefined || next.page !== line.row.page || Math.abs(next.top - last.row.top) > gapMax) break;
    const cell = sameColumn(next, last.cell);
    if (cell === undefined) continue;
    const more = addressLine(next, cell);
    if (more === null || (step < 0 && more.cut)) break;
    lines.push(more);
    if (more.cut) break;
    last = more;
  }
  return lines;
}

/** Left edges, right edges or middles that meet. */
function sameColumn(row: Row, cell: Cell): Cell | undefined {
  const cells = wideCells(row);
  const nearest = (edge: (one: Cell) => number) => cells.find((other) => Math.abs(edge(other) - edge(cell)) <= 3);
  return nearest((one) => one.left) ?? nearest((one) => (one.left + one.right) / 2) ?? nearest((one) => one.right);
}

const between = /\s*[|·•●∙]\s*|\s[-–—]\s|,\s+/g;

/** An address on one line between other things: from a part before the one with the postcode to that one, or the next. */
function onOneLine(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const parts = partsOf(cell);
  // "Austin, TX 78701" is a town only together.
  const town = parts.findIndex(
    ({ text }, at) => hasTown(text) || (at > 0 && hasTown(`${parts[at - 1]?.text}, ${text}`)),
  );
  const found: Candidate[] = [];
  if (town < 1) return found;
  for (let first = Math.max(1, town - 4); first <= town; first += 1) {
    for (let last = town; last <= Math.min(town + 1, parts.length - 1); last += 1) {
      const block = parts.slice(first, last + 1);
      const [start, end] = [block[0]?.start ?? 0, block.at(-1)?.end ?? 0];
      if (block.some((part) => isContact(part.text))) continue;
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

function joined(layout: Layout, lines: readonly AddressLine[]): Candidate | null {
  const value = lines.map(({ text }) => text.replace(/[\s,;]+$/, "").replaceAll(/\s+/g, " ")).join(", ");
  return candidateOver(layout, lines, { kind: "address", value });
}
