import { type Stretch, textOf } from "./stretch.ts";

/** Loose lines of a section → the entries of a list, each a stretch of a line. Pure. */

const bullet = /^\s*(?:[-*•·‣▪–]|\(?\d{1,2}[.)])\s+/;

/** An entry, with the lines that go on from it. */
export interface Item {
  readonly stretch: Stretch;
  /** Lines below that belong to it. */
  readonly more: readonly Stretch[];
}

/** Every bullet or line is an entry; a line that goes on from the one above belongs to it. */
export function itemsOf(loose: readonly Stretch[]): readonly Item[] {
  const items: { stretch: Stretch; more: Stretch[]; bulleted: boolean }[] = [];
  for (const line of loose) {
    const text = textOf(line);
    const mark = bullet.exec(text);
    const last = items.at(-1);
    const indented = /^\s{2,}/.test(text);
    const goesOn =
      !mark && last && ((last.bulleted && indented) || /^\s*\p{Ll}/u.test(text)) && !/[.;:]\s*$/.test(tail(last));
    if (goesOn) last.more.push(trim(line));
    else items.push({ stretch: trim(line, mark?.[0].length ?? 0), more: [], bulleted: mark !== null });
  }
  return items.filter(({ stretch }) => stretch.end > stretch.start);
}

const tail = ({ stretch, more }: { stretch: Stretch; more: readonly Stretch[] }) => textOf(more.at(-1) ?? stretch);

function trim(stretch: Stretch, skip = 0): Stretch {
  const text = textOf(stretch).slice(skip);
  const start = stretch.start + skip + text.length - text.trimStart().length;
  return { line: stretch.line, start, end: Math.max(start, stretch.start + skip + text.trimEnd().length) };
}

/** Words that go on from what stands before a comma rather than begin an entry of their own. */
const qualifies =
  /^\s*(?:(?:not|without|with|due to|on|since|diagnosed|last|first|status|which|who|most recent)\b|\d|(?:type|stage|grade|class)\s+\w{1,4}\s*(?:[,;.)]|$)|(?:unspecified|acute|chronic|left|right|bilateral|nos|initial|subsequent|recurrent|primary|secondary|(?:well[- ]|poorly |un)?controlled|stable|resolved|(?:in)?active|in remission|closed|open|severe|moderate|mild|likely|possibl[ey]|probabl[ey]|suspected)(?:\s+\p{Ll}+)?\s*(?:[,;.)]|$))/iu;

/** How and when something is taken. */
const directs =
  /^\s*(?:take|inhale|inject|apply|insert|instill|use|give|chew|place|spray|one|two|half|once|twice|thrice|every|each|by mouth|orally|oral|p\.?o\.?|i\.?v\.?|as needed|as directed|prn|daily|nightly|weekly|at bedtime|in the|before|after|tab(?:let)?s?|cap(?:sule)?s?|puffs?|disp(?:ense)?|refills?|quantity|qty|started|prescribed|for|q\d|qd|bid|tid|qid|extended|delayed|sustained)\b/i;

/** "…, 2. Dizziness": entries that are numbered within a line. */
const numbered = /^[.,;]\s*,?\s*\d{1,2}[.)]\s+\p{L}/u;

/** "Right common, internal and external carotid stenosis": what is where is still to come. */
const unfinished =
  /^\s*(?:(?:and|the|of|left|right|bilateral|common|internal|external|anterior|posterior|medial|lateral|superior|inferior|proximal|distal|upper|lower|middle)\s*)+$/i;

const goesOnWith = (rest: string) => qualifies.test(rest) || directs.test(rest);

/** One line that lists several entries → each of them. @param by what parts them */
export function split(stretch: Stretch, by: "semicolons" | "commas"): readonly Stretch[] {
  const text = textOf(stretch);
  const cuts: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "(" || character === "[") depth += 1;
    else if (character === ")" || character === "]") depth = Math.max(0, depth - 1);
    else if (depth === 0 && (character === ";" || numbered.test(text.slice(at)))) cuts.push(at);
    else if (
      depth === 0 &&
      by === "commas" &&
      character === "," &&
      !goesOnWith(text.slice(at + 1)) &&
      !unfinished.test(text.slice((cuts.at(-1) ?? -1) + 1, at))
    )
      cuts.push(at);
    else if (
      depth === 0 &&
      /[.!]/.test(character ?? "") &&
      /^[\s,]+\p{Lu}/u.test(text.slice(at + 1)) &&
      /[\p{Ll}\d)]{2}$/u.test(text.slice(0, at))
    )
      cuts.push(at);
  }
  const edges = [-1, ...cuts, text.length];
  return edges
    .slice(1)
    .map((edge, at) =>
      trim({ line: stretch.line, start: stretch.start + (edges[at] ?? -1) + 1, end: stretch.start + edge }),
    )
    .map(withoutAnd)
    .filter(({ start, end }) => end > start);
}

/** "…, and asthma." */
function withoutAnd(stretch: Stretch): Stretch {
  const text = textOf(stretch);
  const lead =
    /^(?:[\s,.]*\d{1,2}[.)]\s+(?=\p{L})|[\s,.]+|(?:and|or|as well as|plus)\s+)+/iu.exec(text)?.[0].length ?? 0;
  const end = stretch.end - (/[\s.,;]+$/.exec(text)?.[0].length ?? 0);
  return { line: stretch.line, start: stretch.start + lead, end: Math.max(stretch.start + lead, end) };
}
