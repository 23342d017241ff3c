import { monthOf } from "../../../src/candidates/months.ts";

/** Dates as clinical records print them → ISO 8601, as exact as the page: a year, a month or a day. Pure. */

/** Whether 03/04/2012 is the fourth of March. */
export type DateOrder = "day" | "month";

const yearMin = 1880;
const yearMax = 2099;

const patterns: readonly RegExp[] = [
  // HL7: 19471010, 201302010930+0500
  /(?<![\d.])(?<y>(?:18|19|20)\d{2})(?<m>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\d|3[01])(?:\d{2,6}(?:\.\d+)?)?(?:[+-]\d{4})?(?!\d)/,
  /(?<!\d)(?<y>(?:18|19|20)\d{2})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})(?!\d)/,
  /(?<!\d)(?<a>\d{1,2})[-/.](?<b>\d{1,2})[-/.](?<y>(?:18|19|20)\d{2}|\d{2})(?!\d)/,
  /(?<!\d)(?<d>\d{1,2})(?:st|nd|rd|th)?[\s.-]{1,3}(?:of\s)?(?<n>\p{L}{3,10})\.?[\s,.-]{1,3}(?<y>(?:18|19|20)\d{2})(?!\d)/u,
  /(?<!\p{L})(?<n>\p{L}{3,10})\.?\s{1,2}(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?<y>(?:18|19|20)\d{2})(?!\d)/u,
  /(?<!\p{L})(?<n>\p{L}{3,10})\.?,?[\s-]{1,2}(?<y>(?:18|19|20)\d{2})(?!\d)/u,
  /(?<![\d/.-])(?<m>0?[1-9]|1[0-2])\/(?<y>(?:18|19|20)\d{2})(?!\d)/,
  /(?<![\d/.-])(?<y>(?:18|19|20)\d{2})-(?<m>0[1-9]|1[0-2])(?![\d-])/,
  /(?<![\d/.,-])(?<y>(?:19|20)\d{2})(?![\d/.,:-]|\s*(?:mg|mcg|ml|g|units?)\b)/,
];

export interface DateFound {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** The first date of a text; null where it holds none. */
export function dateIn(text: string, order: DateOrder): DateFound | null {
  const found = patterns.flatMap((pattern) => {
    const match = pattern.exec(text);
    const value = match && isoOf(match.groups ?? {}, order);
    return match && value ? [{ value, start: match.index, end: match.index + match[0].length }] : [];
  });
  // The more exact pattern stands first and wins where two begin within each other.
  return found.reduce<DateFound | null>((best, one) => (best === null || one.end <= best.start ? one : best), null);
}

function isoOf(groups: Readonly<Record<string, string | undefined>>, order: DateOrder): string | null {
  const { y = "", a, b, n } = groups;
  const year = y.length === 2 ? null : Number(y);
  if (year === null || year < yearMin || year > yearMax) return null;
  if (a !== undefined && b !== undefined) {
    const [first, second] = order === "day" ? [b, a] : [a, b];
    return fullDate(year, Number(first), Number(second)) ?? fullDate(year, Number(second), Number(first));
  }
  const month = n === undefined ? groups["m"] : monthOf(n);
  if (n !== undefined && month === null) return null;
  if (month === undefined) return String(year);
  if (groups["d"] === undefined) return `${year}-${String(month).padStart(2, "0")}`;
  return fullDate(year, Number(month), Number(groups["d"]));
}

function fullDate(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (month < 1 || month > 12 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/** An unmistakable date of the record decides; else the month comes first, as in the records of the vendors known. */
export function dateOrderOf(texts: Iterable<string>): DateOrder {
  let day = 0;
  let month = 0;
  for (const text of texts) {
    for (const [, first, second] of text.matchAll(/(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](?:19|20)\d{2}(?!\d)/g)) {
      if (Number(first) > 12) day += 1;
      if (Number(second) > 12) month += 1;
    }
  }
  return day > month ? "day" : "month";
}
