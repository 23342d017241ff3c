import { type Context, contextOf } from "../lines/context.ts";
import { split } from "../lines/items.ts";
import { type Stretch, textOf, within } from "../lines/stretch.ts";
import { type Fact, type Value, nameKey, readAs, said, spanAt, stated } from "../fact.ts";
import type { ListName } from "../schema.ts";
import { frequencyOf } from "./medication.ts";
import { isName } from "./names.ts";

/**
 * Facts that sentences and talk state in so many words: "a history of gout", "allergic to latex", "lisinopril 20 mg
 * daily". Only what such words introduce is taken; the rest of a story is for the summary. Pure.
 */

/** Where what is introduced ends. */
const until =
  "(?=\\s*(?:[.;?!]|,?\\s+(?:who|which|that|here|presents?|presenting|comes?|came|and (?:he|she|is|has|was|i|also)|but|so|for|with|in|since|when|as|okay|right)\\b|$))";

const introducing: readonly { readonly list: "problems" | "allergies"; readonly words: RegExp }[] = [
  {
    list: "problems",
    words: new RegExp(
      `\\b(?:history (?:is |was )?(?:significant |notable |positive |remarkable )?(?:of|for)|diagnosed with|known (?:to have|for))\\s+(?:an? |the )?(?<what>[^.;?!]{3,160}?)${until}`,
      "giu",
    ),
  },
  { list: "allergies", words: new RegExp(`\\ballerg(?:ic|y) to\\s+(?<what>[^.;?!]{3,80}?)${until}`, "giu") },
];

/** "A two-week history of …" */
const lasting = /\b(?:minutes?|hours?|days?|weeks?|months?)['’]?\s+$/i;

const amount =
  /(?<![\p{L}-])(?<name>\p{L}[\p{L}-]{4,})\s+(?<dose>\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|milligrams?|micrograms?|units?|grams?))\b/giu;
/** Words before an amount that are no medication. */
const unnamed =
  /^(?:about|above|after|another|around|below|daily|every|exactly|further|increased?|least|maximum|nearly|other|start(?:ed)?|taking|takes|total|under|until|which|while|dose|doses|dosage|total(?:ling)?|weigh(?:s|ing|t)?|with|than|over|tablets?|capsules?|another|additional)$/i;

export function factsOfProse(stretch: Stretch): readonly Fact[] {
  return [...introducing.flatMap(({ list, words }) => introduced(stretch, list, words)), ...medicationsIn(stretch)];
}

function introduced(stretch: Stretch, list: "problems" | "allergies", words: RegExp): readonly Fact[] {
  const text = textOf(stretch);
  return [...text.matchAll(words)].flatMap((match) => {
    // What has gone on for two weeks is a complaint.
    if (lasting.test(text.slice(0, match.index))) return [];
    // What is asked is not stated.
    if (/^[^.;!]*\?/.test(text.slice(match.index + match[0].length))) return [];
    const what = match.groups?.["what"] ?? "";
    const start = match.index + match[0].lastIndexOf(what);
    return split(within(stretch, start, start + what.length), "commas")
      .flatMap(atAnd)
      .flatMap((name) => factOf(list, name, stretch));
  });
}

/** "Gout and asthma." */
function atAnd(stretch: Stretch): readonly Stretch[] {
  const text = textOf(stretch);
  const found = /\s+(?:and|as well as)\s+(?:an? |the )?/i.exec(text);
  if (!found) return [stretch];
  return [within(stretch, 0, found.index), ...atAnd(within(stretch, found.index + found[0].length, text.length))];
}

const nameWordsMax = 6;
const lead = /^(?:(?:any|your|my|his|her|their|some|prior|previous|the|an?)\s+)+/i;
/** Talk that goes on where a name was expected. */
const talk = /\b(?:you|your|me|what|today|let's|continue|go|from|or like|this|that)\b/i;

function factOf(list: "problems" | "allergies", told: Stretch, { line, start }: Stretch): readonly Fact[] {
  const name = within(told, lead.exec(textOf(told))?.[0].length ?? 0, told.end - told.start);
  const words = textOf(name);
  if (!/\p{L}{3}/u.test(words) || !isName(words) || talk.test(words)) return [];
  if (words.split(/\s+/).length > nameWordsMax || /^(?:medications?|drugs?|anything)$/i.test(words)) return [];
  const found = contextOf(line.text.slice(start), name.start - start, name.end - start);
  if (list === "allergies" && found.negated) return [];
  const of: ListName = list === "problems" && found.relative !== null ? "familyHistory" : list;
  return [made(of, { [nameKey[of]]: said(name), ...marks(found, name) }, name)];
}

function marks(found: Context, name: Stretch): Readonly<Record<string, Value | undefined>> {
  return {
    laterality: readAs(found.laterality, name),
    negated: found.negated ? readAs(true, name) : undefined,
    uncertain: found.uncertain ? readAs(true, name) : undefined,
    relative: found.relative === null ? undefined : { value: found.relative, source: [] },
  };
}

function medicationsIn(stretch: Stretch): readonly Fact[] {
  const text = textOf(stretch);
  return [...text.matchAll(amount)].flatMap((match) => {
    const { name = "", dose = "" } = match.groups ?? {};
    if (unnamed.test(name)) return [];
    const end = match.index + match[0].length;
    const at = within(stretch, match.index, match.index + name.length);
    const rest = /^[^.;?!]{0,40}/.exec(text.slice(end))?.[0].length ?? 0;
    const { negated } = contextOf(text, match.index, end);
    const values = {
      name: said(at),
      dose: said(within(stretch, end - dose.length, end)),
      frequency: said(frequencyOf(within(stretch, end, end + rest))),
      status: negated ? readAs("stopped", at) : undefined,
    };
    return [made("medications", values, within(stretch, match.index, end))];
  });
}

function made(list: ListName, values: Readonly<Record<string, Value | undefined>>, at: Stretch): Fact {
  return { list, values: stated(list, values), source: [spanAt(at)], by: "rule", evidence: { "prose.told": 1 } };
}
