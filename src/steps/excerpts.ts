import { type Candidate, type Layout, type Row, runsOn } from "../candidates/index.ts";
import { type Span, spanOf } from "../core/index.ts";
import type { Survey } from "../ranking/index.ts";
import { type Stretch, type WindowSize, windowsOf } from "../slm/index.ts";

/** A stretch of a document as a model is shown it, and what of it may be quoted. */
export interface Excerpt {
  readonly document: string;
  /** Texts of the passages: rows of the page, those that run on joined by a blank. */
  readonly passages: readonly string[];
  /** Where a stretch of a passage stands on the page. */
  readonly spansOf: (stretch: Stretch) => readonly Span[];
  /** The cells of the page, and what follows the labels inside of them, that a stretch is a part of. */
  readonly around: (stretch: Stretch) => readonly Stretch[];
}

/** What is shown at once where a step says nothing: fits the smallest context together with question and answer. */
const usualWindow = { tokens: 900, overlap: 120, most: 24 };

/** What of a document is asked about, and how much of it there is. */
export interface Excerpts {
  readonly asked: readonly Excerpt[];
  /** Windows of the whole document, asked or not. */
  readonly of: number;
}

/** The document in windows, in order; of one that has more than may be asked, those at its beginning and its end. */
export function excerptsOf(survey: Survey, size: WindowSize = usualWindow): Excerpts {
  const { layout } = survey;
  const cells = Map.groupBy(survey.candidates("text"), ({ row }) => row);
  const rows = layout.rows.map(shown);
  const windows = windowsOf(rows, size);
  const asked = bothEnds(windows, size.most ?? usualWindow.most).map(({ from, to }): Excerpt => {
    const passages = passagesOf(layout, layout.rows.slice(from, to));
    return {
      document: rows.slice(from, to).join("\n"),
      passages: passages.map(({ text }) => text),
      spansOf: ({ passage, start, end }) => passages[passage]?.parts.flatMap((part) => spanIn(part, start, end)) ?? [],
      around: (stretch) =>
        passages[stretch.passage]?.parts.flatMap((part) =>
          cellsAround(part, cells.get(part.row.index) ?? [], stretch),
        ) ?? [],
    };
  });
  return { asked, of: windows.length };
}

function bothEnds<T>(all: readonly T[], most: number): readonly T[] {
  const head = Math.ceil(most / 2);
  return all.length <= most ? all : [...all.slice(0, head), ...all.slice(all.length - (most - head))];
}

function shown({ text }: Row): string {
  return text.trim().replaceAll(/\s{2,}/g, "  ");
}

interface Part {
  readonly row: Row;
  /** Where the row begins in the passage's text. */
  readonly at: number;
}

interface Passage {
  readonly text: string;
  readonly parts: readonly Part[];
}

function passagesOf(layout: Layout, rows: readonly Row[]): readonly Passage[] {
  const passages: Passage[] = [];
  for (const row of rows) {
    const open = passages.at(-1);
    const before = open?.parts.at(-1)?.row;
    if (open !== undefined && before !== undefined && isSentence(layout, before, row)) {
      const parts = [...open.parts, { row, at: open.text.length + 1 }];
      passages[passages.length - 1] = { text: `${open.text} ${row.text}`, parts };
    } else passages.push({ text: row.text, parts: [{ row, at: 0 }] });
  }
  return passages;
}

/** Whether a sentence goes on over the break: a quote goes on where only a letter in the next row's case says so. */
function isSentence(layout: Layout, row: Row, next: Row): boolean {
  return runsOn(layout, row) === next && /^\s*\p{Ll}/u.test(next.text);
}

function spanIn({ row, at }: Part, start: number, end: number): readonly Span[] {
  const [from, to] = [Math.max(0, start - at), Math.min(row.text.length, end - at)];
  return from < to ? [spanOf(row.line, row.offset + from, row.offset + to)] : [];
}

function cellsAround({ at }: Part, cells: readonly Candidate[], { passage, start, end }: Stretch): readonly Stretch[] {
  return cells
    .map((cell) => ({ passage, start: at + cell.start, end: at + cell.end }))
    .filter((cell) => cell.start <= start && cell.end >= end);
}
