import type { Candidate } from "./candidate.ts";
import { overText, type Reading } from "./flow.ts";
import type { Layout } from "./layout.ts";
import { monthOf } from "./months.ts";

/** Whether numeric dates of a document begin with the day or with the month, and how sure that is. */
interface DateOrder {
  readonly first: "day" | "month";
  /** From an unmistakable date of the same document; otherwise from language and currency. */
  readonly certain: boolean;
}

/** "03/02/20-03/08/20": a dash between two dates is neither before nor inside of one. */
const numeric =
  /(?<![\d/.,])(?<!(?<![./]\d{2}|[./]\d{4})-)(?:(?<a>\d{1,2})\s?(?<s>[./-])\s?(?<b>\d{1,2})\s?\k<s>\s?(?<c>\d{4}(?!\d)|\d{4}(?=\d{2}:)|\d{2}(?![\d.,/:-]*\d|\d)|\d{2}(?=\s+\d{1,2}:)|\d{2}(?=-\d{1,2}[./]\d{1,2}[./]\d)))/g;
/** As tills in Denmark write it: 07/05-2026. */
const dashedYear = /(?<![\d/.,-])(?<d>\d{1,2})\/(?<m>\d{1,2})-(?<y>(?:19|20)\d{2})(?![\d/-])/g;
const yearFirst = /(?<![\d/.,-])(?<y>(?:19|20)\d{2})\s?(?<s>[./-])\s?(?<m>\d{1,2})\s?\k<s>\s?(?<d>\d{1,2})(?!\d)/g;
const compact = /(?<![\w/.,-])(?<y>(?:19|20)\d{2})(?<m>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\d|3[01])(?![\w.,/-]*\d)/g;
const reversed =
  /(?<![\w/.,-])(?<d>0[1-9]|[12]\d|3[01])(?<m>0[1-9]|1[0-2])(?<y>(?:19|20)\d{2})(?![\w.,/-]*\d)(?=\s+\d{1,2}:\d{2})/g;
const dayName =
  /(?<![\d.,/])(?<d>\d{1,2})(?:\s?st|\s?nd|\s?rd|\s?th|er|\.|º|°|ª)?[\s./-]{0,3}(?:de\s|(?:day\s)?of\s)?(?<n>\p{L}{3,10})\.?[\s,./'-]{0,3}(?:de[l]?\s|of\s)?(?<y>\d{4}|\d{2}(?![:\d]))(?![\d%])/gu;
const nameDay =
  /(?<!\p{L})(?<n>\p{L}{3,10})\.?[\s-]{0,2}(?<d>\d{1,2})(?:st|nd|rd|th)?[\s,.-]{1,3}(?<y>\d{4}|'\d{2})(?!\d)/gu;

/** All dates of the page as ISO 8601. One that could be read two ways gives both, the likelier without `unlikely`. */
export function findDates(layout: Layout): readonly Candidate[] {
  const order = dateOrderOf(layout);
  return overText(layout, "date", (text) => datesIn(text, order));
}

function datesIn(text: string, order: DateOrder): readonly Reading[] {
  const found: Reading[] = [];
  const taken: [number, number][] = [];
  const add = (start: number, end: number, iso: string | null, traits: readonly string[] = []) => {
    if (iso === null || taken.some(([from, to]) => start < to && from < end)) return;
    found.push({ start, end, value: iso, traits });
  };
  const close = (start: number, end: number) => {
    if (found.some((one) => one.start === start)) taken.push([start, end]);
  };
  for (const { index, 0: match, groups = {} } of text.matchAll(yearFirst)) {
    add(index, index + match.length, isoOf(groups["y"], groups["m"], groups["d"]), ["year-first"]);
    close(index, index + match.length);
  }
  for (const { index, 0: match, groups = {} } of text.matchAll(numeric)) {
    const end = index + match.length;
    for (const [iso, traits] of readingsOf(groups, order)) add(index, end, iso, traits);
    close(index, end);
  }
  for (const pattern of [dayName, nameDay]) {
    for (const { index, 0: match, groups = {} } of text.matchAll(pattern)) {
      const month = monthOf(groups["n"] ?? "");
      if (month === null) continue;
      add(index, index + match.length, isoOf(groups["y"], String(month), groups["d"]), ["month-name"]);
      close(index, index + match.length);
    }
  }
  for (const pattern of [compact, reversed, dashedYear]) {
    for (const { index, 0: match, groups = {} } of text.matchAll(pattern)) {
      add(
        index,
        index + match.length,
        isoOf(groups["y"], groups["m"], groups["d"]),
        pattern === dashedYear ? [] : ["compact"],
      );
      close(index, index + match.length);
    }
  }
  return found;
}

function readingsOf(
  groups: Readonly<Record<string, string | undefined>>,
  order: DateOrder,
): readonly (readonly [iso: string | null, traits: readonly string[]])[] {
  const { a, b, c, s } = groups;
  const short = c?.length === 2 ? ["short-year"] : [];
  const dayFirst = isoOf(c, b, a);
  const monthFirst = isoOf(c, a, b);
  if (dayFirst === null || monthFirst === null || dayFirst === monthFirst) return [[dayFirst ?? monthFirst, short]];
  const first = s === "." ? "day" : order.first;
  const [likely, other] = first === "day" ? [dayFirst, monthFirst] : [monthFirst, dayFirst];
  if (order.certain || s === ".") return [[likely, short]];
  return [
    [likely, [...short, "ambiguous"]],
    [other, [...short, "ambiguous", "unlikely"]],
  ];
}

/** ISO 8601, or null where there is no such day between 1970 and 2079. Two-digit years are of that span too. */
export function isoOf(year: string | undefined, month: string | undefined, day: string | undefined): string | null {
  const digits = (year ?? "").replace("'", "");
  const short = Number(digits);
  const y = digits.length === 2 ? short + (short < 70 ? 2000 : 1900) : short;
  const m = Number(month);
  const d = Number(day);
  if (!(y >= 1970 && y <= 2079 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m))) return null;
  return `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** An unmistakable date decides; else the language and the currency; else the day comes first, as in most of the world. */
function dateOrderOf(layout: Layout): DateOrder {
  let day = 0;
  let month = 0;
  for (const row of layout.rows) {
    for (const { groups = {} } of row.text.matchAll(numeric)) {
      const dayFirst = isoOf(groups["c"], groups["b"], groups["a"]);
      const monthFirst = isoOf(groups["c"], groups["a"], groups["b"]);
      if (dayFirst !== null && monthFirst === null) day += 1;
      if (monthFirst !== null && dayFirst === null) month += 1;
    }
  }
  if (day !== month) return { first: day > month ? "day" : "month", certain: day === 0 || month === 0 };
  return { first: looksAmerican(layout) ? "month" : "day", certain: speaksDayFirst(layout) };
}

function looksAmerican(layout: Layout): boolean {
  const text = layout.rows
    .slice(0, 200)
    .map((row) => row.text)
    .join("\n");
  const dollars = /(?<![A-Z])\$\s?\d|\bUSD\b/.test(text);
  const address = /\b[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?\b/.test(text) || /\bsales tax\b|\bU\.?S\.?A\b/i.test(text);
  return dollars && address && !/\bGST\b|\bVAT\b|€|£|\bRM\b/.test(text);
}

const dayFirstWords =
  /\b(?:rechnung|datum|betrag|mwst|ust|facture|montant|tva|factuur|btw|bedrag|factura|importe|iva|fattura|importo|fecha)\b|€/gi;

function speaksDayFirst(layout: Layout): boolean {
  const text = layout.rows
    .slice(0, 200)
    .map((row) => row.text)
    .join("\n");
  return [...text.matchAll(dayFirstWords)].length >= 2;
}
