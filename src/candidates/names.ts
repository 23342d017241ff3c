import { type Candidate, candidateAt, candidateOver, overRows } from "./candidate.ts";
import type { Cell, Layout, Row } from "./layout.ts";

/** Legal forms of companies, as whole words. */
export const legalForm =
  /(?<![\p{L}\d])(?:gmbh(?:\s?&\s?co\.?\s?kg)?|mbh|ag|kg|ohg|gbr|ug|e\.?\s?k\.?|e\.?\s?v\.?|eg|se|ltd|limited|llc|llp|plc|inc|corp|corporation|co|company|sdn\.?\s?bhd|bhd|s\/b|enterprises?|trading|holdings?|sarl|s\.?a\.?r\.?l|sas|s\.?a\.?s|sasu|eurl|sa|s\.?a|snc|sci|b\.?v|n\.?v|v\.?o\.?f|bvba|srl|s\.?r\.?l|spa|s\.?p\.?a|s\.?l|s\.?l\.?u|sl|slu|ab|oy|aps|a\/s|pty|pte|kft|s\.?r\.?o|sp\.?\s?z\s?o\.?\s?o)\.?(?![\p{L}\d])/iu;

const separator = /\s(?:[-–—•·●|*¦∙⋅]|\\|\/\/)\s|[•·●|¦∙⋅]/g;
const labelBefore = /^[\p{L}][\p{L}\s./'’()-]{1,40}:\s*/u;
const registration =
  /\s*[([]\s*(?:co\.?\s*(?:reg\.?)?\s*(?:no)?\.?:?\s*)?[A-Z0-9-]*\d[A-Z0-9\s/-]*[)\]]?\s*$|\s+[([]?\d{5,7}-[A-Z](?![\p{L}\d]).{0,16}$/iu;

/**
 * Lines and parts of lines that can name a company or a person: cells, what stands between dashes and
 * bullets, what follows a label, and names that go on in the next line.
 */
export function findNames(layout: Layout): readonly Candidate[] {
  return overRows(layout, (row) => row.cells.flatMap((cell) => namesOf(layout, row, cell)));
}

function namesOf(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const found: Candidate[] = [];
  const parts = partsOf(cell);
  const whole = [cell.start, cell.end] as const;
  // A cell with a dash or bullet inside may be one name all the same.
  const parted = parts.length === 2 && cell.text.length <= partedMax;
  for (const [from, to] of parted ? [...parts, whole] : parts) {
    const label = labelOf(row.text.slice(from, to));
    if (label > 0 && !/\s$/.test(row.text.slice(from, from + label))) found.push(...glued(layout, row, [from, to]));
    const range = trimmed(row.text, from + label, to);
    if (range === null || !nameLike(row.text.slice(...range))) continue;
    const part = from > cell.start || to < cell.end ? "part" : parts.length > 1 ? "parted" : "cell";
    const traits = [label > 0 ? "after-label" : part];
    if (isWhole(row.text.slice(...range))) found.push(nameAt(layout, row, range, traits));
    const form = formEnd(row.text, range);
    if (form !== null) found.push(nameAt(layout, row, [range[0], form], ["cut"]));
    const numbered = withNumber(row.text, range, to);
    if (numbered !== null) found.push(nameAt(layout, row, numbered, ["numbered"]));
    if (to === cell.end) found.push(...continued(layout, { row, cell }, range));
  }
  return [...found, ...overGap(layout, row, cell)];
}

/** Characters of a name with a dash or bullet inside, at most. */
const partedMax = 60;

/** "media:port GmbH": a colon without a blank after it may be part of the name. */
function glued(layout: Layout, row: Row, [from, to]: readonly [number, number]): readonly Candidate[] {
  const range = trimmed(row.text, from, to);
  const text = range === null ? "" : row.text.slice(...range);
  return range !== null && nameLike(text) && !/\d/.test(text) ? [nameAt(layout, row, range, ["glued"])] : [];
}

/** Length of a label before a name; an open bracket or a legal form before the colon makes it part of the name. */
function labelOf(text: string): number {
  const label = labelBefore.exec(text)?.[0] ?? "";
  return label.includes("(") && !label.includes(")") ? 0 : label.length;
}

/** A legal form that two or three blanks part from the name before it. */
function overGap(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const next = row.cells.find((other) => other.start > cell.end);
  if (next === undefined || next.start - cell.end > 3 || next.left - cell.right > 4) return [];
  const form = legalForm.exec(next.text);
  if (form?.index !== 0 || !nameLike(cell.text)) return [];
  return [nameAt(layout, row, [cell.start, next.start + form[0].length], ["over-gap"])];
}

/** The name with the number in brackets that follows it, where that is how the page writes it: "Nordwind Party (72141)". */
function withNumber(
  text: string,
  [start, end]: readonly [number, number],
  to: number,
): readonly [number, number] | null {
  const number = /^[\s-]{0,2}\(\s?[A-Z]{0,2}\d[\dA-Z\s-]{1,14}\)/u.exec(text.slice(end, to))?.[0].length ?? 0;
  return number === 0 ? null : [start, end + number];
}

/** Where a legal form ends inside of a text that goes on with something else: "Nordwind GmbH Customer no". */
function formEnd(text: string, [start, end]: readonly [number, number]): number | null {
  const form = legalForm.exec(text.slice(start, end));
  if (form === null || form.index < 3) return null;
  const at = start + form.index + form[0].length;
  const rest = text.slice(at, end);
  if (rest.trim().length < 3 || /^\s*[(&]/.test(rest) || legalForm.test(rest)) return null;
  return at;
}

function nameAt(layout: Layout, row: Row, range: readonly [number, number], traits: readonly string[]): Candidate {
  const value = row.text.slice(...range).replaceAll(/\s+/g, " ");
  return candidateAt(layout, row, range, { kind: "name", value, traits });
}

/** Lines a name goes over, at most; of short lines on narrow paper more. */
const nameLines = 3;
const shortLines = 5;
const shortChars = 14;

/** A name over two or three lines: those below in the same column, while they are no address and no label. */
function continued(
  layout: Layout,
  { row, cell }: { readonly row: Row; readonly cell: Cell },
  range: readonly [number, number],
): readonly Candidate[] {
  const parts = [{ row, start: range[0], end: range[1] }];
  const found: Candidate[] = [];
  let words = row.text.slice(...range);
  for (let last = { row, cell }; parts.length < (words.length <= shortChars * parts.length ? shortLines : nameLines);) {
    const next = below(layout, last.row, last.cell);
    const rest = next === null ? null : trimmed(next.row.text, next.cell.start, next.cell.end);
    if (next === null || rest === null) break;
    const more = next.row.text.slice(...rest);
    if (!goesOn(words, more)) break;
    words = `${words} ${more}`;
    parts.push({ row: next.row, start: rest[0], end: rest[1] });
    const whole = { kind: "name", value: words.replaceAll(/\s+/g, " "), traits: ["two-lines"] } as const;
    const one = candidateOver(layout, parts, whole);
    if (one !== null && isWhole(words)) found.push(one);
    last = next;
  }
  return found;
}

function below(layout: Layout, row: Row, cell: Cell): { readonly row: Row; readonly cell: Cell } | null {
  const next = layout.rows[row.index + 1];
  if (next === undefined || next.page !== row.page || next.top - row.top > 2.2) return null;
  const under = next.cells.find((other) => other.left < cell.right && cell.left < other.right);
  if (under === undefined || Math.abs(under.left - cell.left) > Math.max(4, cell.right - cell.left)) return null;
  return { row: next, cell: under };
}

function goesOn(words: string, more: string): boolean {
  if (!nameLike(more) || /^\d|:|\d{3}/.test(more) || more.length > 40) return false;
  if (/(?<!\p{L})(?:no|nr|reg|id|tel|fax|n°)\.?$/iu.test(more)) return false;
  return !legalForm.test(words) || legalForm.test(more) || opens(words);
}

/** Neither the rest of a name nor one that the next line goes on with. */
function isWhole(text: string): boolean {
  const closes = text.indexOf(")");
  const opened = text.indexOf("(");
  return !(closes >= 0 && (opened < 0 || closes < opened)) && !opens(text) && !/[&+]$/.test(text);
}

/** A bracket that the next line closes. */
function opens(text: string): boolean {
  return text.lastIndexOf("(") > text.lastIndexOf(")");
}

function partsOf(cell: Cell): readonly (readonly [number, number])[] {
  const cuts = [...cell.text.matchAll(separator)];
  if (cuts.length === 0) return [[cell.start, cell.end]];
  let from = cell.start;
  const parts: (readonly [number, number])[] = [];
  for (const cut of cuts) {
    parts.push([from, cell.start + cut.index]);
    from = cell.start + cut.index + cut[0].length;
  }
  return [...parts, [from, cell.end]];
}

/** Without blanks and loose punctuation around it, a leading item number and a trailing registration number. */
function trimmed(text: string, from: number, to: number): readonly [number, number] | null {
  let start = from;
  let end = to;
  const lead = /^[\s:;,.*#~=_>-]*(?:[#]?\d{4,}\s+(?=\p{L}))?/u.exec(text.slice(start, end))?.[0].length ?? 0;
  start += lead;
  const tail = registration.exec(text.slice(start, end))?.[0].length ?? 0;
  end -= tail;
  end -= /[\s:;,*#~=_<-]*$/.exec(text.slice(start, end))?.[0].length ?? 0;
  return end - start >= 2 ? [start, end] : null;
}

function nameLike(text: string): boolean {
  if (text.length > 90 || text.length < 2) return false;
  const letters = text.replaceAll(/[^\p{L}]/gu, "").length;
  if (letters < 2 || letters < text.length * 0.5) return false;
  if (/@|https?:|www\.|^\p{Ll}{1,3}\s/u.test(text)) return false;
  return text.split(/\s+/).length <= 10;
}
