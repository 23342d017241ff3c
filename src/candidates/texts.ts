import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Cell, Layout, Row } from "./layout.ts";

const label = /^[^:]{1,48}:\s*/;

/** Strings of no known kind: whole cells, and what follows the label inside a cell. */
export function findText(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) => row.cells.flatMap((cell) => textsOf(layout, row, cell)));
}

function textsOf(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const head = label.exec(cell.text)?.[0].length ?? 0;
  const rest = cell.text.length - head;
  const found: Candidate[] = [];
  if (cell.text.length <= 200) found.push(textAt(layout, row, [cell.start, cell.end], "cell"));
  if (head > 0 && rest > 0 && rest <= 200)
    found.push(textAt(layout, row, [cell.start + head, cell.end], "after-label"));
  return found;
}

function textAt(layout: Layout, row: Row, range: readonly [number, number], trait: string): Candidate {
  const value = row.text.slice(...range).replaceAll(/\s+/g, " ");
  return candidateAt(layout, row, range, { kind: "text", value, traits: [trait] });
}

/** Every place where one of the given values stands as whole words, ignoring case. */
export function findOptions(layout: Layout, values: readonly string[]): readonly Candidate[] {
  return overRows(layout, (row) => {
    const lower = row.text.toLowerCase();
    return values.flatMap((value) => {
      const printed = value.toLowerCase().replaceAll(/[_-]/g, " ");
      return placesOf(lower, printed).map((at) =>
        candidateAt(layout, row, [at, at + printed.length], { kind: "text", value, traits: ["option"] }),
      );
    });
  });
}

function placesOf(text: string, words: string): readonly number[] {
  const places: number[] = [];
  let at = words === "" ? -1 : text.indexOf(words);
  while (at >= 0) {
    if (wholeWords(text, at, at + words.length)) places.push(at);
    at = text.indexOf(words, at + words.length);
  }
  return places;
}

function wholeWords(text: string, start: number, end: number): boolean {
  const letter = /[\p{L}\d]/u;
  return !letter.test(text.charAt(start - 1)) && !letter.test(text.charAt(end));
}
