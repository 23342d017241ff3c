import { wordsIn } from "../characters.ts";
import { expandTabs, type FlowPage } from "./lay.ts";
import { alignRows, type Cell } from "./table.ts";

/**
 * Collects what a parser meets, in its order: paragraphs become lines, rows of tables become lines with
 * aligned cells, page breaks part pages. Frames are stacked: a page holds tables, a table cells, a cell
 * tables again.
 */
export interface FlowBuilder {
  text(text: string): void;
  /** Text that nobody sees: counted, left out. */
  hide(text: string): void;
  /** Ends the line, if there is something on it. */
  endLine(): void;
  /** A break within a line waits for its end; one within a table parts it before the row that holds it. */
  breakPage(): void;
  /** Something that may hold text and is not read: a picture. */
  picture(): void;
  openTable(): void;
  openRow(): void;
  openCell(): void;
  /** @param columns that the cell takes, where it is more than one */
  spanCell(columns: number): void;
  closeCell(): void;
  closeRow(): void;
  closeTable(): void;
  /** A text box: its lines follow the paragraph that holds it. */
  openAside(): void;
  closeAside(): void;
  /** Once everything is closed. */
  pages(): readonly FlowPage[];
}

/** Lines of a page, a cell or a text box. */
interface Frame {
  readonly lines: string[];
  line: string;
  readonly asides: string[];
  readonly tables: Table[];
  /** Columns, for a cell. */
  span: number;
}

interface Table {
  rows: Cell[][];
}

const frame = (): Frame => ({ lines: [], line: "", asides: [], tables: [], span: 1 });

/** Lines may be more than a call takes arguments. */
function append<T>(to: T[], from: readonly T[]): void {
  for (const one of from) to.push(one);
}

/** More is a file that means to do harm. */
const spanMax = 64;

export function createFlow(): FlowBuilder {
  const done: FlowPage[] = [];
  let page = frame();
  const frames: Frame[] = [page];
  let breaks = false;
  let hiddenWords = 0;
  let pictures = 0;

  const top = () => frames.at(-1) ?? page;
  const table = () => top().tables.at(-1);

  function endLine(): void {
    const current = top();
    if (current.line.trim() !== "") current.lines.push(expandTabs(current.line.trimEnd(), 2));
    current.line = "";
    append(current.lines, current.asides.splice(0));
    if (breaks && frames.length === 1 && page.tables.length === 0) endPage();
  }

  /** A break on a page without anything is one that was told twice. */
  function endPage(): void {
    breaks = false;
    if (page.lines.length === 0 && pictures === 0) return;
    const text = page.lines.join("\n");
    done.push(text === "" && pictures > 0 ? { text, hiddenWords, reason: "page.no-text" } : { text, hiddenWords });
    page = { ...frame(), tables: page.tables };
    frames[0] = page;
    hiddenWords = 0;
    pictures = 0;
  }

  function leave(): Frame {
    endLine();
    return frames.length > 1 ? (frames.pop() ?? page) : page;
  }

  /** The rows before the one in which the break stands belong to the page before. */
  function breakTable(open: Table): void {
    const last = open.rows.pop();
    append(page.lines, alignRows(open.rows));
    open.rows = last ? [last] : [];
    endPage();
  }

  return {
    text: (text) => {
      top().line += text;
    },
    hide: (text) => {
      hiddenWords += wordsIn(text).length;
    },
    endLine,
    breakPage: () => {
      breaks = true;
      if (frames.length === 1 && page.tables.length === 0 && page.line.trim() === "") endPage();
    },
    picture: () => {
      pictures += 1;
    },
    openTable: () => {
      endLine();
      top().tables.push({ rows: [] });
    },
    openRow: () => {
      table()?.rows.push([]);
    },
    openCell: () => {
      frames.push(frame());
    },
    spanCell: (columns) => {
      top().span = Math.min(columns, spanMax);
    },
    closeCell: () => {
      if (frames.length === 1) return;
      const { lines, span } = leave();
      const row = table()?.rows.at(-1);
      if (!row) return append(top().lines, lines);
      row.push(lines);
      for (let more = 1; more < span; more++) row.push([]);
    },
    closeRow: () => {
      const open = table();
      if (open && breaks && frames.length === 1 && page.tables.length === 1) breakTable(open);
    },
    closeTable: () => {
      const open = top().tables.pop();
      if (open) append(top().lines, alignRows(open.rows));
    },
    openAside: () => {
      frames.push(frame());
    },
    closeAside: () => {
      if (frames.length === 1) return;
      const { lines } = leave();
      append(top().asides, lines);
    },
    pages: () => {
      endLine();
      endPage();
      return done;
    },
  };
}
