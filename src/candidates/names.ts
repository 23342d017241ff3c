import { bounded, type Candidate, candidateAt, candidateOver } from "./candidate.ts";
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
  return bounded(layout.rows.flatMap((row) => row.cells.flatMap((cell) => namesOf(layout, row, cell))));
}

function namesOf(layout: Layout, row: Row, cell: Cell): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const [from, to] of partsOf(cell)) {
    const text = row.text.slice(from, to);
    const label = labelBefore.exec(text)?.[0].length ?? 0;
    const range = trimmed(row.text, from + label, to);
    if (range === null || !nameLike(row.text.slice(...range))) continue;
    const traits = [label > 0 ? "after-label" : from > cell.start || to < cell.end ? "part" : "cell"];
    found.push(nameAt(layout, row, range, traits));
    const over = label === 0 && from === cell.start && to === cell.end ? continued(layout, row, cell, range) : null;
    if (over !== null) found.push(over);
  }
  return found;
}

function nameAt(layout: Layout, row: Row, range: readonly [number, number], traits: readonly string[]): Candidate {
  const value = row.text.slice(...range).replaceAll(/\s+/g, " ");
  return candidateAt(layout, row, range, { kind: "name", value, traits });
}

/** A name over two lines: the next line of the same column, when it is not an address or a label. */
function continued(layout: Layout, row: Row, cell: Cell, range: readonly [number, number]): Candidate | null {
  const next = layout.rows[row.index + 1];
  if (next === undefined || next.page !== row.page || next.top - row.top > 2.2) return null;
  const below = next.cells.find((other) => other.left < cell.right && cell.left < other.right);
  if (below === undefined || Math.abs(below.left - cell.left) > Math.max(4, cell.right - cell.left)) return null;
  const rest = trimmed(next.text, below.start, below.end);
  if (rest === null) return null;
  const words = next.text.slice(...rest);
  const first = row.text.slice(...range);
  if (!nameLike(words) || /[\d:]/.test(words) || words.length > 40) return null;
  if (legalForm.test(first) && !legalForm.test(words) && !opens(first)) return null;
  const whole = `${first} ${words}`.replaceAll(/\s+/g, " ");
  const parts = [
    { row, start: range[0], end: range[1] },
    { row: next, start: rest[0], end: rest[1] },
  ];
  return candidateOver(layout, parts, { kind: "name", value: whole, traits: ["two-lines"] });
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
