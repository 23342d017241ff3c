import type { Cell, Row } from "./layout.ts";

/** Rows above and below whose columns count. */
const rowsNear = 3;
/** Points between two left edges that are one column. */
const tolerance = 0.35;
/** Cells of a row, at most: a long table row is not searched. */
const cellsMax = 40;

/**
 * Rows of a page with boxes, with cells cut where a text runs into the next column without a wide gap: a word
 * that begins exactly where a cell of a near row begins after a gap. Plain text has no such edges.
 */
export function cutAtColumns(rows: readonly Row[], columnAt: (row: Row, offset: number) => number): readonly Row[] {
  const edges = rows.map(edgesOf);
  return rows.map((row, index) => {
    if (row.line.box === null || row.cells.length > cellsMax) return row;
    const near = new Set<number>();
    for (let at = Math.max(0, index - rowsNear); at <= Math.min(rows.length - 1, index + rowsNear); at += 1) {
      if (at === index || rows[at]?.page !== row.page) continue;
      for (const edge of edges[at] ?? []) near.add(edge);
    }
    if (near.size === 0) return row;
    const cuts = cutsOf(row, near);
    return cuts.length === 0 ? row : { ...row, cells: row.cells.flatMap((cell) => cut(cell, row, cuts, columnAt)) };
  });
}

/** Left edges, in points, of the cells that begin after a wide gap. */
function edgesOf(row: Row): readonly number[] {
  if (row.line.box === null || row.cells.length > cellsMax) return [];
  return row.cells.slice(1).flatMap((cell) => {
    const word = row.line.words.find((one) => one.start - row.offset === cell.start);
    return word?.box == null ? [] : [word.box[0]];
  });
}

/** Offsets of words inside of cells, not at their beginning, that begin where a near column does. */
function cutsOf(row: Row, near: ReadonlySet<number>): readonly number[] {
  const starts = new Set(row.cells.map((cell) => cell.start));
  return row.line.words.flatMap(({ box, start, text }) => {
    const at = start - row.offset;
    if (box === null || starts.has(at) || at <= 0 || at >= row.text.length || !/^[\p{Lu}\d]/u.test(text)) return [];
    for (const edge of near) if (Math.abs(edge - box[0]) <= tolerance) return [at];
    return [];
  });
}

function cut(
  cell: Cell,
  row: Row,
  cuts: readonly number[],
  columnAt: (row: Row, offset: number) => number,
): readonly Cell[] {
  const inside = cuts.filter((at) => at > cell.start && at < cell.end);
  if (inside.length === 0) return [cell];
  return [cell.start, ...inside].map((start, at) => {
    const text = row.text.slice(start, inside[at] ?? cell.end).trimEnd();
    const end = start + text.length;
    return { row: row.index, text, start, end, left: columnAt(row, start), right: columnAt(row, end) };
  });
}
