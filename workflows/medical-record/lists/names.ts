import type { Stretch } from "../lines/stretch.ts";
import { withoutCodes } from "./medication.ts";

/** What stands behind a name in the same cell: lot numbers, routes, other details. */
const behind =
  /(?:[\s,;]+|(?<=\p{Ll}))(?:Lot ?#|Lot:|Status:|Reaction:|Comments?:|Onset:|Dose #)|,\s*(?:IM|SC|SQ|PO|IN|ID|intramuscular|subcutaneous|oral|intranasal)\s*$/u;

/** A name without what only describes its entry. Pure. */
export function cleanName({ line, start, end }: Stretch): Stretch {
  const text = line.text.slice(start, end);
  const cut = behind.exec(text)?.index ?? text.length;
  return { line, start, end: start + withoutCodes(text.slice(0, cut)).length };
}

export function severityIn(stretch: Stretch | undefined): Stretch | null {
  if (!stretch) return null;
  const text = stretch.line.text.slice(stretch.start, stretch.end);
  const found = /\b(?:mild|moderate|severe|life[- ]threatening|fatal)(?: to (?:moderate|severe))?\b/i.exec(text);
  return (
    found && {
      line: stretch.line,
      start: stretch.start + found.index,
      end: stretch.start + found.index + found[0].length,
    }
  );
}

const wordsMax = 14;
/** Words that make a sentence: who does something, and what becomes of whom. */
const speaks =
  /^(?:i|he|she|they|we|it|there|this|that|these|etc|per (?:chart|patient|report)|as (?:such|mentioned|above|noted|stated|described)|after|also|dr\.?|thank|however|then|but|the (?:patient|rest|plan|procedure|risks?))\b|\b(?:was|were|is|are|am|has|have|had|will|would|should|could|did|does|been|being|feels?|felt|states?|stated|reports?|reported|reveals?|revealed|underwent|remained|received|noted|discussed|returned?|wishes|because|includes?|included|i|he|she|we|they)\b/i;

/** Whether words are a sentence. */
export const tells = (text: string) => speaks.test(text);

/** Whether words name something rather than tell it. */
export function isName(text: string): boolean {
  return text.split(/\s+/).length <= wordsMax && !tells(text);
}
