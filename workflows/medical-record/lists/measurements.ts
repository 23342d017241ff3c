import { absenceOf } from "../lines/absence.ts";
import { type Stretch, textOf } from "../lines/stretch.ts";
import { type Fact, said, spanAt, stated } from "../fact.ts";
import type { ListName } from "../schema.ts";

/** Measurements within lines: "BP 120/80, pulse 72", "Sodium: 141 mmol/L (136-145)". Pure. */

const vital =
  /\b(?<name>blood pressure|BP|heart rate|HR|pulse(?: rate| ox(?:imetry)?)?|resp(?:irat(?:ory rate|ions?))?|RR|temp(?:erature)?|SpO2|O2 sat(?:uration)?|oxygen saturation|sat(?:uration)?s?|weight|wt|height|ht|BMI|body mass index|pain(?: score)?)\b\.?\s*(?:is|was|of|at|:|=|-)*\s*(?<value>\d{1,3}(?:\.\d+)?(?:\s?\/\s?\d{1,3})?)\s?(?<unit>mm\s?\[?Hg\]?|bpm|beats(?: per minute| a minute)?|°\s?[CF]|degrees(?: (?:fahrenheit|celsius))?|[FC]\b|%|kg(?:\/m2|\/m²)?|lbs?|pounds|cm|in(?:ches)?\b|\/min|\[\w+\])?/gi;
const result =
  /(?<![\p{L}\d])(?<name>(?!(?:and|or)\b)\p{L}[\p{L}\d()+/-]{0,24}(?: [\p{L}\d()+/-]{1,20}){0,3}?)\s*(?::|=|\bof\b|\bis\b|\bwas\b|\s)\s*(?:about |approximately )?(?<value>(?:(?:less|greater|more) than |[<>])?\d+(?:[.,]\d+)*)\s?(?<unit>%|(?:m|µ|u|n|p|k)?(?:g|mol|IU|U|Eq|L|kat)\/(?:d|m|µ|u)?L|10\S{1,6}\/\S{1,3}|K\/\S{1,3}|mm\/h(?:r)?|fL|pg|sec(?:onds)?|mmHg|ng\/mL|mIU\/L|mEq\/L|x10\S+)?(?:\s*\((?<flag>[HL]|high|low|abnormal)\))?(?=[\s,;.)]|$)/giu;
/** Words before a number that name no measurement. */
const unnamed =
  /\b(?:it|at|on|by|to|in|for|with|and|or|then|from|over|about|done|shows?|showed|followed|day|days|page|dose|was|is|of|the|a|grade|stage|type|no|number)$/i;

/** "EKG done at 20:37" measures nothing. */
const timed = /\b(?:at|on)\b/i;

export function measurementsIn(stretch: Stretch, list: ListName): readonly Fact[] {
  const text = textOf(stretch);
  if (absenceOf(text) !== null) return [];
  const facts: Fact[] = [];
  for (const match of text.matchAll(list === "vitals" ? vital : result)) {
    const { name = "", value = "", unit, flag } = match.groups ?? {};
    if (unnamed.test(name) || timed.test(name)) continue;
    const part = (words: string | undefined, from: number) => {
      if (words === undefined || words === "") return undefined;
      const at = text.indexOf(words, from);
      return said({ line: stretch.line, start: stretch.start + at, end: stretch.start + at + words.length });
    };
    const valueAt = match.index + match[0].indexOf(value, name.length);
    const values = {
      name: part(name, match.index),
      value: part(value, valueAt),
      unit: part(unit, valueAt + value.length),
      ...(list === "results" ? { flag: part(flag, valueAt + value.length) } : {}),
    };
    const end = match.index + match[0].length;
    const source = [spanAt({ line: stretch.line, start: stretch.start + match.index, end: stretch.start + end })];
    facts.push({ list, values: stated(list, values), source, by: "rule", evidence: { "item.measured": 1 } });
  }
  return facts;
}
