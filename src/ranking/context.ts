import { type Candidate, type Cell, isCurrencySign, type Layout, type Row, runsOn } from "../candidates/index.ts";
import { type Meaning, meaningOf } from "./labels.ts";

/** A piece of the page that may say what a value is. */
export interface Label {
  readonly text: string;
  readonly meaning: Meaning;
  /** Other values that stand between the label and the value. */
  readonly hops: number;
  /** Columns (left) or line heights (above) between the label and the value. */
  readonly distance: number;
}

/** The labels around a candidate. A missing one has no meaning. */
export interface Context {
  /** Before it on the same row; in running text, at the end of the row above. */
  readonly left: Label;
  /** Above it in the same column. */
  readonly above: Label;
  /** In the row above, further left: where labels and values stand on rows of their own. */
  readonly prior: Label;
  /** After it on the same row. */
  readonly right: Label;
  /** The nearest heading above in the same column that names a party or a section. */
  readonly section: Label;
}

const none: Label = { text: "", meaning: new Set<string>(), hops: 0, distance: 0 };

const wordsMax = 9;
/** A text of so many words, set apart from the value, is a sentence of its own. */
const proseWords = 8;
const hopsMax = 6;
const rowsUp = 16;

export function contextOf(layout: Layout, candidate: Candidate): Context {
  const row = layout.rows[candidate.row];
  if (row === undefined) return { left: none, above: none, prior: none, right: none, section: none };
  const left = leftOf(layout, row, candidate);
  return {
    left,
    above: aboveOf(layout, row, candidate),
    prior: priorOf(layout, row, candidate),
    right: rightOf(layout, row, candidate),
    section: sectionOf(layout, row, candidate),
  };
}

const linking = /^(?:vom|von|du|of|le|del|van|dated|den|am|en|il|dd|d\.d|from)[.,:]?$/i;
const word = /\S+/g;

/** Shorter rows are lines of a form, not of running text. */
const proseChars = 50;

/** Kinds that stand in running text: what is said before and after them goes over line breaks. */
const inProse: ReadonlySet<string> = new Set(["place", "duration", "phrase"]);
/** Words before and after a value in running text that may say what it is. */
const proseWordsMax = 14;

function proseLeft(layout: Layout, row: Row, candidate: Candidate): Label {
  const upper = layout.rows[row.index - 1];
  const before = upper !== undefined && runsOn(layout, upper) === row ? `${upper.text} ` : "";
  const sentence = (before + row.text.slice(0, candidate.start)).split(/[;:]\s|\.\s+(?=\p{Lu})/u).at(-1) ?? "";
  return proseLabel(sentence.trim().split(/\s+/).slice(-proseWordsMax).join(" "));
}

function proseRight(layout: Layout, row: Row, candidate: Candidate): Label {
  const next = runsOn(layout, row);
  const piece = candidate.row === candidate.lastRow ? "" : (candidate.spans.at(-1)?.text ?? "");
  const end = piece === "" ? candidate.end : row.text.indexOf(piece) + piece.length;
  const sentence = `${row.text.slice(end)} ${next?.text ?? ""}`.split(/[;:]\s|\.\s+(?=\p{Lu})/u)[0] ?? "";
  return proseLabel(sentence.trim().split(/\s+/).slice(0, proseWordsMax).join(" "));
}

function proseLabel(text: string): Label {
  return /\p{L}/u.test(text) ? { text, meaning: meaningOf(text), hops: 0, distance: 0 } : none;
}

function leftOf(layout: Layout, row: Row, candidate: Candidate): Label {
  if (inProse.has(candidate.kind) && row.text.length >= proseChars) return proseLeft(layout, row, candidate);
  if (row.text.slice(0, candidate.start).trim() !== "") return leftInRow(layout, row, candidate);
  const upper = layout.rows[row.index - 1];
  if (upper === undefined || upper.text.length < proseChars || runsOn(layout, upper) !== row) return none;
  const end = upper.text.trimEnd().length;
  const column = layout.columnAt(upper, end);
  return leftInRow(layout, upper, { ...candidate, row: upper.index, start: end, end, left: column, right: column });
}

/** Walks left word by word: letters gather into a label, values before the first letters are hops. */
function leftInRow(layout: Layout, row: Row, candidate: Candidate): Label {
  const words = [...row.text.slice(0, candidate.start).matchAll(word)];
  const label: string[] = [];
  let hops = 0;
  let begin = candidate.start;
  let end = candidate.start;
  let inValue = false;
  for (let at = words.length - 1; at >= 0 && label.length < wordsMax && hops <= hopsMax; at -= 1) {
    const { 0: text, index } = words[at] ?? { 0: "", index: 0 };
    const gap = begin - (index + text.length);
    if (label.length > 0 && (gap >= 2 || startsCell(row, begin)) && hasLetters(label)) break;
    const share = /^\d{1,2}(?:[.,]\d{1,3})?$/.test(text) && /^\s?%/.test(row.text.slice(index + text.length));
    if (isValue(text) && !share) {
      // "Invoice A-17 of 5 March": the word between two values does not say what the second is.
      const links = label.length === 1 && linking.test(label[0] ?? "");
      if (links) {
        begin = index;
        continue;
      }
      if (hasLetters(label)) break;
      if (!inValue || gap >= 2) hops += 1;
      inValue = true;
      label.length = 0;
    } else if (!isCurrencySign(text)) {
      inValue = false;
      if (label.length === 0) end = index + text.length;
      label.unshift(text);
    }
    begin = index;
  }
  if (!hasLetters(label)) return { ...none, hops };
  const text = label.join(" ");
  const distance = Math.max(0, candidate.left - layout.columnAt(row, end));
  if (label.length >= proseWords && distance >= 4) return { ...none, hops };
  return { text, meaning: meaningOf(text), hops, distance };
}

function startsCell(row: Row, offset: number): boolean {
  return row.cells.some((cell) => cell.start === offset);
}

function rightOf(layout: Layout, row: Row, candidate: Candidate): Label {
  const last = layout.rows[candidate.lastRow];
  if (inProse.has(candidate.kind) && last !== undefined && row.text.length >= proseChars)
    return proseRight(layout, last, candidate);
  const rest = candidate.row === candidate.lastRow ? row.text.slice(candidate.end, candidate.end + 40) : "";
  const text = /^[\s)\]]*(\p{L}[^\d]{0,24})/u.exec(rest)?.[1] ?? "";
  return text === "" ? none : { text, meaning: meaningOf(text), hops: 0, distance: 0 };
}

/** Walks up the column: the first text that is not a value. */
function aboveOf(layout: Layout, row: Row, candidate: Candidate): Label {
  let hops = 0;
  for (let at = row.index - 1; at >= Math.max(0, row.index - rowsUp) && hops <= hopsMax * 2; at -= 1) {
    const upper = layout.rows[at];
    if (upper === undefined || upper.page !== row.page) return none;
    const cell = upper.cells.find((other) => other.left < candidate.right + 1 && candidate.left - 1 < other.right);
    if (cell === undefined) continue;
    const text = aligned(layout, upper, cell, candidate);
    if (isValueText(text)) {
      hops += 1;
      continue;
    }
    return { text, meaning: meaningOf(text), hops, distance: row.top - upper.top };
  }
  return none;
}

/** The words of a wide cell that stand right above the candidate; all of a narrow one. */
function aligned(layout: Layout, row: Row, cell: Cell, candidate: Candidate): string {
  const width = candidate.right - candidate.left;
  if (cell.right - cell.left <= width * 2 + 14) return cell.text;
  const touching = [...cell.text.matchAll(word)].filter(({ 0: text, index }) => {
    const left = layout.columnAt(row, cell.start + index);
    const right = layout.columnAt(row, cell.start + index + text.length);
    return left < candidate.right + 2 && candidate.left - 2 < right;
  });
  return touching.map(([text]) => text).join(" ");
}

/** For a value that begins its part of the row: the nearest cell further left in the row above. */
function priorOf(layout: Layout, row: Row, candidate: Candidate): Label {
  const upper = layout.rows[row.index - 1];
  const own = row.cells.find((cell) => cell.start <= candidate.start && candidate.start < cell.end);
  if (upper === undefined || own === undefined || upper.page !== row.page || upper.top < row.top - 3) return none;
  if (row.text.slice(own.start, candidate.start).trim().length > 3) return none;
  const before = upper.cells.findLast((cell) => cell.left <= candidate.left);
  if (before === undefined || isValueText(before.text)) return none;
  return { text: before.text, meaning: meaningOf(before.text), hops: 0, distance: candidate.left - before.left };
}

const sections = ["seller", "buyer", "shipTo", "bank", "delivery", "contract", "related"] as const;
const sectionRows = 9;

function sectionOf(layout: Layout, row: Row, candidate: Candidate): Label {
  for (let at = row.index - 1; at >= Math.max(0, row.index - sectionRows); at -= 1) {
    const upper = layout.rows[at];
    if (upper === undefined || upper.page !== row.page) return none;
    const cell = upper.cells.find(
      (other) =>
        Math.abs(other.left - candidate.left) <= 4 || (other.left <= candidate.left && candidate.left < other.right),
    );
    if (cell === undefined || cell.text.length > 60) continue;
    const meaning = meaningOf(cell.text);
    if (sections.some((section) => meaning.has(section)) && meaning.size <= 6) {
      return { text: cell.text, meaning, hops: row.index - at - 1, distance: row.top - upper.top };
    }
  }
  return none;
}

function hasLetters(words: readonly string[]): boolean {
  return words.some((text) => /\p{L}/u.test(text) || text === "#");
}

/** A word with digits that is not a share in percent: a value rather than a part of a label. */
function isValue(text: string): boolean {
  return (
    /\d/.test(text) &&
    !/^[(@]?\d{1,2}(?:[.,]\d{1,3})?%\)?:?$/.test(text) &&
    !/\p{L}{4}/u.test(text.replace(/\d.*$/, ""))
  );
}

function isValueText(text: string): boolean {
  const letters = text.replaceAll(/[^\p{L}]/gu, "").length;
  const digits = text.replaceAll(/\D/g, "").length;
  return letters === 0 || (digits > 0 && (digits >= letters || isCurrencySign(text.replaceAll(/[\d\s.,-]/g, ""))));
}
