import { z } from "zod";
import { type DocumentText, type Json, type Line, type Span, jsonSchema, spanOf } from "../../core/index.ts";
import type { Schema } from "../../ports/index.ts";
import { fieldsOf, genericRanker, proposeFrom, surveyOf } from "../../ranking/index.ts";
import { type Label, labelOf } from "./labels.ts";

/** A value on the page that an argument can be. */
export interface Pointed {
  /** In printed form; parses as the argument's schema. */
  readonly value: Json;
  readonly spans: readonly Span[];
  /** How well the page says that it is the one, 0..1; not calibrated. */
  readonly score: number;
}

/** Values that are kept an argument. */
const keptMax = 12;

/** For each argument what stands on the page in its form, best first. */
export function candidatesOf(schema: Schema, text: DocumentText): ReadonlyMap<string, readonly Pointed[]> {
  const leaves = Object.entries(schema.shape).map(([name, leaf]) => {
    const field = leaf as z.ZodType;
    return { name, field, pattern: patternOf(field) };
  });
  const others = leaves.filter(({ pattern }) => pattern === null).map(({ name, field }) => [name, field] as const);
  // Surveying a page takes time: only for what no pattern finds.
  const ranked = others.length === 0 ? new Map() : rankedBy(z.object(Object.fromEntries(others)), text);
  return new Map(
    leaves.map(({ name, field, pattern }) => {
      const words = field.description ?? spoken(name);
      const found: readonly Pointed[] = pattern === null ? (ranked.get(name) ?? []) : matching(pattern, words, text);
      const typed = found.filter((one) => field.safeParse(one.value).success);
      return [name, distinct(typed).slice(0, keptMax)];
    }),
  );
}

/** "orderNumber" → "order number". */
function spoken(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])(?=[A-Z])|[_-]/g, " ").toLowerCase();
}

/** What has no pattern of its own is found by its type. */
function rankedBy(schema: Schema, text: DocumentText): ReadonlyMap<string, readonly Pointed[]> {
  const proposals = proposeFrom(surveyOf(text), fieldsOf(schema), { ranker: genericRanker });
  return new Map(
    proposals.map((one) => [
      one.path,
      one.ranked
        .filter(({ value, spans }) => value !== null && spans.length > 0)
        .map(({ value, spans, probability }) => ({ value, spans, score: probability })),
    ]),
  );
}

const mailAddress = String.raw`[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}`;

/** The form a string must have, to be looked for within lines; null for other types and for strings without one. */
function patternOf(schema: z.ZodType): RegExp | null {
  const { type, format, pattern } = jsonSchema(schema);
  if (type !== "string") return null;
  if (format === "email") return new RegExp(mailAddress, "giu");
  if (typeof pattern !== "string" || format !== undefined) return null;
  return new RegExp(pattern.replace(/^\^/, "").replace(/\$$/, ""), "gu");
}

/** Beyond this a line is not looked at: patterns of workflows may take long on long texts. */
const lineCharsMax = 2_000;
const matchesMax = 200;

function matching(pattern: RegExp, wanted: string, text: DocumentText): readonly Pointed[] {
  const found: Pointed[] = [];
  let before: Line | null = null;
  let isReply = true;
  for (const line of text.pages.flatMap((page) => page.lines)) {
    isReply &&= !beginsEarlierMail(line.text);
    const said = { wanted, before, own: isReply && !/^\s*>/.test(line.text) };
    for (const match of line.text.slice(0, lineCharsMax).matchAll(pattern)) {
      if (found.length === matchesMax) return sorted(found);
      const one = match[0] === "" ? null : pointedAt(line, match.index, match.index + match[0].length, said);
      if (one) found.push(one);
    }
    if (/\p{L}/u.test(line.text)) before = line;
  }
  return sorted(found);
}

interface Said {
  readonly wanted: string;
  /** The nearest line above that has words: a list of numbers stands below what it is a list of. */
  readonly before: Line | null;
  /** Whether the sender wrote it, rather than an earlier mail that is quoted. */
  readonly own: boolean;
}

function pointedAt(line: Line, start: number, end: number, { wanted, before, own }: Said): Pointed | null {
  const text = line.text;
  // Part of a longer word or number is not it.
  if (/[\p{L}\d]/u.test(text.charAt(start - 1)) || /[\p{L}\d]/u.test(text.charAt(end))) return null;
  if (/\d[-./]$/.test(text.slice(0, start)) || /^[-./]\d/.test(text.slice(end))) return null;
  const label = saidBeside(text, start, end, wanted) ?? saidAbove(before?.text ?? "", start, end, text, wanted);
  if (label === "other" || (label === "none" && isGroup(text, start, end))) return null;
  const score = (label === "own" ? 1 : 0.5) * (own ? 1 : 0.5);
  return { value: text.slice(start, end), spans: [spanOf(line, start, end)], score };
}

/** What the value's own line says; null where it says nothing. */
function saidBeside(text: string, start: number, end: number, wanted: string): Label | null {
  const label = labelOf(text, start, end, wanted);
  return label === "none" ? null : label;
}

/** A heading above in the same column, or the line above where the value stands alone below it. */
function saidAbove(above: string, start: number, end: number, text: string, wanted: string): Label {
  const columns = [...above.matchAll(/\S+(?: \S+)*/g)];
  const heading =
    columns.length > 1
      ? columns.find(({ 0: cell, index }) => index < end && start < index + cell.length)?.[0]
      : text.slice(0, start).trim() === ""
        ? above
        : undefined;
  return heading === undefined ? "none" : labelOf(`${heading} `, heading.length + 1, heading.length + 1, wanted);
}

/** Digits with a blank between are one number, as telephones are printed. */
function isGroup(text: string, start: number, end: number): boolean {
  return /\d[ \u00a0]$/.test(text.slice(0, start)) || /^[ \u00a0]\d/.test(text.slice(end));
}

/** "On 3 May 2026 at 10:14 Nord wrote:", "-----Ursprüngliche Nachricht-----": what follows is an earlier mail. */
function beginsEarlierMail(line: string): boolean {
  return (
    /^\s*(?:On|Am)\b.{4,120}\b(?:wrote|schrieb)\b.{0,80}:\s*$/.test(line) ||
    /^\s*-{2,}\s*(?:Original Message|Forwarded message|Urspr\S+ Nachricht|Weitergeleitete Nachricht)\s*-{2,}/i.test(
      line,
    )
  );
}

function sorted(found: readonly Pointed[]): readonly Pointed[] {
  return found.toSorted((a, b) => b.score - a.score);
}

/** Places of a value that are kept. */
const placesMax = 5;

/** Each value once, with the places that state it. */
function distinct(found: readonly Pointed[]): readonly Pointed[] {
  return [...Map.groupBy(found, ({ value }) => JSON.stringify(value)).values()].map((same) => ({
    value: same[0]?.value ?? null,
    spans: same.flatMap(({ spans }) => spans).slice(0, placesMax),
    score: same[0]?.score ?? 0,
  }));
}
