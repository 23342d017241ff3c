import type { Cell, Row } from "./layout.ts";
import { monthOf } from "./months.ts";

/** A postcode with its town: 20457 Hamburg, 1012 AB Amsterdam, Austin, TX 78701, Perth WA 6000, London EC1A 1BB, Galway H91 U2E2. */
const postcode = new RegExp(
  [
    "(?:[A-Z]{1,3}[-\\s])?\\d{4,6}(?:\\s?[A-Z]{2}(?!\\p{L}))?,?\\s+\\p{Lu}[\\p{L}.'’-]+",
    "\\p{Lu}[\\p{L}.'’\\s-]{2,30},?\\s+(?:[A-Z]{2,3}\\s+)?\\d{4,5}(?:-\\d{4})?(?!\\d)",
    "[A-Z]{1,2}\\d[A-Z\\d]?\\s?\\d[A-Z]{2}(?!\\p{L})",
    "[A-Z]\\d[\\dW]\\s?[A-Z\\d]{4}(?![\\p{L}\\d])",
    "\\d{3}\\s\\d{2}\\s+\\p{Lu}[\\p{L}.'’-]+",
    "\\d{4}-\\d{3}\\s+\\p{Lu}[\\p{L}.'’-]+",
    "Dublin\\s\\d{1,2}(?!\\d)",
  ]
    .map((form) => `(?<![\\p{L}\\d.,])${form}`)
    .join("|"),
  "u",
);

/** Words for streets, buildings and quarters, whole or at the end of a compound. */
const streetWord = new RegExp(
  [
    "(?<!\\p{L})(?:street|st|road|rd|avenue|ave|av|lane|drive|dr|boulevard|blvd|bd|way|highway|hwy|parkway|pkwy|square|court|close|crescent|terrace|quay|harbour|" +
      "jalan|jln|jl|lorong|lrg|persiaran|lebuh|lebuhraya|lot|taman|tmn|kampung|kg|bandar|seksyen|section|mukim|medan|kawasan|pusat|plaza|mall|tower|block|blok|" +
      "level|floor|flr|unit|suite|ste|wisma|menara|bangunan|building|bldg|complex|kompleks|park|estate|industrial|" +
      "rue|chemin|allée|impasse|route|quai|place|cours|via|viale|piazza|corso|calle|plaza|avenida|paseo|rua|travessa|praça|largo|am|an der|auf der|im)(?!\\p{L})",
    "\\p{L}{2}(?:stra(?:ss|ß)e|str\\.|weg|platz|allee|gasse|ring|ufer|damm|straat|laan|gracht|kade|plein|gatan|vägen|vej|gade)(?!\\p{L})",
    "p\\.?\\s?o\\.?\\s?box|postbus|postfach|boîte postale",
  ].join("|"),
  "iu",
);
const houseNumber =
  /^(?:(?:no|nr|n°|lot|unit)\b[.:,\s]*)?(?:[A-Z]{1,2}-)?\d{1,5}\s?[A-Za-z]?(?:\s?[-/&,]\s?[\dA-Z]{1,4})*[,.]?\s+\p{L}{2}/iu;

/** What begins another kind of line, even within this one: "Tel. 0", "www.", "VAT no". */
const another =
  /@|www\.|https?:|(?<!\p{L})(?:tel|fax|phone|telefon|telephone|tél|fon|mobile?|hotline|h\/p|e-?mail|iban|bic|vat|tva|ust|gst|sst|siret|siren|gln|btw|kvk|reg|roc|co\.?\s?(?:reg|no)|company no|tax|page|seite)(?!\p{L})/iu;
/** Words of lines about something else. */
const foreign =
  /(?<!\p{L})(?:invoice|receipt|cashier|date|time|table|total|amount|thank|welcome|rechnung|rechnungsdatum|datum|facture|factuur|bill|cash|customer no|order no|terminal|page|bank|account|acc|konto|balance|points|goods|refundable)(?!\p{L})/iu;
const amount = /[€$£]|\d[.,]\d{2}(?![\d.,/-])|\d{1,2}:\d{2}/;
const registration = /^\W*(?:[A-Z]{0,2}\d{5,12}\s?-?\s?[A-Z]?|[\d\s-]+)\W*$/;

/** Characters of a line of an address, at most. */
const lineMax = 90;

/** A line of the page, or a part of it, that may belong to an address. Offsets in the row's text. */
export interface AddressLine {
  readonly row: Row;
  readonly cell: Cell;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether something else follows on the same line: no line below belongs to the same address. */
  readonly cut: boolean;
}

/** The part of a cell that may be a line of an address; null where nothing of it can. */
export function addressLine(row: Row, cell: Cell): AddressLine | null {
  const label = /^(?!(?:lot\s?)?(?:no|nr|lot|unit)\b)\p{L}[\p{L} ./]{1,24}:\s*(?=.)/iu.exec(cell.text)?.[0].length ?? 0;
  const stop = another.exec(cell.text.slice(label));
  const whole = cell.text.slice(label, stop === null ? undefined : label + stop.index);
  const text = stop === null ? whole : whole.replace(/[\s([,;:|·•-]+$/, "");
  const letters = text.replaceAll(/[^\p{L}]/gu, "").length;
  if (letters < 2 || text.length > lineMax || text.endsWith(":") || /^\([^)]*\)?\W*$/.test(text)) return null;
  if (label > 0 && !hasStreet(text) && !hasTown(text)) return null;
  if (stop !== null && (letters < 4 || !/\d/.test(text))) return null;
  if (foreign.test(text) || amount.test(text) || registration.test(text) || isDate(text)) return null;
  return { row, cell, text, start: cell.start + label, end: cell.start + label + text.length, cut: stop !== null };
}

/** Nothing but a date with its month written out, which else looks like a house number and a street: 12 March 2024. */
function isDate(text: string): boolean {
  const words = text.match(/\p{L}{3,}/gu) ?? [];
  return words.length > 0 && words.every((word) => monthOf(word) !== null) && /^\W*\d|\d\W*$/.test(text);
}

/** The cells of a row; those that only two blanks part are one, as scanned lines have them. */
export function wideCells(row: Row): readonly Cell[] {
  const cells: Cell[] = [];
  for (const cell of row.cells) {
    const last = cells.at(-1);
    if (last === undefined || cell.start - last.end > 2 || cell.left - last.right > 3) cells.push(cell);
    else
      cells[cells.length - 1] = {
        ...last,
        end: cell.end,
        right: cell.right,
        text: row.text.slice(last.start, cell.end),
      };
  }
  return cells;
}

/** Whether the line has a postcode with its town. */
export function hasTown(text: string): boolean {
  return postcode.test(text);
}

/** Whether the line names a street, a building or a quarter, or begins with a house number. */
export function hasStreet(text: string): boolean {
  return streetWord.test(text) || houseNumber.test(text);
}

/** Whether the line speaks of telephones, taxes, registers or the web. */
export function isContact(text: string): boolean {
  return another.test(text);
}
