import {
  type Candidate,
  hasStreet,
  hasTown,
  isContact,
  type Layout,
  legalForm,
  placeOf,
  type Row,
} from "../candidates/index.ts";
import type { Put } from "./signals.ts";
import type { Survey } from "./survey.ts";

/** Line heights between two rows of one block, at most. */
const gapMax = 1.9;
/** Line heights between two lines of one address, at most. */
const addressGapMax = 3.2;

/**
 * Where a candidate stands in its page and in its block of rows: `pageTop` 1 at the top of its page, `firstPage`,
 * `blockStart` and `blockEnd` for the first and last row between gaps, `largeAbove` below larger print.
 */
export function blockCues({ row: first, lastRow }: Candidate, survey: Survey, put: Put): void {
  const { rows } = survey.layout;
  const row = rows[first];
  const last = rows[lastRow];
  if (row === undefined || last === undefined) return;
  const [from, to] = pageOf(survey.layout, row.page);
  put("pageTop", 1 - (first - from) / Math.max(1, to - from));
  put("firstPage", row.page === rows[0]?.page);
  put("blockStart", !close(rows[first - 1], row));
  put("blockEnd", !close(last, rows[lastRow + 1]));
  put("largeAbove", (rows[first - 1]?.size ?? 1) > row.size * 1.15);
}

function close(upper: Row | undefined, lower: Row | undefined): boolean {
  return upper !== undefined && lower !== undefined && upper.page === lower.page && lower.top - upper.top <= gapMax;
}

const pages = new WeakMap<Layout, ReadonlyMap<number, readonly [first: number, last: number]>>();

function pageOf(layout: Layout, page: number): readonly [first: number, last: number] {
  let known = pages.get(layout);
  if (known === undefined) {
    const groups = Map.groupBy(layout.rows, (row) => row.page);
    known = new Map([...groups].map(([at, list]) => [at, [list[0]?.index ?? 0, list.at(-1)?.index ?? 0]] as const));
    pages.set(layout, known);
  }
  return known.get(page) ?? [0, 0];
}

/** Where an address begins and ends: at a street, a town, a place, a name; and what stands above and below it. */
export function addressCues(candidate: Candidate, survey: Survey, put: Put): void {
  const lines = candidate.text.split("\n");
  const [first = ""] = lines;
  const last = lines.at(-1) ?? "";
  const above = neighbour(candidate, survey.layout, -1);
  const below = neighbour(candidate, survey.layout, 1);
  put("lines", Math.min(1, lines.length / 5));
  put("oneLine", lines.length === 1);
  put("startsNumber", /^\W*(?:no\b|lot\b|\d)/i.test(first));
  put("startsStreet", hasStreet(first));
  put("startsTown", hasTown(first));
  put("startsForm", lines.length > 1 && legalForm.test(first));
  put(
    "holdsForm",
    lines.slice(1).some((line) => legalForm.test(line)),
  );
  put("holdsStreet", lines.some(hasStreet));
  put("holdsTown", lines.some(hasTown));
  put("endsTown", hasTown(last));
  put("endsPlace", endsInPlace(last));
  put("endsComma", /[,;]\s*$/.test(last));
  put("aboveForm", above !== null && legalForm.test(above));
  put("aboveGoesOn", above !== null && addressLike(above));
  put("aboveComma", above !== null && /,\s*$/.test(above));
  put("aboveContact", above !== null && (isContact(above) || /^\W*[A-Z]{0,2}[\d-]{5,}/.test(above)));
  put("belowGoesOn", below !== null && addressLike(below));
  put("belowPlace", below !== null && endsInPlace(below));
  put("belowContact", below !== null && isContact(below));
  put("belowNone", below === null);
  const rest = lines.slice(1);
  const townAt = lines.findIndex((line) => hasTown(line) || endsInPlace(line));
  put("startsUnit", startsUnit(first));
  put("unitLater", !startsUnit(first) && rest.some(startsUnit));
  put("aboveUnit", above !== null && startsUnit(above) && !isContact(above));
  put("firstPlain", rest.length > 0 && isPlain(first));
  put("abovePlain", above !== null && isPlain(above));
  put("pastTown", townAt >= 0 && townAt < lines.length - 1 && isPlain(last) && !endsInPlace(last));
  put("belowPlain", townAt >= 0 && below !== null && isPlain(below) && !endsInPlace(below));
  put("sharesName", sharesName(first, candidate.row, survey.layout));
}

/** "No. 12", "LOT 7", "Level 2", "3rd Floor", "A-G-06": what an address begins with where it is written out in full. */
function startsUnit(text: string): boolean {
  return /^\W*(?:(?:no|nr|lot|unit|level|floor|suite|block|blk|flat|shop|g\/?f)\b|\d|[A-Z]{1,2}-?(?:\d|[A-Z]-))/iu.test(
    text,
  );
}

/** Neither number nor comma, no street and no town: a name as well as a part of an address. */
function isPlain(text: string): boolean {
  return !/[\d,]/.test(text) && !hasTown(text) && !isContact(text);
}

/** Whether a line has a word of those at the top of the page above it: a branch goes by the name of its company. */
function sharesName(text: string, row: number, layout: Layout): boolean {
  const words = new Set(wordsOf(text));
  return layout.rows
    .slice(0, Math.min(row, topRows))
    .some((other) => wordsOf(other.text).some((word) => words.has(word)));
}

const topRows = 6;

function wordsOf(text: string): readonly string[] {
  return text.toUpperCase().match(/\p{L}{4,}/gu) ?? [];
}

function addressLike(text: string): boolean {
  return !isContact(text) && !legalForm.test(text) && (hasTown(text) || hasStreet(text));
}

/** Whether the last one to three words are a state or a country. */
function endsInPlace(text: string): boolean {
  const words = text
    .replaceAll(/[^\p{L}\s-]/gu, " ")
    .trim()
    .split(/\s+/);
  return [1, 2, 3].some((count) => placeOf(words.slice(-count).join(" ")) !== null);
}

/** The text right above or below in the same column. */
function neighbour(candidate: Candidate, layout: Layout, step: 1 | -1): string | null {
  const from = step < 0 ? candidate.row : candidate.lastRow;
  const row = layout.rows[from];
  const next = layout.rows[from + step];
  if (row === undefined || next === undefined || next.page !== row.page) return null;
  if (Math.abs(next.top - row.top) > addressGapMax) return null;
  const cell = next.cells.find((one) => one.left < candidate.right && candidate.left < one.right);
  return cell?.text ?? null;
}
