import { Money } from "../core/index.ts";
import { type DecimalSign, decimalSignOf, parseAmount } from "./amounts.ts";
import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import { currencyOf, currencyPattern } from "./currencies.ts";
import type { Layout, Row } from "./layout.ts";

/**
 * Amounts of money and other numbers with decimals, exact and signed. Whole numbers count only with a
 * currency beside them; `findNumbers` gives the rest.
 */
export function findMoney(layout: Layout): readonly Candidate[] {
  const decimal = decimalSignOf(layout.rows.map((row) => row.text));
  const found = overRows(layout, (row) => amountsOf(layout, row, decimal));
  const strict = found.filter((candidate) => !candidate.traits.includes("whole"));
  return strict.length >= 2 ? strict : found;
}

const number =
  "\\d{1,3}(?:[.'’,]\\d{3}){1,4}(?:[.,]\\d{1,4})?|\\d{1,3}(?:[ \\u00a0\\u202f]\\d{3}){1,4}[.,]\\d{2}|\\d{1,12}(?:[.,]\\d{1,5})?|(?<=(?:^|[\\s$€£RM-]))[.,]\\d{2}";
const amount = new RegExp(
  `(?<before>${currencyPattern}\\s?)?(?<open>\\(\\s?)?(?<minus>[-−–]\\s?)?(?<between>${currencyPattern}\\s?)?` +
    `(?<number>${number})(?<dash>[.,](?:--|-|–|—))?(?<trailing>\\s?-(?![\\d\\w]))?(?<close>\\s?\\))?(?<after>\\s?${currencyPattern})?`,
  "gi",
);

function amountsOf(layout: Layout, row: Row, decimal: DecimalSign | null): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const match of row.text.matchAll(amount)) {
    const groups = match.groups ?? {};
    const printed = groups["number"] ?? "";
    const at = match.index + match[0].indexOf(printed, (groups["before"] ?? "").length);
    if (!standsAlone(row.text, at, at + printed.length, groups)) continue;
    const value = parseAmount(/^[.,]/.test(printed) ? `0${printed}` : printed + (groups["dash"] ?? ""), decimal);
    if (value === null) continue;
    const currency = currencyOf(groups["before"] ?? groups["between"] ?? groups["after"] ?? "");
    const decimals = decimalsOf(printed);
    const dashed = groups["dash"] !== undefined;
    if (decimals === 0 && currency === null && !dashed && printed.length > 7) continue;
    const negative = isNegative(row.text, match.index, groups);
    const signed = negative && Money.of(value).cmp(Money.of("0")) !== 0 ? `-${value}` : value;
    const end = at + printed.length + (groups["dash"] ?? "").length;
    const start = negative && groups["minus"] !== undefined ? match.index + match[0].indexOf(groups["minus"]) : at;
    const traits = [
      ...(currency === null ? [] : ["currency", `currency:${currency}`]),
      ...(negative ? ["negative"] : []),
      ...(decimals === 2 || dashed ? ["cents"] : []),
      ...(decimals === 0 && !dashed && currency === null ? ["whole"] : []),
      ...(currency === null && measure.test(row.text.slice(end)) ? ["measure"] : []),
    ];
    found.push(candidateAt(layout, row, [start, end], { kind: "money", value: signed, traits }));
  }
  return found;
}

/** "0,75 l" is how much of something there is. */
const measure = /^\s?(?:l|ml|cl|dl|kg|g|mg|m|cm|mm|km|m²|m2|kWh)(?![\p{L}\d])/u;

function decimalsOf(printed: string): number {
  return /[.,](\d{1,2}|\d{4,5})$/.exec(printed)?.[1]?.length ?? 0;
}

/** Not part of a date, a time, a telephone or part number, a share in percent. */
function standsAlone(
  text: string,
  start: number,
  end: number,
  groups: Readonly<Record<string, string | undefined>>,
): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 3);
  const currencyBefore = groups["before"] !== undefined || groups["between"] !== undefined;
  if (/^\s?[%‰]/.test(after)) return false;
  if (/^[.,/:-]?\d/.test(after) || /^[-/][A-Za-z]/.test(after)) return false;
  if (/\d[-./:,]$/.test(before) || /\d$/.test(before)) return false;
  if (currencyBefore) return true;
  if (/[/:#_]$/.test(before) && !/[\s:]:$|^:$/.test(before) && !before.endsWith(":")) return false;
  if (/[\p{L}][-.]?$/u.test(before)) return false;
  const cents = /[.,]\d{2}$/.test(text.slice(start, end));
  return cents || !/^\p{L}/u.test(after) || groups["after"] !== undefined;
}

function isNegative(text: string, start: number, groups: Readonly<Record<string, string | undefined>>): boolean {
  if (groups["open"] !== undefined && groups["close"] !== undefined && groups["minus"] === undefined) {
    return true;
  }
  if (groups["trailing"] !== undefined) return groups["trailing"] === "-" || groups["minus"] !== undefined;
  const minus = groups["minus"];
  if (minus === undefined) return false;
  const before = text.slice(0, start);
  // "A - 5,00" is a dash between words; "  - 5,00" and "-5,00" are signs.
  return !/\s$/.test(minus) || before === "" || /(?:\s{2}|[:(])$/.test(before) || before.trim() === "";
}
