import { titleOf as noteTitleOf } from "./sections.ts";
import { type Texts, type Token, tokensOf } from "./tokens.ts";

/** Who speaks when, and under which heading a record says what. */

export type Speaker = "patient" | "clinician" | "family";

/** What one speaker says at a stretch, or one paragraph of a record. */
export interface Turn {
  /** Null: a written record. */
  readonly speaker: Speaker | null;
  /** The heading it stands under, as printed; null without one. */
  readonly heading: string | null;
  /** The word of the tag that names the speaker, of each line that has one. */
  readonly names: readonly Token[];
  readonly tokens: readonly Token[];
}

const tag = /^\s*(?:\[([a-z _.-]{2,24})\]|((?:dr\.? )?[a-z][a-z_ .-]{1,20}?)(?:\s\d)?\s?:)\s*/i;
/** Words a tag is made of: "patient", "guest_family", "Dr. Lang"; "Patient name" is none. */
const speakers: readonly (readonly [RegExp, Speaker])[] = [
  [
    /^(?:g(?:u)?est )?(?:family|mother|father|parent|wife|husband|daughter|son|caregiver|spouse)(?: member)?$/,
    "family",
  ],
  [/^(?:patient|pt)$/, "patient"],
  [/^(?:g(?:u)?est )?(?:doctor|clinici?an|physician|provider|nurse|md|therapist)$|^dr(?: \p{L}+){0,2}$/u, "clinician"],
  [/^g(?:u)?est$/, "family"],
];

interface Tagged {
  readonly speaker: Speaker;
  readonly name: string;
  /** Where the words begin. */
  readonly from: number;
}

function taggedAs(text: string): Tagged | null {
  const found = tag.exec(text);
  const name = found?.[1] ?? found?.[2];
  if (!found || name === undefined) return null;
  const words = name
    .toLowerCase()
    .replaceAll(/[\s_.-]+/g, " ")
    .trim();
  const speaker = speakers.find(([names]) => names.test(words))?.[1];
  return speaker ? { speaker, name, from: found[0].length } : null;
}

/** The share of lines that begin with a tag, from which on a record is talk; longer turns go on over some lines. */
const taggedMin = 0.2;

/** In a conversation at least two speak in turn. */
export function turnsOf(lines: Texts): readonly Turn[] {
  const tags = lines.map(({ text }) => taggedAs(text));
  const tagged = tags.filter((one) => one !== null);
  const said = lines.filter(({ text }) => text.trim() !== "").length;
  const isTalk = new Set(tagged.map(({ speaker }) => speaker)).size >= 2 && tagged.length >= taggedMin * said;
  return isTalk ? spoken(lines, tags) : written(lines);
}

/** Lines without a tag go on with what the one before said. */
function spoken(lines: Texts, tags: readonly (Tagged | null)[]): readonly Turn[] {
  const turns: { speaker: Speaker | null; heading: null; names: Token[]; tokens: Token[] }[] = [];
  for (const [at, { text }] of lines.entries()) {
    const tagged = tags[at];
    const last = turns.at(-1);
    const names = tagged ? [nameIn(text, tagged, at)] : [];
    const tokens = tokensOf(text, at, tagged?.from ?? 0);
    if (last && (!tagged || tagged.speaker === last.speaker)) {
      last.tokens.push(...tokens);
      last.names.push(...names);
    } else turns.push({ speaker: tagged?.speaker ?? null, heading: null, names, tokens: [...tokens] });
  }
  return turns;
}

function nameIn(text: string, { name }: Tagged, line: number): Token {
  const start = text.indexOf(name);
  const end = start + name.length;
  return { text: name, lower: name.toLowerCase(), line, start, end, word: true, tight: false };
}

const headingAlone = /^[\s#*_]*([\p{Lu}][\p{L}\p{N} ,/&()'-]{2,48}?)[\s*_]*:?[\s*_]*$/u;
const headingBefore = /^[\s,]*([\p{Lu}][\p{Lu} /&'()-]{2,50}):[\s,]*/u;
/** Where dictations run together on one line begin anew: ".,ALLERGIES: None.", ", 2. Gout". */
const inline = /(?<=[.,;:)][\s,]*)(?:\b\p{Lu}[\p{Lu} /&'()-]{3,50}:(?!\d)|(?<![\d.])\d{1,2}[.)]\s+(?=\p{L}))/gu;
/** "Past Medical History": every word of weight has a capital. */
const titled = /^\p{Lu}\p{Ll}+(?: (?:of|and|for|the|in|on|at|to|\p{Lu}[\p{L}']+)){1,5}$/u;
const bullet = /^\s*(?:[-*•‣◦]|\d{1,2}[.)])\s+/u;
const ends = /[.!?:;]["')\]]?\s*$/u;

function written(lines: Texts): readonly Turn[] {
  const turns: { speaker: null; heading: string | null; names: Token[]; tokens: Token[] }[] = [];
  let heading: string | null = null;
  let open = false;
  for (const [at, { text: line }] of lines.entries()) {
    for (const { text, from } of stretchesOf(line)) {
      const alone = headingOf(text);
      if (alone !== null) {
        heading = alone;
        open = false;
        continue;
      }
      const before = headingBefore.exec(text);
      if (before) heading = titleOf(before[1] ?? "");
      const mark = before ? before[0].length : (bullet.exec(text)?.[0].length ?? 0);
      const tokens = cellsOf(tokensOf(line.slice(0, from + text.length), at, from + mark));
      const last = turns.at(-1);
      const isRow = barred.test(text);
      if (open && mark === 0 && !isRow && last && /^\s*[\p{Ll}\p{N}(]/u.test(text)) last.tokens.push(...tokens);
      else turns.push({ speaker: null, heading, names: [], tokens: [...tokens] });
      open = !isRow && !ends.test(text);
    }
  }
  return turns;
}

/** A line at its titles and numbers, with the offset of each stretch. */
function stretchesOf(line: string): readonly { readonly text: string; readonly from: number }[] {
  const edges = [0, ...[...line.matchAll(inline)].map(({ index }) => index), line.length];
  return edges
    .slice(1)
    .map((end, at) => ({ text: line.slice(edges[at], end), from: edges[at] ?? 0 }))
    .filter(({ text }) => text.trim() !== "");
}

const barred = /\s\|(?:\s|$)|^\s*\|/;

/** The cells of a row, with commas between those that hold something; none at either end. */
function cellsOf(tokens: readonly Token[]): readonly Token[] {
  const cells: Token[] = [];
  for (const token of tokens) {
    const isComma = token.text === "|" || token.text === ",";
    if (isComma && (cells.length === 0 || cells.at(-1)?.text === ",")) continue;
    cells.push(isComma ? { ...token, text: ",", lower: ",", tight: true } : token);
  }
  return cells.at(-1)?.text === "," ? cells.slice(0, -1) : cells;
}

/** Whether a line is a heading by itself. */
export const isHeading = (text: string) => headingOf(text) !== null;

/** A line that is only a heading: all in capitals, marked as one, ending with a colon, or a title that records use. */
function headingOf(text: string): string | null {
  const found = headingAlone.exec(text);
  if (!found) return null;
  const name = found[1] ?? "";
  const marked =
    /^\s*#/.test(text) ||
    /:[\s*_]*$/.test(text) ||
    (name === name.toUpperCase() && /\p{Lu}{3}/u.test(name)) ||
    (titled.test(name) && noteTitleOf(name) !== null);
  return marked ? titleOf(name) : null;
}

/** "PAST MEDICAL HISTORY" → "Past medical history". */
function titleOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== trimmed.toUpperCase() || trimmed.length <= 4) return trimmed;
  return trimmed.charAt(0) + trimmed.slice(1).toLowerCase();
}
