import type { Candidate, Cell, Row } from "../candidates/index.ts";
import { type Span, spanOf } from "../core/index.ts";
import type { FieldSpec } from "./fields.ts";
import { kindOf } from "./ranker.ts";
import type { Survey } from "./survey.ts";

/** What stands in a row for one column. */
export interface Found {
  /** In printed form. */
  readonly value: string | boolean;
  readonly spans: readonly Span[];
}

const yes = /^(?:yes|y|ja|j|oui|si|sí|true|x|✓|✔|☑)$/i;
const no = /^(?:no|n|nein|non|false|-|–|✗|☐)$/i;

/** What a cell says of a field; null where it holds nothing of its kind. */
export function cellValue(field: FieldSpec, row: Row, cell: Cell, survey: Survey): Found | null {
  const text = cell.text.replaceAll(/\s+/g, " ").trim();
  const whole = { value: text, spans: [spanAt(row, cell.start, cell.end)] };
  if (field.type === "boolean") return yes.test(text) || no.test(text) ? { ...whole, value: yes.test(text) } : null;
  if (field.type === "enum") {
    const value = field.options.find((option) => printed(option) === text.toLowerCase());
    return value === undefined ? null : { ...whole, value };
  }
  if (isText(field)) return text === "" ? null : whole;
  const [best] = candidatesIn(field, row, survey)
    .filter((one) => one.start < cell.end && one.end > cell.start)
    .toSorted((a, b) => b.end - b.start - (a.end - a.start));
  return best === undefined ? null : { value: best.value, spans: best.spans };
}

const printed = (option: string) => option.toLowerCase().replaceAll(/[_-]/g, " ");

/** Strings that are whatever stands there. */
function isText({ type }: FieldSpec): boolean {
  return type === "text" || type === "name" || type === "place" || type === "address";
}

function candidatesIn(field: FieldSpec, row: Row, survey: Survey): readonly Candidate[] {
  const kind = kindOf(field);
  if (kind === null) return [];
  const whole = (one: Candidate) => field.type !== "integer" || one.traits.includes("whole");
  return survey.candidates(kind).filter((one) => one.row === row.index && one.lastRow === row.index && whole(one));
}

/**
 * The values of a row without headings: typed ones from left to right in the order of the schema, then words.
 * Null where one is missing that must be there, or where nothing in the row is of any kind.
 */
export function typedValues(own: readonly FieldSpec[], row: Row, survey: Survey): ReadonlyMap<FieldSpec, Found> | null {
  const found = new Map<FieldSpec, Found>();
  const taken: { readonly start: number; readonly end: number }[] = [];
  const free = ({ start, end }: { start: number; end: number }) =>
    taken.every((one) => one.end <= start || one.start >= end);
  const typed = own.filter((field) => !isText(field) && kindOf(field) !== null);
  for (const field of typed.toSorted((a, b) => certainty(a) - certainty(b))) {
    const best = candidatesIn(field, row, survey).find(free);
    if (best !== undefined) {
      found.set(field, { value: best.value, spans: best.spans });
      taken.push(best);
    } else if (!field.nullable) return null;
  }
  if (found.size === 0) return null;
  const stretches = between(row, taken);
  for (const field of own.filter(isText)) {
    const words = stretches.shift();
    if (words !== undefined) {
      found.set(field, { value: words.text.replaceAll(/\s+/g, " "), spans: [spanAt(row, words.start, words.end)] });
    } else if (!field.nullable) return null;
  }
  return found;
}

/** Kinds that are hard to mistake come first: a date is also three numbers. */
const certain = ["iban", "vat", "date", "money", "currency", "identifier", "duration", "decimal", "integer", "enum"];

function certainty({ type }: FieldSpec): number {
  return certain.indexOf(type);
}

/** Words of a row left and right of what was taken, and on either side of wide gaps. */
function between(row: Row, taken: readonly { readonly start: number; readonly end: number }[]) {
  const cuts = taken.toSorted((a, b) => a.start - b.start);
  return row.cells.flatMap((cell) => {
    const inside = cuts.filter(({ start, end }) => start < cell.end && end > cell.start);
    const starts = [cell.start, ...inside.map(({ end }) => end)];
    const ends = [...inside.map(({ start }) => start), cell.end];
    return starts.flatMap((from, at) => {
      const raw = row.text.slice(from, ends[at]);
      const lead = /^[\s,;:|–-]*/.exec(raw)?.[0].length ?? 0;
      const text = raw.slice(lead).replace(/[\s,;:|–-]+$/, "");
      return /\p{L}{2}/u.test(text) ? [{ text, start: from + lead, end: from + lead + text.length }] : [];
    });
  });
}

export function spanAt(row: Row, start: number, end: number): Span {
  return spanOf(row.line, row.offset + start, row.offset + end);
}
