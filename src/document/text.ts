import { WeirError, type DocumentText, type Line, type Page, type SkippedPage } from "../core/index.ts";
import { clean, wordsIn } from "./characters.ts";
import { utf16Mark } from "./sniff.ts";

/** Plain text and Markdown: pages are split by form feeds, lines are the file's own. Pure. */

const tabColumns = 8;

/** A line of a file without line ends is cut into lines of this many characters; nothing is left out. */
const lineLengthMax = 4000;

/** @throws WeirError `document.empty` where there is only white space */
export function readText(bytes: Uint8Array, pagesMax: number): DocumentText {
  const parts = clean(decode(bytes)).split("\f");
  // A form feed at the very end closes the last page.
  if (parts.length > 1 && parts.at(-1)?.trim() === "") parts.pop();
  if (parts.every((part) => part.trim() === ""))
    throw new WeirError("document.empty", "The file holds only white space.");

  const skipped: SkippedPage[] = [];
  for (let page = pagesMax + 1; page <= parts.length; page++) skipped.push({ page, reason: "page.over-limit" });
  return {
    kind: "text",
    pageCount: parts.length,
    pages: parts.slice(0, pagesMax).map((part, index) => pageOf(part, index + 1)),
    complete: skipped.length === 0,
    skipped,
  };
}

/** UTF-8 and UTF-16 by their marks; bytes that are no UTF-8 are Windows-1252, which holds Latin-1. */
function decode(bytes: Uint8Array): string {
  const wide = utf16Mark(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Blank lines are left out: they hold nothing to point at. */
function pageOf(text: string, page: number): Page {
  const lines: Line[] = [];
  for (const row of text.split(/\r\n?|\n/).flatMap((raw) => cut(expandTabs(raw).trimEnd()))) {
    if (row.trim() === "") continue;
    const words = wordsIn(row).map(({ start, end }) => ({ text: row.slice(start, end), start, end, box: null }));
    lines.push({ page, line: lines.length + 1, text: row, words, box: null });
  }
  return { page, size: null, lines };
}

function expandTabs(row: string): string {
  if (!row.includes("\t")) return row;
  let out = "";
  for (const character of row) {
    out += character === "\t" ? " ".repeat(tabColumns - (out.length % tabColumns)) : character;
  }
  return out;
}

/** At the last space before the limit, so that words stay whole where they can. */
function cut(row: string): readonly string[] {
  const rows: string[] = [];
  let rest = row;
  while (rest.length > lineLengthMax) {
    const space = rest.lastIndexOf(" ", lineLengthMax);
    const end = space > 0 ? space : lineLengthMax;
    rows.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...rows, rest];
}
