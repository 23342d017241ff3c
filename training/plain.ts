import type { DocumentText, Line, Word } from "../src/core/index.ts";

/** Plain text as the reader gives it: pages at form feeds, lines with words, no boxes. */
export function plainText(text: string): DocumentText {
  const pages = text.split("\f").map((page, at) => ({
    page: at + 1,
    size: null,
    lines: page.split(/\r?\n/).map((line, row): Line => lineOf(line, at + 1, row + 1)),
  }));
  return { kind: "text", pageCount: pages.length, pages, complete: true, skipped: [] };
}

function lineOf(text: string, page: number, line: number): Line {
  const words = [...text.matchAll(/\S+/g)].map(
    ({ 0: word, index }): Word => ({ text: word, start: index, end: index + word.length, box: null }),
  );
  return { page, line, text, words, box: null };
}
