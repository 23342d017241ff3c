import type { Attributes } from "../flow/xml.ts";

/**
 * The text of a section as a person sees it → lines: rows of tables with their cells between bars, items of lists
 * with a dash, paragraphs. Pure.
 */

export interface Narrative {
  open(name: string, attributes: Attributes): boolean;
  text(text: string): void;
  close(name: string): void;
  readonly lines: readonly string[];
  /** The line an element of this ID begins on, from 0, and its words. */
  readonly marks: ReadonlyMap<string, Mark>;
}

export interface Mark {
  readonly line: number;
  readonly text: string;
}

const blocks = new Set(["paragraph", "caption", "table", "list", "item", "tr", "thead", "tbody", "tfoot", "footnote"]);
/** Longer lines would be cut when they are laid out. */
const lineMax = 3_500;
const spanMax = 64;

interface Row {
  readonly cells: string[];
}

/** A cell that reaches down over the rows below. */
interface Reach {
  rows: number;
  readonly text: string;
}

interface Table {
  row: Row | null;
  readonly reaches: Map<number, Reach>;
}

export function createNarrative(lines: string[]): Narrative {
  const marks = new Map<string, Mark>();
  const tables: Table[] = [];
  /** Text of the open line or cell. */
  let words = "";
  /** IDs of elements that began since the line did, each with the words before it. */
  let pending: { readonly id: string; readonly from: number }[] = [];
  let depth = 0;
  /** What the next line begins with: a dash where an item does. */
  let prefix = "";
  let cell: { readonly down: number; readonly across: number } | null = null;

  const clean = (text: string) => text.replaceAll(/\s+/g, " ").trim();

  function mark(id: string, text: string, line: number): void {
    if (!marks.has(id)) marks.set(id, { line, text: clean(text) });
  }

  function endLine(): void {
    const text = clean(words);
    if (text !== "") {
      for (const { id, from } of pending) mark(id, words.slice(from), lines.length);
      pending = [];
      for (let from = 0; from < text.length; from += lineMax) lines.push(prefix + text.slice(from, from + lineMax));
      prefix = indent(depth);
    }
    words = "";
  }

  function openRow(attributes: Attributes): void {
    const table = tables.at(-1);
    if (!table || table.row) return;
    table.row = { cells: [] };
    const id = attributes.get("ID");
    if (id) mark(id, "", lines.length);
  }

  function openCell(attributes: Attributes): void {
    const row = tables.at(-1)?.row;
    if (row) fillReached(row);
    words = "";
    cell = { down: sizeOf(attributes, "rowspan"), across: sizeOf(attributes, "colspan") };
  }

  /** Cells that reach down from above stand in this row too. */
  function fillReached(row: Row): void {
    const reaches = tables.at(-1)?.reaches;
    for (let reach = reaches?.get(row.cells.length); reach; reach = reaches?.get(row.cells.length)) {
      reach.rows -= 1;
      if (reach.rows <= 0) reaches?.delete(row.cells.length);
      row.cells.push(reach.text);
    }
  }

  function closeCell(): void {
    const table = tables.at(-1);
    if (!table?.row || !cell) return;
    const text = clean(words)
      .replaceAll("|", "¦")
      .replace(/^(?:; )+|(?:;\s*)+$/g, "");
    for (const { id, from } of pending) {
      mark(id, words.slice(from).replace(/^(?:;\s*)+|(?:;\s*)+$/g, ""), lines.length);
    }
    pending = [];
    if (cell.down > 1) table.reaches.set(table.row.cells.length, { rows: cell.down - 1, text });
    table.row.cells.push(text, ...Array.from({ length: cell.across - 1 }, () => ""));
    words = "";
    cell = null;
  }

  function closeRow(): void {
    const table = tables.at(-1);
    if (!table?.row) return;
    fillReached(table.row);
    const line = table.row.cells.join(" | ").trimEnd();
    if (table.row.cells.some((text) => text !== "")) lines.push(line.startsWith("|") ? ` ${line}` : line);
    table.row = null;
  }

  return {
    lines,
    marks,
    open(name, attributes) {
      if (attributes.get("revised") === "delete") return false;
      const inCell = cell !== null;
      if (inCell && (blocks.has(name) || name === "br") && words.trim() !== "") words += "; ";
      else if (!inCell && (blocks.has(name) || name === "br")) endLine();
      if (name === "list") depth += 1;
      if (name === "item") prefix = `${indent(depth - 1)}- `;
      if (name === "table" && !inCell) tables.push({ row: null, reaches: new Map() });
      if (name === "tr" && !inCell) openRow(attributes);
      if ((name === "td" || name === "th") && !inCell) openCell(attributes);
      const id = attributes.get("ID");
      if (id && name !== "tr") pending.push({ id, from: words.length });
      return true;
    },
    text(text) {
      const table = tables.at(-1);
      // White space between rows and cells is none of the text.
      if (table && !cell && text.trim() === "") return;
      words += text;
    },
    close(name) {
      if (name === "td" || name === "th") closeCell();
      if (cell) return;
      if (name === "tr") closeRow();
      else if (blocks.has(name) || name === "text") endLine();
      if (name === "table") tables.pop();
      if (name === "list") depth -= 1;
      if (name === "item" || name === "list") prefix = indent(depth - 1);
    },
  };
}

const indent = (depth: number) => "  ".repeat(Math.max(0, depth));

function sizeOf(attributes: Attributes, name: string): number {
  const size = Number(attributes.get(name) ?? 1);
  return Number.isInteger(size) && size > 0 ? Math.min(size, spanMax) : 1;
}
