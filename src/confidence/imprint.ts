import type { DocumentText } from "../core/index.ts";
import { hash32 } from "./random.ts";

/** What on a page may tell who sent it, without knowing what kind of document it is. Hashes only. */

export interface Mark {
  /** Letters and digits of what stands there, hashed: no page text is kept. */
  readonly hash: string;
  /** 2 identifies a sender alone, 1 together with another one. */
  readonly weight: 1 | 2;
  /** Position of its line among the lines with text, from 0. */
  readonly row: number;
}

/** Where senders name themselves: the head and the foot of a document. */
const headRows = 14;
const footRows = 10;
/** Shorter lines ("INVOICE", "TOTAL") name nobody. */
const lettersMin = 8;
const lettersMax = 80;
const digitsMin = 6;
const marksMax = 60;

/** Mail providers and the like: their names say nothing about who writes from there. */
const providers = new Set(
  "gmail googlemail hotmail yahoo ymail outlook live msn aol icloud me web gmx t-online free orange wanadoo laposte mail localhost facebook instagram twitter linkedin github gitlab google youtube example".split(
    " ",
  ),
);

/** Everything that may tell who sent the document, each once. */
export function marksOf(text: DocumentText): readonly Mark[] {
  const rows = text.pages.flatMap((page) => page.lines.map((line) => line.text.trim())).filter((row) => row !== "");
  const marks = new Map<string, Mark>();
  const add = (kind: string, value: string, weight: 1 | 2, row: number) => {
    const hash = hashOf(`${kind}:${value}`);
    if (!marks.has(hash) && marks.size < marksMax) marks.set(hash, { hash, weight, row });
  };
  add("whole", wordsOf(rows), 2, 0);
  for (const [at, row] of rows.entries()) {
    const head = at < headRows;
    if (!head && at < rows.length - footRows) continue;
    for (const value of mailsOf(row)) add("mail", value, 2, at);
    for (const value of hostsOf(row)) add("host", value, 2, at);
    for (const value of numbersOf(row)) add("number", value, 1, at);
    if (head) for (const value of namesOf(row)) add("line", value, 1, at);
  }
  return [...marks.values()];
}

function hashOf(value: string): string {
  const part = (seed: number) => hash32(value, seed).toString(36).padStart(7, "0");
  return part(1) + part(2);
}

const bare = (value: string) =>
  value
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** The words of a text in no order: the same message sent twice, spaced or punctuated otherwise, is one. */
function wordsOf(rows: readonly string[]): string {
  const words = new Set(rows.flatMap((row) => row.toUpperCase().split(/[^\p{L}\p{N}]+/u)));
  return [...words]
    .filter((word) => word !== "")
    .toSorted()
    .join(" ");
}

function mailsOf(row: string): readonly string[] {
  return [...row.matchAll(/[\w.+-]{2,40}@[\w-]+(?:\.[\w-]+)+/g)].map(([mail]) => mail.toLowerCase());
}

function hostsOf(row: string): readonly string[] {
  const hosts = row.matchAll(/(?:@|www\.|https?:\/\/)(?:www\.)?(?<name>[\w-]{3,40})\.\w/gi);
  return [...hosts].map(({ groups }) => (groups?.["name"] ?? "").toLowerCase()).filter((name) => !providers.has(name));
}

const dates = /\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b/g;
const amounts = /\b\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}\b/g;

/** Telephone, registration, tax and account numbers: long ones, without what divides them. */
function numbersOf(row: string): readonly string[] {
  const rest = row.replaceAll(dates, "|").replaceAll(amounts, "|");
  const joined = [...rest.matchAll(/\+?\d[\d ()./-]{5,}\d/g)].map(([number]) => number.replaceAll(/\D/g, "").slice(-8));
  const tokens = rest.split(/[\s|:;,()]+/).map((token) => bare(token));
  const long = (value: string) => value.replaceAll(/\D/g, "").length >= digitsMin && value.length <= 34;
  return [...new Set([...joined, ...tokens].filter(long))];
}

/** Names and addresses in the head of a document; headings of Markdown and lists name nobody. */
function namesOf(row: string): readonly string[] {
  if (/^(?:[#>*<`|~=-]|\d+[.)]\s)/.test(row)) return [];
  const parts = row.split(/\s{3,}|\t|\|/).map((part) => bare(part));
  return parts.filter((part) => {
    const letters = part.replaceAll(/\P{L}/gu, "").length;
    return letters >= lettersMin && part.length <= lettersMax;
  });
}

/** What a layout prints whoever the document is for: labels and headings, letters only, hashed. */
export function framesOf(text: DocumentText): ReadonlySet<string> {
  const rows = text.pages.flatMap((page) => page.lines.map((line) => line.text));
  const parts = rows.flatMap((row) => row.split(/\s{3,}|\t|\||(?<=:)/));
  const frames = parts.filter((part) => !/\d/.test(part)).map((part) => bare(part));
  return new Set(
    frames.filter((frame) => frame.length >= 3 && frame.length <= lettersMax).map((frame) => hashOf(frame)),
  );
}
