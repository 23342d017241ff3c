import { boxAround, type Box, type Line, type Word } from "../../core/document.ts";
import { clean, wordsIn } from "../characters.ts";
import { boxOf, intoDirection, type Run } from "./runs.ts";
import { shares } from "./widths.ts";

/** Runs of one page → lines in reading order, words in lines. Pure. */

/** A word, or the part of one that one run holds. */
interface Piece {
  readonly text: string;
  readonly u: number;
  readonly end: number;
  readonly v: number;
  readonly size: number;
  readonly above: number;
  readonly below: number;
  readonly rightToLeft: boolean;
}

interface Row {
  /** The tallest piece decides what shares its line, so that a chain of small shifts cannot grow. */
  readonly lead: Piece;
  readonly pieces: Piece[];
}

/**
 * Reads like the page: upright text from top to bottom, from left to right within a baseline, whatever
 * column it stands in; then text in other directions.
 * @returns lines numbered from 1
 */
export function layOut(runs: readonly Run[], page: number): readonly Line[] {
  const lines: Line[] = [];
  for (const [angle, group] of byDirection(runs)) {
    for (const row of rowsOf(group.flatMap((run) => piecesOf(run, angle)))) {
      const line = lineOf(row, angle, page, lines.length + 1);
      if (line) lines.push(line);
    }
  }
  return lines;
}

/** Grouped by direction, the one with most characters first. */
function byDirection(runs: readonly Run[]): readonly (readonly [number, readonly Run[]])[] {
  const groups = Map.groupBy(runs, (run) => run.angle);
  const amount = (group: readonly Run[]) => group.reduce((sum, run) => sum + run.text.length, 0);
  return [...groups].toSorted(([, a], [, b]) => amount(b) - amount(a));
}

/** The words of a run; its length is shared out by the rough widths of its characters. */
function piecesOf(run: Run, angle: number): readonly Piece[] {
  const text = clean(run.text);
  const [u, v] = intoDirection(run.x, run.y, angle);
  const at = shares(text, run.monospaced);
  return wordsIn(text).map(({ start, end }) => {
    const from = at[start] ?? 0;
    const to = at[end] ?? 1;
    const [left, right] = run.rightToLeft ? [1 - to, 1 - from] : [from, to];
    return {
      text: text.slice(start, end),
      u: u + left * run.length,
      end: u + right * run.length,
      v,
      size: run.size,
      above: run.ascent * run.size,
      below: run.descent * run.size,
      rightToLeft: run.rightToLeft,
    };
  });
}

function rowsOf(pieces: readonly Piece[]): readonly Row[] {
  const rows: Row[] = [];
  // Tall text first: small text (superscripts, cents) joins the line it hangs on.
  for (const piece of pieces.toSorted((a, b) => b.size - a.size || a.v - b.v)) {
    const row = rows
      .filter((one) => shareLine(one.lead, piece))
      .toSorted((a, b) => distance(a, piece) - distance(b, piece))[0];
    if (row) row.pieces.push(piece);
    else rows.push({ lead: piece, pieces: [piece] });
  }
  return rows.toSorted((a, b) => a.lead.v - b.lead.v || a.lead.u - b.lead.u);
}

const distance = (row: Row, piece: Piece) => Math.abs(row.lead.v - piece.v);

/** Same baseline, or small text that stands within the height of tall text. */
function shareLine(lead: Piece, piece: Piece): boolean {
  const shift = Math.abs(lead.v - piece.v);
  if (shift <= 0.3 * piece.size) return true;
  if (piece.size > 0.85 * lead.size) return false;
  const overlap =
    Math.min(lead.v + lead.below, piece.v + piece.below) - Math.max(lead.v - lead.above, piece.v - piece.above);
  return overlap >= 0.7 * (piece.above + piece.below) && near(lead, piece);
}

/** Superscripts stand beside what they belong to; two columns that only overlap in height are no line. */
function near(lead: Piece, piece: Piece): boolean {
  return piece.u <= lead.end + 2 * lead.size && piece.end >= lead.u - 2 * lead.size;
}

function lineOf(row: Row, angle: number, page: number, number: number): Line | null {
  const pieces = joinSpaced(joinSplit(withoutDoubles(row.pieces.toSorted((a, b) => a.u - b.u || a.end - b.end))));
  const first = pieces[0];
  if (!first) return null;
  const rightToLeft = pieces.filter((piece) => piece.rightToLeft).length * 2 > pieces.length;
  const ordered = rightToLeft ? pieces.toReversed() : pieces;

  let text = "";
  let before: Piece | null = null;
  const words: Word[] = [];
  for (const piece of ordered) {
    if (before) text += " ".repeat(spacesBetween(before, piece));
    const start = text.length;
    text += piece.text;
    words.push({ text: piece.text, start, end: text.length, box: boxOfPiece(piece, angle) });
    before = piece;
  }
  return { page, line: number, text, words, box: boxAround(words.map((word) => word.box)) };
}

function boxOfPiece({ u, end, v, above, below }: Piece, angle: number): Box {
  return boxOf({ u, v, length: end - u, above, below }, angle);
}

const gapBetween = (a: Piece, b: Piece) => Math.max(a.u, b.u) - Math.min(a.end, b.end);

/** Text drawn twice with a tiny shift, to look bold or to throw a shadow, is read once. */
function withoutDoubles(pieces: readonly Piece[]): readonly Piece[] {
  const kept: Piece[] = [];
  for (const piece of pieces) {
    const slack = 0.25 * piece.size;
    const doubled = kept.some(
      (one) =>
        one.text === piece.text &&
        Math.abs(one.u - piece.u) < slack &&
        Math.abs(one.end - piece.end) < slack &&
        Math.abs(one.v - piece.v) < slack,
    );
    if (!doubled) kept.push(piece);
  }
  return kept;
}

/** Neighbours without room for a space between them are one word that the file drew in parts. */
function joinSplit(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const touching = last && fits(gapBetween(last, piece), -0.3 * piece.size, 0.1 * Math.min(last.size, piece.size));
    if (last && touching) joined[joined.length - 1] = join(last, piece);
    else joined.push(piece);
  }
  return joined;
}

const fits = (value: number, from: number, to: number) => value >= from && value <= to;

function join(a: Piece, b: Piece): Piece {
  const taller = a.size >= b.size ? a : b;
  return {
    ...taller,
    text: a.rightToLeft && b.rightToLeft ? b.text + a.text : a.text + b.text,
    u: Math.min(a.u, b.u),
    end: Math.max(a.end, b.end),
  };
}

/** Letters in a row that make a word when set with wide spacing ("R e c h n u n g"). */
const spacedLettersMin = 4;

function joinSpaced(pieces: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = [];
  let index = 0;
  while (index < pieces.length) {
    const chain = spacedChain(pieces, index);
    if (chain.length >= spacedLettersMin) {
      out.push(chain.reduce(join));
      index += chain.length;
    } else {
      out.push(...pieces.slice(index, index + 1));
      index += 1;
    }
  }
  return out;
}

/** Single letters or digits from `start` on whose gaps are narrow and alike; a wider gap ends the word. */
function spacedChain(pieces: readonly Piece[], start: number): readonly Piece[] {
  const chain: Piece[] = [];
  let narrowest = Number.POSITIVE_INFINITY;
  for (const piece of pieces.slice(start)) {
    if (!(chain.length > 0 ? /^[\p{L}\p{N}.:/&-]$/u : /^[\p{L}\p{N}]$/u).test(piece.text)) break;
    const last = chain.at(-1);
    if (last) {
      const gap = gapBetween(last, piece);
      if (gap > 0.7 * piece.size || gap > 2 * narrowest + 0.1 * piece.size) break;
      narrowest = Math.min(narrowest, Math.max(gap, 0));
    }
    chain.push(piece);
  }
  return chain;
}

/** Enough to keep columns apart, bounded so that a line stays short. */
const spacesMax = 24;

/** One for an ordinary gap, two or more for a column: about as many as would fit. */
function spacesBetween(a: Piece, b: Piece): number {
  const size = Math.min(a.size, b.size);
  const gap = gapBetween(a, b);
  if (gap < 0.9 * size) return 1;
  return Math.min(spacesMax, Math.max(2, Math.round(gap / (0.5 * size))));
}
