import { CSVLoader } from "@langchain/community/document_loaders/fs/csv";
import type { DocumentText } from "../../core/index.ts";
import { clean } from "../characters.ts";
import { layOutFlow } from "./lay.ts";
import { alignRows } from "./table.ts";
import { decode, readText } from "./text.ts";

/** CSV → lines, one or more a record, columns below each other. What is no well-formed CSV is read as text. */

/** In the order in which they win where a file fits several. */
const separators = ["\t", ";", "|", ","] as const;

/** More columns than any sheet has. Beyond them it is text. */
const columnsMax = 16_384;

/** @throws WeirError `document.empty` where there is only white space */
export async function readCsv(bytes: Uint8Array, pagesMax: number): Promise<DocumentText> {
  // Excel's own hint, on a line of its own.
  const told = /^sep=([^\w"\r\n])\r?\n/i;
  const whole = clean(decode(bytes)).replaceAll(keyMark, "").replaceAll("\f", " ");
  const form = formOf(whole.replace(told, ""), whole.match(told)?.[1]);
  if (!form) return readText(bytes, pagesMax);
  const records = await load(whole.replace(told, ""), form);
  const rows = records.map((record) => record.map((cell) => cell.split(/\r\n?|\n/)));
  return layOutFlow("csv", [{ text: alignRows(rows).join("\n") }], pagesMax);
}

interface Form {
  readonly separator: string;
  /** Of the widest record. */
  readonly columns: number;
}

/** Null where no separator parts the text into records. */
function formOf(text: string, told: string | undefined): Form | null {
  let best: (Form & { readonly share: number; readonly width: number }) | null = null;
  for (const separator of told ? [told] : separators) {
    const widths = widthsOf(text, separator)?.filter((width) => width > 0) ?? [];
    const columns = widths.reduce((most, width) => Math.max(most, width), 0);
    if (columns < 2 || columns > columnsMax) continue;
    const counts = Map.groupBy(widths, (width) => width);
    const [width = 0, alike = []] = [...counts].reduce((most, one) => (one[1].length > most[1].length ? one : most));
    const share = alike.length / widths.length;
    if (width < 2) continue;
    if (!best || share > best.share || (share === best.share && width > best.width)) {
      best = { separator, columns, share, width };
    }
  }
  return best;
}

/**
 * Cells of each record, 0 for a blank line. Null where quotes are not closed, or something follows the closing
 * one: the loader would drop characters there.
 */
function widthsOf(text: string, separator: string): readonly number[] | null {
  const widths: number[] = [];
  let at = 0;
  let cells = 0;
  while (at < text.length) {
    const end = endOfCell(text, at, separator);
    if (end === null) return null;
    const blank = cells === 0 && end === at;
    cells += 1;
    at = end + 1;
    if (text[end] === separator) {
      // A separator at the very end stands before one more, empty cell.
      if (at === text.length) widths.push(cells + 1);
      continue;
    }
    widths.push(blank ? 0 : cells);
    cells = 0;
    if (text[end] === "\r" && text[at] === "\n") at += 1;
  }
  return widths;
}

/** Where the separator or the line end behind a cell stands. */
function endOfCell(text: string, start: number, separator: string): number | null {
  let at = start;
  if (text[at] === '"') {
    do {
      at = text.indexOf('"', at + 1);
      if (at === -1) return null;
      at += 1;
    } while (text[at] === '"');
    const next = text[at];
    return next === undefined || next === separator || next === "\n" || next === "\r" ? at : null;
  }
  while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}

/** A character for private use: no file that people read holds one, and `readCsv` takes it out. */
const keyMark = "\uE000";

/**
 * LangChain's loader writes each record as "name: cell" lines, named by the first record; cells beyond it, and
 * all but one of those with the same name, would be lost. So it gets a first record of our own, with a
 * different name for every column, and the names are taken off again.
 */
async function load(text: string, { separator, columns }: Form): Promise<readonly (readonly string[])[]> {
  const names = Array.from({ length: columns }, (_, column) => `${keyMark}${column}`).join(separator);
  const records = await new CSVLoader(new Blob([`${names}\n${text}`]), { separator }).load();
  const name = new RegExp(`(?:^|\\n)${keyMark}\\d+: `, "u");
  return records.map((record) => record.pageContent.split(name).slice(1));
}
