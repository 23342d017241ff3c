import { type Candidate, candidateOver, type CandidateKind, type Layout } from "../../candidates/index.ts";

/** A page as its letters and digits alone, each with the place it stands at: to find a value however it is broken into lines. */
export interface Letters {
  readonly text: string;
  /** Row of each character. */
  readonly rows: Int32Array;
  /** Offset of each character in its row's text. */
  readonly offsets: Int32Array;
}

export function pageLetters(layout: Layout): Letters {
  const parts: string[] = [];
  const rows: number[] = [];
  const offsets: number[] = [];
  for (const row of layout.rows) {
    for (const match of row.text.matchAll(/[\p{L}\p{N}]/gu)) {
      const upper = match[0].normalize("NFKC").toUpperCase();
      for (let at = 0; at < upper.length; at += 1) {
        rows.push(row.index);
        offsets.push(match.index);
      }
      parts.push(upper);
    }
  }
  return { text: parts.join(""), rows: Int32Array.from(rows), offsets: Int32Array.from(offsets) };
}

/** The place where a text of letters and digits stands as whole words, or null. */
export function placeOf(
  wanted: string,
  letters: Letters,
  layout: Layout,
  kind: CandidateKind,
  value: string,
): Candidate | null {
  for (let at = letters.text.indexOf(wanted); at >= 0; at = letters.text.indexOf(wanted, at + 1)) {
    const last = at + wanted.length - 1;
    if (!wholeWords(at, last, letters, layout)) continue;
    return candidateOver(layout, partsOf(at, last, letters, layout), { kind, value, traits: ["known"] });
  }
  return null;
}

function wholeWords(first: number, last: number, { rows, offsets }: Letters, layout: Layout): boolean {
  const before = layout.rows[rows[first] ?? 0]?.text.charAt((offsets[first] ?? 0) - 1) ?? "";
  const after = layout.rows[rows[last] ?? 0]?.text.charAt((offsets[last] ?? 0) + 1) ?? "";
  const letter = /[\p{L}\p{N}]/u;
  return !letter.test(before) && !letter.test(after);
}

function partsOf(first: number, last: number, { rows, offsets }: Letters, layout: Layout) {
  const parts: { row: Layout["rows"][number]; start: number; end: number }[] = [];
  for (let at = first; at <= last; at += 1) {
    const row = layout.rows[rows[at] ?? 0];
    const offset = offsets[at] ?? 0;
    const part = parts.at(-1);
    if (row === undefined) continue;
    if (part?.row === row) part.end = offset + 1;
    else parts.push({ row, start: offset, end: offset + 1 });
  }
  return parts;
}
