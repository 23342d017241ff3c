import { cutAtColumns } from "./columns.ts";
import type { DocumentText, Line, Page } from "../core/index.ts";

/**
 * One grid for every document: rows from the top, columns in average character widths, so that "the
 * label to the left" and "the heading above" mean the same for a PDF (points) and for plain text
 * (characters). Lines longer than `rowCharsMax` become several rows; nothing is left out.
 */
export interface Layout {
  readonly text: DocumentText;
  readonly rows: readonly Row[];
  /** Columns the widest page or line has. */
  readonly width: number;
  /** Column of a character offset in the row's text. */
  readonly columnAt: (row: Row, offset: number) => number;
}

export interface Row {
  /** From 0 over the whole document. */
  readonly index: number;
  readonly page: number;
  readonly line: Line;
  /** Where the row's text begins in the line's text. */
  readonly offset: number;
  readonly text: string;
  /** Parts of the row between wide gaps or columns, left to right. */
  readonly cells: readonly Cell[];
  /** Distance from the top of the document in line heights. */
  readonly top: number;
  /** Height of the print relative to the document's median; 1 for plain text. */
  readonly size: number;
}

export interface Cell {
  readonly row: number;
  readonly text: string;
  /** Character offsets in the row's text. */
  readonly start: number;
  readonly end: number;
  readonly left: number;
  readonly right: number;
}

/** Longer lines are wrapped, so that no pattern ever runs over more characters than this. */
export const rowCharsMax = 400;
/** Rows that are looked at; a document beyond this is read from both ends. */
const rowsMax = 4_000;

export function layoutOf(text: DocumentText): Layout {
  const grid = gridOf(text);
  const columnAt = (row: Row, offset: number) => columnOf(row.line, row.offset + offset, grid.charWidth);
  const parts = bothEnds(text.pages.flatMap((page) => wrapped(page)));
  const rows = cutAtColumns(
    parts.map((part, index) => rowOf(part, index, grid)),
    columnAt,
  );
  const width = Math.max(1, ...grid.pageWidths, ...rows.slice(0, 400).map((row) => row.cells.at(-1)?.right ?? 0));
  return { text, rows, width, columnAt };
}

interface Part {
  readonly line: Line;
  readonly offset: number;
  readonly text: string;
}

interface Grid {
  readonly charWidth: number;
  readonly lineHeight: number;
  readonly pageWidths: readonly number[];
  /** Line heights above each page, by page number. */
  readonly pageTops: ReadonlyMap<number, number>;
}

function gridOf(text: DocumentText): Grid {
  const words = text.pages.flatMap((page) => page.lines.slice(0, 200).flatMap((line) => line.words.slice(0, 40)));
  const charWidth = median(words.flatMap((word) => (word.box === null ? [] : [word.box[2] / word.text.length]))) || 1;
  const lineHeight = median(text.pages.flatMap((page) => page.lines.flatMap((line) => line.box?.[3] ?? []))) || 1;
  const pageTops = new Map<number, number>();
  let top = 0;
  for (const page of text.pages) {
    pageTops.set(page.page, top);
    top += page.size === null ? (page.lines.at(-1)?.line ?? 0) + 1 : page.size.height / (lineHeight * 1.2);
  }
  const pageWidths = text.pages.flatMap((page) => (page.size === null ? [] : [page.size.width / charWidth]));
  return { charWidth, lineHeight, pageWidths, pageTops };
}

function wrapped(page: Page): readonly Part[] {
  return page.lines.flatMap((line) => {
    if (line.text.trim() === "") return [];
    if (line.text.length <= rowCharsMax) return [{ line, offset: 0, text: line.text }];
    return pieces(line.text).map(([start, end]) => ({ line, offset: start, text: line.text.slice(start, end) }));
  });
}

/** Cuts a long text at the last space before the limit, or at the limit. */
function pieces(text: string): readonly (readonly [start: number, end: number])[] {
  const cuts: (readonly [number, number])[] = [];
  for (let start = 0; start < text.length;) {
    const limit = Math.min(text.length, start + rowCharsMax);
    const space = limit < text.length ? text.lastIndexOf(" ", limit) : limit;
    const end = space > start + rowCharsMax / 2 ? space : limit;
    cuts.push([start, end]);
    start = end;
  }
  return cuts.filter(([start, end]) => text.slice(start, end).trim() !== "");
}

function bothEnds(parts: readonly Part[]): readonly Part[] {
  return parts.length <= rowsMax ? parts : [...parts.slice(0, rowsMax / 2), ...parts.slice(-rowsMax / 2)];
}

function rowOf(part: Part, index: number, grid: Grid): Row {
  const { line, offset, text } = part;
  const pageTop = grid.pageTops.get(line.page) ?? 0;
  const top = pageTop + (line.box === null ? line.line : line.box[1] / (grid.lineHeight * 1.2));
  const size = line.box === null ? 1 : line.box[3] / grid.lineHeight;
  const cells = cellRanges(text).map(([start, end]): Cell => {
    const left = columnOf(line, offset + start, grid.charWidth);
    const right = columnOf(line, offset + end, grid.charWidth);
    return { row: index, text: text.slice(start, end), start, end, left, right };
  });
  return { index, page: line.page, line, offset, text, cells, top, size };
}

/** Stretches between gaps of two or more blanks. */
function cellRanges(text: string): readonly (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  let start = -1;
  let end = -1;
  for (let at = 0; at < text.length; at += 1) {
    if (isBlank(text.charCodeAt(at))) continue;
    if (start >= 0 && at - end >= 2) {
      found.push([start, end]);
      start = at;
    }
    if (start < 0) start = at;
    end = at + 1;
  }
  if (start >= 0) found.push([start, end]);
  return found;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 0xa0 || code === 0x202f || (code >= 0x2000 && code <= 0x200a);
}

function columnOf(line: Line, offset: number, charWidth: number): number {
  if (line.box === null) return offset;
  let right = line.box[0];
  for (const word of line.words) {
    if (word.box === null) continue;
    if (offset < word.start) break;
    const [x, , width] = word.box;
    if (offset < word.end)
      return (x + (width * (offset - word.start)) / Math.max(1, word.end - word.start)) / charWidth;
    right = x + width;
  }
  return right / charWidth;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
