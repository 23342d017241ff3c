import type { Cell, Layout, Row } from "./layout.ts";

/** What the columns of a table of items are for. */
export type ColumnRole = "description" | "quantity" | "unitPrice" | "amount" | "article" | "rate" | "discount";

export interface Column {
  readonly role: ColumnRole;
  readonly left: number;
  readonly right: number;
}

/** A table of items: its heading and the rows up to the totals. */
export interface Table {
  readonly columns: readonly Column[];
  /** Row indices. */
  readonly header: number;
  readonly first: number;
  /** After the last. */
  readonly end: number;
}

/** Tells what a heading's words mean; the lexicon of labels, handed in so that finders need none of their own. */
export type RoleOf = (words: string) => ColumnRole | null;

/** Rows of one table, at most. */
const tableRowsMax = 400;

/**
 * Tables with a heading: a row (or two) that names at least two kinds of columns and holds no amounts,
 * then all rows up to the one that `closes` it.
 */
export function findTables(layout: Layout, roleOf: RoleOf, closes: (row: Row) => boolean): readonly Table[] {
  const tables: Table[] = [];
  for (let at = 0; at < layout.rows.length; at += 1) {
    const row = layout.rows[at];
    const columns = row === undefined ? [] : columnsOf(layout, row, roleOf);
    if (!isHeader(columns)) continue;
    const first = firstOf(layout, at + 1, closes);
    const end = endOf(layout, first, columns, closes);
    if (end > first) tables.push({ columns, header: at, first, end });
    at = Math.max(at, end - 1);
  }
  return tables;
}

function isHeader(columns: readonly Column[]): boolean {
  const roles = new Set(columns.map((column) => column.role));
  const money = roles.has("amount") || roles.has("unitPrice");
  return money && (roles.has("description") || roles.has("quantity") || roles.has("article"));
}

function columnsOf(layout: Layout, row: Row, roleOf: RoleOf): readonly Column[] {
  if (/\d[.,]\d{2}(?!\d)/.test(row.text)) return [];
  const cells = row.cells.length > 1 ? row.cells : wordCells(layout, row);
  return cells.flatMap((cell) => {
    const role = cell.text.length > 40 ? null : roleOf(cell.text);
    return role === null ? [] : [{ role, left: cell.left, right: cell.right }];
  });
}

/** Headings whose words stand one blank apart are read word by word. */
function wordCells(layout: Layout, row: Row): readonly Cell[] {
  return [...row.text.matchAll(/\S+/g)].map(({ 0: text, index }) => ({
    row: row.index,
    text,
    start: index,
    end: index + text.length,
    left: layout.columnAt(row, index),
    right: layout.columnAt(row, index + text.length),
  }));
}

/** A sum right below the heading is carried forward from the page before. */
function firstOf(layout: Layout, first: number, closes: (row: Row) => boolean): number {
  const [row, next] = [layout.rows[first], layout.rows[first + 1]];
  return row !== undefined && next !== undefined && closes(row) && !closes(next) ? first + 1 : first;
}

function endOf(layout: Layout, first: number, columns: readonly Column[], closes: (row: Row) => boolean): number {
  let at = first;
  for (; at < Math.min(layout.rows.length, first + tableRowsMax); at += 1) {
    const row = layout.rows[at];
    if (row === undefined || closes(row) || isSum(row, columns)) break;
  }
  return at;
}

/** Whether the only words of the row stand right of the column of descriptions, before its only amount. */
function isSum(row: Row, columns: readonly Column[]): boolean {
  const description = columns.find(({ role }) => role === "description");
  const next = columns.find((column) => description !== undefined && column.left > description.right);
  const words = row.cells.find((cell) => /\p{L}{3}/u.test(cell.text));
  if (description === undefined || next === undefined || words === undefined) return false;
  const amounts = row.text.match(/\d[.,]\d{2}(?!\d)/g) ?? [];
  return amounts.length === 1 && words.left >= next.left - 2 && /\d[.,]\d{2}\D{0,6}$/.test(row.text);
}
