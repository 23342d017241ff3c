import { WeirError, type DocumentText, type Line, type Page, type SkippedPage } from "../../core/index.ts";
import { clean, wordsIn } from "../characters.ts";

/** Text without geometry → pages, lines, words. Boxes are null. Pure. */

const tabColumns = 8;

/** A line of a file without line ends is cut into lines of this many characters; nothing is left out. */
const lineLengthMax = 4000;

/** A page as its parser found it: rows are separated by line ends. */
export interface FlowPage {
  readonly text: string;
  readonly hiddenWords?: number;
  /** Why there is no more text on it, a code of SkippedPage. */
  readonly reason?: string;
}

/**
 * @param pages all of them, or the first `pagesMax`; @param pageCount how many there are
 * @throws WeirError `document.empty`, `document.no-text`, `document.damaged` where there is only white space
 */
export function layOutFlow(
  kind: DocumentText["kind"],
  pages: readonly FlowPage[],
  pagesMax: number,
  pageCount: number = pages.length,
): DocumentText {
  const read = pages.slice(0, pagesMax).map((page, index) => readPage(page, index + 1));
  const skipped: SkippedPage[] = read.flatMap(({ page, reason }) => (reason ? [{ page: page.page, reason }] : []));
  if (read.every(({ page }) => page.lines.length === 0) && pages.every(({ text }) => clean(text).trim() === "")) {
    throw nothingRead(skipped);
  }
  for (let page = pagesMax + 1; page <= pageCount; page++) skipped.push({ page, reason: "page.over-limit" });
  return {
    kind,
    pageCount,
    pages: read.flatMap(({ page, reason }) => (reason && page.lines.length === 0 ? [] : [page])),
    complete: skipped.length === 0,
    skipped,
  };
}

function nothingRead(skipped: readonly SkippedPage[]): WeirError {
  if (skipped.some((page) => page.reason === "page.no-text")) {
    return new WeirError("document.no-text", "The document has no text: there are only pictures in it.");
  }
  if (skipped.length > 0) return new WeirError("document.damaged", "No page can be read.");
  return new WeirError("document.empty", "The file holds only white space.");
}

/** Blank lines are left out: they hold nothing to point at. */
function readPage({ text, hiddenWords = 0, reason }: FlowPage, page: number) {
  const lines: Line[] = [];
  for (const row of clean(text)
    .split(/\r\n?|\n/)
    .flatMap((raw) => cut(expandTabs(raw).trimEnd()))) {
    if (row.trim() === "") continue;
    const words = wordsIn(row).map(({ start, end }) => ({ text: row.slice(start, end), start, end, box: null }));
    lines.push({ page, line: lines.length + 1, text: row, words, box: null });
  }
  const read: Page = { page, size: null, lines, ...(hiddenWords > 0 ? { hiddenWords } : {}) };
  return { page: read, reason };
}

/** @param gapMin spaces a tab is worth at least */
export function expandTabs(row: string, gapMin = 1): string {
  if (!row.includes("\t")) return row;
  let out = "";
  for (const character of row) {
    out += character === "\t" ? " ".repeat(Math.max(gapMin, tabColumns - (out.length % tabColumns))) : character;
  }
  return out;
}

/** At the last space before the limit, so that words stay whole where they can. */
function cut(row: string): readonly string[] {
  const rows: string[] = [];
  let start = 0;
  while (row.length - start > lineLengthMax) {
    const space = row.lastIndexOf(" ", start + lineLengthMax);
    const end = space > start ? space : start + lineLengthMax;
    rows.push(row.slice(start, end));
    start = end;
    while (row[start] === " ") start += 1;
  }
  return [...rows, row.slice(start)];
}
