/**
 * A document as read: pages → lines → words. Immutable bytes are named by their sha256; state holds
 * the name, never the text.
 */

/** [x, y, width, height] in PDF points from the top left of the page. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export interface Word {
  readonly text: string;
  /** Offset of the first character in the line's text. */
  readonly start: number;
  /** Offset after the last character in the line's text. */
  readonly end: number;
  /** Null where the document has no layout of its own (all but PDF). */
  readonly box: Box | null;
}

export interface Line {
  /** From 1. */
  readonly page: number;
  /** From 1 within its page, in reading order. */
  readonly line: number;
  readonly text: string;
  readonly words: readonly Word[];
  readonly box: Box | null;
}

export interface Page {
  /** From 1. */
  readonly page: number;
  /** In points; null where the document has no layout. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly lines: readonly Line[];
  /** Words in the file that nobody can see on the page: left out of the lines, and a reason to doubt. */
  readonly hiddenWords?: number;
}

/** What reading found. Everything that was left out is named: no silent partials. */
export interface DocumentText {
  /** Only a PDF has boxes and page sizes. */
  readonly kind: "pdf" | "text" | "docx" | "csv" | "epub" | "mail" | "ccda";
  /** How many pages the document has, read or not. */
  readonly pageCount: number;
  readonly pages: readonly Page[];
  /** Whether every page was read. */
  readonly complete: boolean;
  readonly skipped: readonly SkippedPage[];
  /** Data the file carries beside what it shows. */
  readonly embedded?: readonly EmbeddedValue[];
}

/** A value of the data a file carries, such as the coded entries of a clinical record. */
export interface EmbeddedValue {
  /** What it is, in the reader's words: "medications.0.name". */
  readonly path: string;
  readonly value: string;
  /** The line that shows it; null where the file names none. */
  readonly line: { readonly page: number; readonly line: number } | null;
}

export interface SkippedPage {
  readonly page: number;
  /** A stable code such as `page.no-text`, `page.over-limit`, `page.unreadable`. */
  readonly reason: string;
}

/** Where a value stands: part of one line. Several spans make a value over several lines. */
export interface Span {
  readonly page: number;
  readonly line: number;
  /** The words of the value as printed. */
  readonly text: string;
  readonly box: Box | null;
}

/** A document in the state of a run: its name, not its text. */
export interface DocumentRef {
  readonly sha256: string;
  /** The file's name, for people. */
  readonly name: string;
  readonly bytes: number;
}

/** The outcome of the read step, by reference to the stored DocumentText. */
export interface ReadingRef {
  /** sha256 of the stored DocumentText JSON. */
  readonly sha256: string;
  readonly pages: number;
  /** Length of the text read, for estimates of what a cloud model would have been sent. */
  readonly characters: number;
  readonly complete: boolean;
  readonly skipped: readonly SkippedPage[];
}

/** Smallest box around all given ones; null when there is none. */
export function boxAround(boxes: readonly (Box | null)[]): Box | null {
  const known = boxes.filter((box) => box !== null);
  if (known.length === 0) return null;
  const left = Math.min(...known.map((box) => box[0]));
  const top = Math.min(...known.map((box) => box[1]));
  const right = Math.max(...known.map((box) => box[0] + box[2]));
  const bottom = Math.max(...known.map((box) => box[1] + box[3]));
  return [left, top, hundredths(right - left), hundredths(bottom - top)];
}

/** Differences of decimals carry noise far behind the point. */
function hundredths(points: number): number {
  return Math.round(points * 100) / 100;
}

/** The span of `line` between two character offsets, boxed by the words it touches. */
export function spanOf(line: Line, start = 0, end = line.text.length): Span {
  const touched = line.words.filter((word) => word.start < end && word.end > start);
  return {
    page: line.page,
    line: line.line,
    text: line.text.slice(start, end),
    box: boxAround(touched.map((word) => word.box)),
  };
}
