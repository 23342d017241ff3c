import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

const token = /[\p{L}\d][\p{L}\d\-/.#_+&]{0,39}/gu;
const month = /^\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})$|^(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}$/;

/**
 * Everything that can be a number of something: words with a digit in them, with the letters or digits
 * before or after them that may belong to it ("CS 10012", "2026 / 17"). Values stand as printed.
 */
export function findIdentifiers(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) => identifiersOf(layout, row));
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function identifiersOf(layout: Layout, row: Row): readonly Candidate[] {
  const pieces = piecesOf(row.text);
  return pieces.flatMap((piece, at) => {
    if (!/\d/.test(piece.text) || month.test(piece.text)) return [];
    const before = joined(row.text, pieces[at - 1], piece);
    const ranges: (readonly [number, number, string])[] = [];
    if (piece.text.length > 1) ranges.push([piece.start, piece.end, before === null ? "whole" : "tail"]);
    if (before !== null) ranges.push([before, piece.end, "joined"]);
    return ranges.map(([start, end, trait]) => {
      const value = row.text.slice(start, end).replaceAll(/\s+/g, " ");
      return candidateAt(layout, row, [start, end], { kind: "identifier", value, traits: [trait] });
    });
  });
}

/** Start of the two pieces together where they may be one number: a short prefix, one blank or a slash between. */
function joined(text: string, before: Piece | undefined, piece: Piece): number | null {
  if (before === undefined) return null;
  const between = text.slice(before.end, piece.start);
  if (!/^(?:\s|\s?-\s?|\s{0,5}\/\s{0,5})$/.test(between)) return null;
  const prefix =
    /^[A-Z]{1,5}$/.test(before.text) &&
    !/^(?:NO|NR|NUM|REF|ID|VOM|DU|DEL|DE|DATE|TEL|FAX|PAGE|QTY|RM|EUR|USD)$/.test(before.text);
  const digits = /^\d{2,6}$/.test(before.text) && /^\d{1,8}$/.test(piece.text) && between.trim() !== "";
  const groups = /^(?=.*\d)[A-Z0-9]{1,8}$/.test(before.text) && /^\d{2,8}$/.test(piece.text) && between === " ";
  return prefix || digits || groups ? before.start : null;
}

/** Words without the sign of a label glued to their front ("INV#123", "No.123") or punctuation at their end. */
function piecesOf(text: string): readonly Piece[] {
  const found: Piece[] = [];
  for (const match of text.matchAll(token)) {
    const glued = /^(?:\p{L}{1,12}[.#]+|(?:no|nr|inv|ref)\.?(?=\d))(?=[\p{L}\d]*\d)/iu.exec(match[0])?.[0].length ?? 0;
    const tail = /[-/.#_+&]+$/.exec(match[0])?.[0].length ?? 0;
    const start = match.index + (/^\p{Lu}\.\d/u.test(match[0]) ? 0 : glued);
    const end = match.index + match[0].length - tail;
    if (end > start) found.push({ start, end, text: text.slice(start, end) });
  }
  return found;
}
