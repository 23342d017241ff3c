import type { DocumentText, Line } from "weir";
import { type Stretch, textOf } from "./stretch.ts";
import { type SectionKind, kindOfTitle } from "./titles.ts";

/** Lines → sections: what stands under which heading. Pure. */

export interface Section {
  /** As printed; empty for what stands before the first heading. */
  readonly title: string;
  /** Null where the title is not one that records use. */
  readonly kind: SectionKind | null;
  readonly heading: Line | null;
  /** What stands under the heading, from the top; text beside it on its line comes first. */
  readonly body: readonly Stretch[];
}

interface Heading {
  readonly title: string;
  readonly kind: SectionKind | null;
  /** Where text that follows on the same line begins; null where there is none. */
  readonly rest: number | null;
}

const marked = /^\s*#{1,6}\s+(?<title>\S.*?)\s*#*\s*$/;
/** "ALLERGIES: none known", "Past medical history:". */
const runIn =
  /^\s*(?:\d{1,2}[.)]\s*)?(?:\*\*|__)?(?<title>\p{L}[^:|?!]{1,60}?)(?:\*\*|__)?\s*,?\s*:(?:\*\*|__)?(?<rest>.*)$/u;
const bare = /^\s*(?:\*\*|__)?(?<title>\p{L}[^:|.?!]{1,60}?)(?:\*\*|__)?\s*$/u;
const capitals = /^[^\p{Ll}]*\p{Lu}[^\p{Ll}]*$/u;
const wordsMax = 8;

/** Where a list is expected, an unknown line in capitals is an entry of it rather than a heading. */
const listing: ReadonlySet<SectionKind | null> = new Set<SectionKind>([
  "problems",
  "medications",
  "allergies",
  "immunizations",
  "procedures",
  "results",
  "vitals",
  "diagnoses",
  "pastHistory",
]);

export function sectionsOf(text: DocumentText): readonly Section[] {
  const lines = text.pages.flatMap((page) => page.lines);
  const isMarked = lines.some((line) => marked.test(line.text));
  let open: OpenSection = { title: "", kind: null, heading: null, body: [] };
  const sections: OpenSection[] = [open];
  for (const line of lines) {
    for (const stretch of isMarked ? [whole(line)] : atInlineTitles(line)) {
      const heading = isMarked ? markedHeading(stretch) : plainHeading(stretch, open.kind);
      if (heading) {
        open = { title: heading.title, kind: heading.kind, heading: line, body: [] };
        sections.push(open);
        if (heading.rest !== null) open.body.push({ line, start: heading.rest, end: stretch.end });
      } else open.body.push(stretch);
    }
  }
  return sections;
}

interface OpenSection extends Section {
  readonly body: Stretch[];
}

const whole = (line: Line): Stretch => ({ line, start: 0, end: line.text.length });

/** A title in capitals in the middle of a line, as dictations run together have them: "… Stable.,ALLERGIES: None." */
const inlineTitle = /(?<=[.,;:)]\s*)\b\p{Lu}[\p{Lu} /&'()-]{3,50}(?:\s?,?\s?:(?!\d)|,(?=\s*1[.)]\s))/gu;
/** "OPERATIONS,1. …": a title in capitals before a list that is numbered. */
const beforeNumbers = /^\s*(?<title>\p{Lu}[\p{Lu} /&'()-]{3,50}),(?<rest>\s*1[.)]\s.*)$/u;

function atInlineTitles(line: Line): readonly Stretch[] {
  const cuts = [...line.text.matchAll(inlineTitle)].map(({ index }) => index);
  const edges = [0, ...cuts.filter((at) => at > 0), line.text.length];
  return edges.slice(1).map((end, at) => ({ line, start: edges[at] ?? 0, end }));
}

function markedHeading(stretch: Stretch): Heading | null {
  const title = marked.exec(textOf(stretch))?.groups?.["title"];
  return title === undefined ? null : { title, kind: kindOfTitle(title), rest: null };
}

/** Kinds of prose whose parts have titles of their own that begin nothing else: "HEENT:", "Day 2:". */
const prose: ReadonlySet<SectionKind | null> = new Set<SectionKind>(["examination", "narrative"]);

function plainHeading(stretch: Stretch, within: SectionKind | null): Heading | null {
  const text = textOf(stretch);
  const beside = (beforeNumbers.exec(text) ?? runIn.exec(text))?.groups;
  if (beside) {
    const title = beside["title"] ?? "";
    const rest = beside["rest"] ?? "";
    const kind = kindOfTitle(title);
    const alone = rest.trim() === "";
    const behind = alone ? null : stretch.end - rest.replace(/^[\s,]+/, "").length;
    if (kind !== null && (alone || isTitle(title))) return { title, kind, rest: behind };
    // Capitals with text beside them end what came before, whatever they say.
    const inCapitals = capitals.test(title) && title.length > 3 && !prose.has(within);
    if (!isTitle(title) || !(inCapitals || (alone && !listing.has(within)))) return null;
    return { title, kind: null, rest: behind };
  }
  const title = bare.exec(text)?.groups?.["title"];
  if (title === undefined || !isTitle(title)) return null;
  const kind = kindOfTitle(title);
  if (kind !== null && (capitals.test(title) || isTitleCase(title))) return { title, kind, rest: null };
  return capitals.test(title) && !listing.has(within) && title.length > 3 ? { title, kind: null, rest: null } : null;
}

function isTitle(title: string): boolean {
  return title.split(/\s+/).length <= wordsMax && !/\d/.test(title) && /^\p{Lu}/u.test(title.trim());
}

/** A sentence that happens to hold only words of titles is written like one. */
function isTitleCase(title: string): boolean {
  const words = title.split(/\s+/);
  const small = words.filter((word) => /^\p{Ll}/u.test(word) && word.length > 3);
  return words.length <= 4 || small.length * 2 < words.length;
}
