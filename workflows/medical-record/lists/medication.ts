import { type Stretch, textOf } from "../lines/stretch.ts";

/** The words of a medication → its name with strength and form, how much, how often. Pure. */

export interface MedicationWords {
  readonly name: Stretch;
  readonly dose: Stretch | null;
  readonly frequency: Stretch | null;
}

const unit =
  "(?:mg|mcg|µg|ug|g|gm|grams?|kg|ml|mL|l|meq|mmol|units?|iu|%|mg\\/ml|mcg\\/actuation|milligrams?|micrograms?|millilit(?:er|re)s?|cc)";
const count =
  "(?:tabs?|tablets?|tab\\(s\\)|caps?|capsules?|cap\\(s\\)|pills?|puffs?|puff\\(s\\)|drops?|gtts?|sprays?|patch(?:es)?|applications?|teaspoons?|tsp|tablespoons?|vials?|ampules?|suppositor(?:y|ies)|inhalations?|units?|sachets?|lozenges?|doses?|nebs?)";
const number =
  "(?:\\d+(?:[.,]\\d+)?(?:\\s?(?:-|to)\\s?\\d+(?:[.,]\\d+)?)?|one(?:[ -]half)?|two|three|four|half(?: a)?|a|1\\/2|½)";
const often =
  "(?:(?:(?:one|two|three|\\d)\\s+)?(?:a|per|each) (?:day|week|month|night)\\b|every\\s+(?:\\d+(?:\\s?(?:-|to)\\s?\\d+)?|other|four|six|eight|twelve)?\\s?(?:hours?|hrs?|h|days?|weeks?|months?|morning|evening|night|mornings?|day)\\b|q\\.?\\s?\\d+(?:-\\d+)?\\s?(?:h|hr|hrs|hours?|d|days?|wk|weeks?)?\\b|q(?:d|am|pm|hs|od|id|wk|day|week|month|ac)\\b|q\\.[ad-z]\\.[a-z.]*|(?:b|t|q)\\.?i\\.?d\\b\\.?|(?:once|twice|thrice|(?:one|two|three|four|five|six|\\d+)(?:\\s?(?:-|to)\\s?\\d+)?\\s+times?)(?:\\s+(?:a|per|each|every)\\s+(?:day|week|month|night)|\\s+(?:daily|weekly|monthly|nightly))?\\b|(?:daily|nightly|weekly|monthly|hourly|biweekly)\\b|at (?:bedtime|night|noon)\\b|in the (?:morning|evening|afternoon)\\b|(?:before|after|with) (?:meals|breakfast|dinner|lunch|food|each meal)\\b|p\\.?r\\.?n\\b\\.?|as needed\\b|as directed\\b|(?:qhs|hs|ac|pc)\\b)";

const verb =
  "(?:take|inhale|inject|apply|insert|instill|use|give|chew|place|spray|dissolve|swish|drink|wear|administer|infuse|swallow|put)s?";

const strengthPattern = new RegExp(
  `(?<![\\w.])\\d+(?:[.,]\\d+)?\\s?${unit}(?:\\s?\\/\\s?(?:\\d+(?:[.,]\\d+)?\\s?)?(?:ml|actuat(?:ion)?|act|hr|h|dose|tab|inh|day|g)\\b)?(?![a-z])`,
  "gi",
);
const amountPattern = new RegExp(`(?<![\\w.])${number}\\s?${count}(?![a-z])(?:\\s?\\([^)]{1,30}\\))?`, "i");
const oftenPattern = new RegExp(`(?<![\\p{L}\\d])${often}`, "giu");

/** Where directions begin within the words. */
const directions: readonly RegExp[] = [
  new RegExp(`[\\s,;:(-]+(?=${verb}\\s)`, "i"),
  // Cells flattened without a blank: "SolutionINHALE 2 PUFFS".
  /(?<=\p{Ll})(?=(?:INHALE|TAKE|APPLY|INJECT|USE|INSERT|INSTILL|Quantity|Refills?|Lot|Status|Started)\b)/u,
  new RegExp(`[\\s,;(-]+(?=${number}\\s?${count}(?:\\s|$|\\.|,|\\())`, "i"),
  new RegExp(`[\\s,;(-]+(?=${often})`, "iu"),
  /[\s,;(-]+(?=(?:by mouth|orally|p\.?o\.?|i\.?v\.?|i\.?m\.?|s\.?c\.?|subcut\w*|sublingual\w*|per os|via|topically|nightly)(?:\s|[.,;)]|$))/i,
  /\s+(?=#\s?\d)/,
  /[\s,;(-]+(?=(?:quantity|qty|refills?|disp(?:ense)?|sig|lot ?#?|status|started|since|start date|ended|for \d+ (?:days|weeks)|for (?:his|her|the|pain|blood)|last (?:taken|filled)|prescribed|indication)\b)/i,
];

export function medicationOf(item: Stretch): MedicationWords {
  const text = textOf(item);
  const cut = Math.min(text.length, directionsAt(text) ?? text.length);
  const name = at(item, 0, withoutCodes(text.slice(0, cut)).length);
  const sig = text.slice(cut);
  return { name, dose: doseIn(item, text, cut), frequency: frequencyIn(item, sig, cut) };
}

/** @returns the offset at which the name ends; null where there are no directions */
function directionsAt(text: string): number | null {
  const starts = directions.flatMap((pattern) => {
    const match = pattern.exec(text);
    return match && match.index > 2 ? [match.index] : [];
  });
  const repeated = secondStrength(text);
  const all = repeated === null ? starts : [...starts, repeated];
  return all.length === 0 ? null : Math.min(...all);
}

/** A second amount that belongs to no combination is what is given: "Cefepime 20 mg/mL 1 g IV". */
function secondStrength(text: string): number | null {
  const [first, second] = [...text.matchAll(strengthPattern)];
  if (!first || !second) return null;
  const between = text.slice(first.index + first[0].length, second.index);
  return /[/+&-]|\b(?:and|with)\b|,/i.test(between) || /\(/.test(between)
    ? null
    : second.index - trailing(text.slice(0, second.index));
}

const trailing = (text: string) => text.length - text.trimEnd().length;

function doseIn(item: Stretch, text: string, cut: number): Stretch | null {
  const sig = text.slice(cut);
  const amount = amountPattern.exec(sig);
  if (amount) return at(item, cut + amount.index, cut + amount.index + amount[0].length);
  const [given] = [...sig.matchAll(strengthPattern)];
  if (given) return at(item, cut + given.index, cut + given.index + given[0].length);
  const [strength] = [...text.slice(0, cut).matchAll(strengthPattern)];
  return strength ? at(item, strength.index, strength.index + strength[0].length) : null;
}

/** From the first word about time to the last that goes on from it. */
function frequencyIn(item: Stretch, sig: string, offset: number): Stretch | null {
  const found = [...sig.matchAll(oftenPattern)];
  const [first] = found;
  if (!first) return null;
  let end = first.index + first[0].length;
  for (const next of found.slice(1)) {
    if (next.index - end > 4) break;
    end = next.index + next[0].length;
  }
  return at(item, offset + first.index, offset + end);
}

/** How often, said by directions that stand in a column of their own. */
export function frequencyOf(sig: Stretch): Stretch | null {
  return frequencyIn(sig, textOf(sig), 0);
}

export function doseOf(sig: Stretch): Stretch | null {
  return doseIn(sig, textOf(sig), 0);
}

function at(item: Stretch, start: number, end: number): Stretch {
  return { line: item.line, start: item.start + start, end: item.start + end };
}

/** What names without: codes in brackets behind them, punctuation at the end. */
export function withoutCodes(name: string): string {
  return name
    .trimEnd()
    .replace(
      /(?:[,;]?\s*[[(](?:(?:rx ?norm|snomed(?:[- ]?ct)?|icd[- ]?(?:9|10)(?:[- ]cm)?|cvx|loinc|ndc|cpt|code)\b[^\])]*|[A-Z]?\d[\w.]*(?:,\s*[A-Z]?\d[\w.]*)*(?:\s+SNOMED CT)?)[\])])+$/i,
      "",
    )
    .replace(/(?:,\s*\d)?[\s,;:.(–-]*$/, "");
}
