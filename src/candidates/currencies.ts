import { type Candidate, candidateAt, overRows } from "./candidate.ts";
import type { Layout, Row } from "./layout.ts";

/** Signs and words for currencies, and the ISO 4217 code each stands for. */
const signs: Readonly<Record<string, string>> = {
  "€": "EUR",
  EURO: "EUR",
  EUROS: "EUR",
  $: "USD",
  US$: "USD",
  A$: "AUD",
  AU$: "AUD",
  C$: "CAD",
  CA$: "CAD",
  S$: "SGD",
  NZ$: "NZD",
  HK$: "HKD",
  R$: "BRL",
  "£": "GBP",
  "¥": "JPY",
  "₹": "INR",
  RS: "INR",
  "RS.": "INR",
  RM: "MYR",
  ZŁ: "PLN",
  FR: "CHF",
  "FR.": "CHF",
  SFR: "CHF",
  "SFR.": "CHF",
  KČ: "CZK",
  FT: "HUF",
  LEI: "RON",
};

const codes = new Set(
  (
    "EUR USD GBP CHF MYR SGD AUD CAD NZD JPY CNY INR SEK NOK DKK PLN CZK HUF RON BGN TRY BRL MXN ZAR AED SAR THB IDR PHP " +
    "HKD TWD KRW ILS ISK HRK RUB UAH VND CLP COP ARS PEN"
  ).split(" "),
);

/** Longest first, so that "US$" is not read as "$". */
export const currencyPattern = `(?:(?:US|AU|CA|NZ|HK|[ACSR])\\$|[€$£¥₹]|RM|Rs\\.?|zł|Kč|S?Fr\\.|(?:${[...codes].join("|")}|EUROS?)(?![A-Za-z]))`;

/** The ISO 4217 code of a printed sign, word or code, or null. */
export function currencyOf(printed: string): string | null {
  const upper = printed.trim().toUpperCase();
  return signs[upper] ?? (codes.has(upper) ? upper : null);
}

const beside = new RegExp(`^(?:${[...codes].join("|")}|RM|Rs\\.?|S?Fr\\.|kr\\.?|zł|Kč|Ft|[A-Z]{0,3}[€$£¥₹])$`);

/** Whether a word beside an amount is only its currency, not a part of its label. */
export function isCurrencySign(word: string): boolean {
  return beside.test(word);
}

/** Signs of several currencies, and what else on a page says which is meant. */
const shared: readonly (readonly [sign: RegExp, of: readonly (readonly [code: string, said: RegExp])[]])[] = [
  [
    /^kr\.?$/i,
    [
      ["SEK", /\bSE\d{10,12}\b|bankgiro|plusgiro|organisationsn|orgnr|\bsverige\b|förfallo/i],
      ["DKK", /\bDK-?\s?\d{8}\b|\bcvr\b|\bdanmark\b|\bbeløb\b|forfald/i],
      ["NOK", /\bNO\s?\d{9}\b|\bMVA\b|\bnorge\b|kontonummer/i],
    ],
  ],
  [
    /^\$$/,
    [
      ["AUD", /\bABN\b|\bAustralia\b|\b(?:NSW|VIC|QLD)\s\d{4}\b/],
      ["CAD", /\bCanada\b|\b(?:GST\/HST|HST|QST)\b/],
      ["NZD", /\bNew Zealand\b/],
      ["SGD", /\bSingapore\b/],
    ],
  ],
];

/** Every place that names a currency. A sign of several is that of the page's country, else of the best known. */
export function findCurrencies(layout: Layout): readonly Candidate[] {
  const pattern = new RegExp(`(?<![A-Za-z])(?:${currencyPattern}|kr\\.?(?![A-Za-z]))`, "gi");
  const meant = meanings(layout);
  return overRows(layout, (row) => currenciesOf(layout, row, pattern, meant));
}

/** What a sign of several currencies means on this page; null where nothing says. */
function meanings(layout: Layout): (sign: string) => string | null {
  const text = layout.rows.map((row) => row.text).join("\n");
  const known = shared.map(([sign, of]) => [sign, of.filter(([, said]) => said.test(text))] as const);
  return (printed) => {
    const found = known.find(([sign]) => sign.test(printed))?.[1] ?? [];
    return found.length === 1 ? (found[0]?.[0] ?? null) : null;
  };
}

function currenciesOf(
  layout: Layout,
  row: Row,
  pattern: RegExp,
  meant: (sign: string) => string | null,
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const match of row.text.matchAll(pattern)) {
    const value = meant(match[0]) ?? currencyOf(match[0]);
    if (value === null || !plausible(match[0], row.text, match.index)) continue;
    const traits = codes.has(match[0].toUpperCase()) ? ["code"] : ["sign"];
    if (/\d/.test(row.text.slice(Math.max(0, match.index - 3), match.index + match[0].length + 3)))
      traits.push("beside-number");
    found.push(
      candidateAt(layout, row, [match.index, match.index + match[0].length], { kind: "currency", value, traits }),
    );
  }
  return found;
}

/** Letters that are also words count only where a number stands beside them. */
function plausible(printed: string, text: string, at: number): boolean {
  if (!/^[A-Za-z.]+$/.test(printed) || printed.toUpperCase() === "EUR") return true;
  const after = text.slice(at + printed.length, at + printed.length + 4);
  const before = text.slice(Math.max(0, at - 3), at);
  if (printed.length === 3 && printed === printed.toUpperCase() && !/[A-Za-z]/.test(after.slice(0, 1))) return true;
  return /^\s?[-(]?\d/.test(after) || /\d\s?$/.test(before) || after.startsWith(")");
}
