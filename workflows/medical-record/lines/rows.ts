import type { Line } from "weir";
import { type Role, roleOf } from "./columns.ts";
import type { Section } from "./sections.ts";
import { type Stretch, textOf } from "./stretch.ts";

/** The lines of a section → rows of tables with named columns, and lines that are no rows. Pure. */

export interface Cell extends Stretch {
  readonly text: string;
}

/** One row of a table under its header. */
export interface Row {
  readonly line: Line;
  readonly cells: readonly Cell[];
  readonly header: Header;
  /** The line above the table that stands for all its rows, such as "Active" or "Expired". */
  readonly caption: string;
}

export interface Header {
  readonly line: Line;
  readonly titles: readonly string[];
  readonly roles: readonly Role[];
  /** Where the columns begin, for tables whose cells are parted by blanks. */
  readonly starts: readonly number[];
}

export interface Rows {
  readonly rows: readonly Row[];
  /** What is no row: items of lists and prose. */
  readonly loose: readonly Stretch[];
}

const barred = /\s\|(?:\s|$)|^\|/;
const captionMax = 40;

export function rowsOf({ body }: Section): Rows {
  const rows: Row[] = [];
  const loose: Stretch[] = [];
  let header: Header | null = null;
  let caption: Stretch | null = null;
  for (const stretch of body) {
    const cells = cellsOf(stretch, header);
    const found = headerOf(stretch.line, cells);
    if (found) {
      header = found;
      continue;
    }
    if (cells.length > 1 && header) {
      rows.push({ line: stretch.line, cells: placed(cells, header), header, caption: caption ? textOf(caption) : "" });
      continue;
    }
    if (cells.length > 1 && barred.test(textOf(stretch))) {
      // A table without a header: its first column names.
      const unnamed: Header = { line: stretch.line, titles: [], roles: ["name"], starts: [] };
      rows.push({ line: stretch.line, cells, header: unnamed, caption: "" });
      continue;
    }
    // A line alone between tables stands for the rows below it.
    const isCaption = textOf(stretch).trim().length <= captionMax && !/[.:;]\s*$/.test(textOf(stretch));
    caption = isCaption ? stretch : null;
    if (header && !isCaption) header = null;
    loose.push(stretch);
  }
  return { rows, loose };
}

/** Parted by bars, or by gaps of two and more blanks. */
function cellsOf({ line, start, end }: Stretch, header: Header | null): readonly Cell[] {
  const text = line.text.slice(start, end);
  if (barred.test(text)) {
    const bounds = [...text.matchAll(/\|/g)].map(({ index }) => index);
    const edges = [-1, ...bounds, text.length];
    const parts = edges.slice(1).map((edge, at) => trimmed(line, start + (edges[at] ?? -1) + 1, start + edge));
    // Markdown draws bars at both ends, of the header too; else a first cell may be empty.
    return isDrawn(text) && isDrawn(header?.line.text ?? text) ? parts.slice(1, -1) : parts;
  }
  return [...text.matchAll(/\S+(?:\s\S+)*/g)].map(({ index, 0: part }) =>
    trimmed(line, start + index, start + index + part.length),
  );
}

/** A row drawn as Markdown does: a bar at either end. */
const isDrawn = (text: string) => /^\s*\|.*\|\s*$/.test(text);

function trimmed(line: Line, start: number, end: number): Cell {
  const raw = line.text.slice(start, end);
  const from = start + raw.length - raw.trimStart().length;
  const to = Math.max(from, start + raw.trimEnd().length);
  return { line, start: from, end: to, text: line.text.slice(from, to) };
}

const columnsMin = 2;
const titleMax = 40;

/** A row whose cells are titles of columns. */
function headerOf(line: Line, cells: readonly Cell[]): Header | null {
  const filled = cells.filter(({ text }) => text !== "");
  if (filled.length < columnsMin && !(filled.length === 1 && cells.length > 1)) return null;
  const roles = cells.map(({ text }) => (text.length > titleMax ? null : roleOf(text)));
  const known = roles.filter((role) => role !== null).length;
  if (known * 2 <= filled.length || filled.some(({ text }) => /^\d+$|\d{4}|\d[./-]\d/.test(text))) return null;
  return {
    line,
    titles: cells.map(({ text }) => text),
    roles: roles.map((role) => role ?? "other"),
    starts: cells.map(({ start }) => start),
  };
}

/** The cells under their columns. */
function placed(cells: readonly Cell[], header: Header): readonly Cell[] {
  const [first] = cells;
  if (!first) return cells;
  if (barred.test(first.line.text)) {
    const missing = header.roles.length - cells.length;
    // Rows below a cell that spans several of them lack that cell: what leads the table does not begin there.
    const spanned = missing > 0 && header.roles[0] === "date" && !/\d/.test(first.text) && first.text !== "";
    return spanned ? [...Array.from({ length: missing }, () => empty(first)), ...cells] : cells;
  }
  const out: Cell[] = header.starts.map(() => empty(first));
  for (const cell of cells) {
    const at = nearest(header.starts, cell.start);
    out[at] = out[at]?.text === "" ? cell : join(out[at] ?? cell, cell);
  }
  return out;
}

const empty = ({ line, start }: Cell): Cell => ({ line, start, end: start, text: "" });

function join(a: Cell, b: Cell): Cell {
  return { line: a.line, start: a.start, end: b.end, text: a.line.text.slice(a.start, b.end) };
}

function nearest(starts: readonly number[], start: number): number {
  const distances = starts.map((one) => Math.abs(one - start));
  return distances.indexOf(Math.min(...distances));
}

/** The cells of a role, in the order of the columns. */
export function cellsWith({ cells, header }: Row, ...roles: readonly Role[]): readonly Cell[] {
  return cells.filter((cell, at) => cell.text !== "" && roles.includes(header.roles[at] ?? "other"));
}
