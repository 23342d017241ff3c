import type { Candidate } from "./candidate.ts";
import { overText, type Reading } from "./flow.ts";
import type { Layout } from "./layout.ts";

const units = {
  year: "years?|yrs?|jahren?|jahre?s?|ans?|années?|años?|anni|anno|jaren|jaar|anos?",
  month: "months?|monaten?|monate?s?|mois|mes(?:es)?|mesi|mese|maanden|maand|meses|mês",
  week: "weeks?|wochen?|semaines?|semanas?|settimane|settimana|weken|week",
  day: "days?|tagen?|tage?s?|jours?|días?|dias?|giorni|giorno|dagen|dag",
} as const;

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
/** The words of other languages for what contracts last: one to six, ten and twelve. */
const foreign: Readonly<Record<string, number>> = {
  ein: 1,
  eine: 1,
  einem: 1,
  eines: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  fünf: 5,
  sechs: 6,
  zehn: 10,
  zwölf: 12,
  un: 1,
  deux: 2,
  trois: 3,
  quatre: 4,
  cinq: 5,
  douze: 12,
  uno: 1,
  due: 2,
  dos: 2,
  tre: 3,
  tres: 3,
  cinco: 5,
  cinque: 5,
  een: 1,
  twee: 2,
  drie: 3,
  vijf: 5,
};
const numbers = new Map<string, number>([
  ...Object.entries(foreign),
  ...small.map((word, at) => [word, at] as const),
  ...tens.map((word, at) => [word, (at + 2) * 10] as const),
]);
const tenWord = tens.join("|");
const word = [`(?:${tenWord})[-\\s](?:${small.slice(1, 10).join("|")})`, ...numbers.keys()].join("|");

const printed = new RegExp(
  `(?<![\\p{L}\\d.,])(?:(?<word>${word})(?:\\s?\\(\\s?(?<bracket>\\d{1,3})\\s?\\))?|(?<digits>\\d{1,3}))(?:\\s|-|\\s?full\\s|\\s?calendar\\s|\\s?consecutive\\s){1,2}` +
    `(?:${Object.entries(units)
      .map(([unit, words]) => `(?<${unit}>${words})`)
      .join("|")})(?!\\p{L})`,
  "giu",
);

/** How long something lasts, as "2 years" or "18 months" whatever the language and whether in words or digits. */
export function findDurations(layout: Layout): readonly Candidate[] {
  return overText(layout, "duration", durationsIn);
}

function durationsIn(text: string): readonly Reading[] {
  return [...text.matchAll(printed)].flatMap((match) => {
    const groups = match.groups ?? {};
    const count = Number(groups["bracket"] ?? groups["digits"] ?? countOf(groups["word"] ?? ""));
    const unit = Object.keys(units).find((name) => groups[name] !== undefined) ?? "";
    if (!(count > 0)) return [];
    const value = `${count} ${unit}${count === 1 ? "" : "s"}`;
    const traits = [unit, ...(groups["bracket"] === undefined ? [] : ["twice"])];
    return [{ start: match.index, end: match.index + match[0].length, value, traits }];
  });
}

/** "twenty-four" → 24. */
function countOf(words: string): number {
  return words
    .toLowerCase()
    .split(/[-\s]/)
    .reduce((sum, one) => sum + (numbers.get(one) ?? 0), 0);
}
