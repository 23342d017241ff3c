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
const speakers: readonly (readonly [RegExp, Speaker])[] = [
  [/family|guest|mother|father|parent|wife|husband|daughter|son|caregiver|spouse/, "family"],
  [/patient|^pt$/, "patient"],
  [/^dr\b|doctor|clinician|physician|provider|nurse|^md$|therapist/, "clinician"],
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
  const speaker = speakers.find(([names]) => names.test(name.toLowerCase()))?.[1];
  return speaker ? { speaker, name, from: found[0].length } : null;
}

/** A conversation has at least two speakers' tags in turn. */
export function turnsOf(lines: Texts): readonly Turn[] {
  const tags = lines.map(({ text }) => taggedAs(text));
  const kinds = new Set(tags.flatMap((one) => (one ? [one.speaker] : [])));
  return kinds.size >= 2 ? spoken(lines, tags) : written(lines);
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
const headingBefore = /^\s*([\p{Lu}][\p{Lu} /&()-]{2,40}):\s+/u;
const bullet = /^\s*(?:[-*•‣◦]|\d{1,2}[.)])\s+/u;
const ends = /[.!?:;]["')\]]?\s*$/u;

function written(lines: Texts): readonly Turn[] {
  const turns: { speaker: null; heading: string | null; names: Token[]; tokens: Token[] }[] = [];
  let heading: string | null = null;
  let open = false;
  for (const [at, { text }] of lines.entries()) {
    const alone = headingOf(text);
    if (alone !== null) {
      heading = alone;
      open = false;
      continue;
    }
    const inline = headingBefore.exec(text);
    if (inline) heading = titleOf(inline[1] ?? "");
    const mark = inline ? inline[0].length : (bullet.exec(text)?.[0].length ?? 0);
    const tokens = tokensOf(text, at, mark);
    const last = turns.at(-1);
    if (open && mark === 0 && last && /^\s*[\p{Ll}\p{N}(]/u.test(text)) last.tokens.push(...tokens);
    else turns.push({ speaker: null, heading, names: [], tokens: [...tokens] });
    open = !ends.test(text);
  }
  return turns;
}

/** Whether a line is a heading by itself. */
export const isHeading = (text: string) => headingOf(text) !== null;

/** A line that is only a heading: all in capitals, marked as one, or ending with a colon. */
function headingOf(text: string): string | null {
  const found = headingAlone.exec(text);
  if (!found) return null;
  const name = found[1] ?? "";
  const marked =
    /^\s*#/.test(text) || /:[\s*_]*$/.test(text) || (name === name.toUpperCase() && /\p{Lu}{3}/u.test(name));
  return marked ? titleOf(name) : null;
}

/** "PAST MEDICAL HISTORY" → "Past medical history". */
function titleOf(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== trimmed.toUpperCase() || trimmed.length <= 4) return trimmed;
  return trimmed.charAt(0) + trimmed.slice(1).toLowerCase();
}
