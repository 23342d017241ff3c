/** Tables as text: cells of a column start below each other, with gaps that read as columns. Pure. */

/** Spaces between columns: two or more part them, as in a PDF. */
const gap = "  ";

/** Longer cells stand out into the next column rather than push it away for all rows. */
const columnWidthMax = 60;

/** The rows of text in a cell, from the top. */
export type Cell = readonly string[];

/** Lines of text; a row whose cells have several lines takes as many. */
export function alignRows(rows: readonly (readonly Cell[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const width = cell.reduce((most, line) => Math.max(most, line.length), 0);
      widths[column] = Math.max(widths[column] ?? 0, Math.min(width, columnWidthMax));
    }
  }
  return rows.flatMap((row) => {
    const height = row.reduce((most, cell) => Math.max(most, cell.length), 0);
    return Array.from({ length: height }, (_, line) => joined(row, line, widths));
  });
}

function joined(row: readonly Cell[], line: number, widths: readonly number[]): string {
  const last = row.findLastIndex((cell) => (cell[line] ?? "") !== "");
  let out = "";
  for (const [column, cell] of row.slice(0, last + 1).entries()) {
    const text = cell[line] ?? "";
    out += column === last ? text : text.padEnd(widths[column] ?? 0) + gap;
  }
  return out;
}
