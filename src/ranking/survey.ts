import {
  type Candidate,
  type CandidateKind,
  findAddresses,
  findCurrencies,
  findDates,
  findDurations,
  findIbans,
  findIdentifiers,
  findMoney,
  findNames,
  findNumbers,
  findPhrases,
  findPlaces,
  findTables,
  findText,
  findVatIds,
  type Layout,
  layoutOf,
  type Row,
  type Table,
} from "../candidates/index.ts";
import type { DocumentText } from "../core/index.ts";
import { amountConcept, closesTable, columnRole } from "./concepts.ts";
import { type Context, contextOf } from "./context.ts";
import { meaningOf } from "./labels.ts";

/** A document with everything found on it, each found once and only when asked for. */
export interface Survey {
  readonly layout: Layout;
  readonly tables: readonly Table[];
  readonly candidates: (kind: CandidateKind) => readonly Candidate[];
  readonly context: (candidate: Candidate) => Context;
  /** Names in mail and web addresses, without the common providers, letters and digits only. */
  readonly domains: readonly string[];
}

const finders: Readonly<Record<CandidateKind, (layout: Layout) => readonly Candidate[]>> = {
  date: findDates,
  money: findMoney,
  number: findNumbers,
  identifier: findIdentifiers,
  iban: findIbans,
  vat: findVatIds,
  currency: findCurrencies,
  name: findNames,
  address: findAddresses,
  place: findPlaces,
  duration: findDurations,
  phrase: findPhrases,
  text: findText,
};

export function surveyOf(text: DocumentText): Survey {
  const layout = layoutOf(text);
  const found = new Map<CandidateKind, readonly Candidate[]>();
  const contexts = new Map<Candidate, Context>();
  const candidates = (kind: CandidateKind) => remembered(found, kind, () => finders[kind](layout));
  const context = (candidate: Candidate) => remembered(contexts, candidate, () => contextOf(layout, candidate));
  const ends = (row: Row) => closes(row) || headsSums(row, layout.rows[row.index + 1]);
  const tables = findTables(layout, (words) => columnRole(meaningOf(words)), ends).filter((table) =>
    isItems(layout, table),
  );
  return { layout, tables, candidates, context, domains: domainsOf(layout) };
}

/** Summaries of tax have headings like those of items. */
function isItems(layout: Layout, table: Table): boolean {
  const heading = meaningOf(layout.rows[table.header]?.text ?? "");
  return !heading.has("summary") && !heading.has("base");
}

/** A row that announces a sum, or the headings of several. */
function closes(row: Row): boolean {
  return announces(row) || row.cells.filter((cell) => isSumHeading(cell.text)).length >= 2;
}

function isSumHeading(text: string): boolean {
  const concept = /\d[.,]\d{2}/.test(text) || text.length > 40 ? null : amountConcept(meaningOf(text));
  return concept !== null && ["net", "tax", "gross", "total", "due", "base", "sub"].includes(concept);
}

/** The headings of sums in words only, above a row of nothing but amounts. */
function headsSums(row: Row, next: Row | undefined): boolean {
  if (next === undefined || next.page !== row.page || /\d[.,]\d{2}(?![\d\s]*%)/.test(row.text)) return false;
  const amounts = next.text.match(/\d[.,]\d{2}(?!\d)/g) ?? [];
  const words = next.text.match(/\p{L}{4,}/gu) ?? [];
  return amounts.length >= 3 && words.length === 0 && amountConcept(meaningOf(row.text)) !== null;
}

const currencyAtEnd =
  /(?:\p{Sc}|(?<!\p{L})(?:[A-Z]{1,2}\p{Sc}|EUR|USD|CHF|GBP|MYR|SEK|DKK|NOK|RM|S?Fr\.?|Rs\.?|kr\.?))\s*$/u;

/** A row that announces a sum before an amount, and is no item that multiplies. */
function announces(row: Row): boolean {
  const amounts = [...row.text.matchAll(/[-(]?\d[\d.,' ]*[.,](?:\d{2}|-)(?!\d)/g)];
  return amounts.some((amount, at) => {
    const previous = amounts[at - 1];
    const from = previous === undefined ? 0 : previous.index + previous[0].length;
    const label =
      row.text
        .slice(from, amount.index)
        .split(/\s{2,}/)
        .map((part) => part.replace(currencyAtEnd, ""))
        .findLast((part) => /\p{L}/u.test(part)) ?? "";
    return label.length > 1 && label.length <= 60 && !/^\d+[.,]?\d*\s/.test(label) && closesTable(meaningOf(label));
  });
}

const providers =
  /^(?:gmail|hotmail|yahoo|outlook|web|gmx|t-online|aol|live|icloud|orange|free|wanadoo|mail|localhost|facebook)$/;

function domainsOf(layout: Layout): readonly string[] {
  const domains = new Set<string>();
  for (const row of layout.rows) {
    for (const match of row.text.matchAll(/(?:@|www\.|https?:\/\/)(?<host>[\w-]{2,40})\.\w/gi)) {
      const host = (match.groups?.["host"] ?? "").toLowerCase();
      if (!providers.test(host) && host !== "www") domains.add(host.replaceAll(/[^a-z\d]/g, ""));
    }
  }
  return [...domains];
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
