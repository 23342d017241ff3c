import { rougeWords } from "./rouge.ts";
import type { Unit } from "./units.ts";

/** Under which title of a note a sentence belongs. */

export const titles = [
  "History of present illness",
  "Past history",
  "Medications and allergies",
  "Family and social history",
  "Review of systems",
  "Physical examination",
  "Results",
  "Assessment and plan",
] as const;
export type Title = (typeof titles)[number];

const headings: readonly (readonly [RegExp, Title])[] = [
  [/assessment|\bplan\b|impression|instruction|disposition|diagnos|recommendation|follow/i, "Assessment and plan"],
  [/review of systems|\bros\b/i, "Review of systems"],
  [/exam|vital/i, "Physical examination"],
  [/result|\blabs?\b|imaging|x-?ray/i, "Results"],
  [/medication|allerg|drug/i, "Medications and allergies"],
  [/family|social|fam\/soc/i, "Family and social history"],
  [
    /past|medical history|surgical|surgeries|history of present|hpi|chief|\bcc\b|genhx|gynhx|immuni|other_history/i,
    "Past history",
  ],
];

/** The title a heading of a note stands for; null where it is none of them. */
export function titleOf(heading: string): Title | null {
  if (/present illness|hpi|chief|^cc\b|genhx|edcourse/i.test(heading)) return "History of present illness";
  return headings.find(([pattern]) => pattern.test(heading))?.[1] ?? null;
}

/** How often each word was said of what belongs under each title, in the order of `titles`. */
export interface SectionModel {
  readonly words: ReadonlyMap<string, readonly number[]>;
  readonly totals: readonly number[];
}

export interface Placed {
  readonly words: readonly string[];
  readonly title: Title;
}

export function learnSections(placed: readonly Placed[]): SectionModel {
  const words = new Map<string, number[]>();
  const totals = titles.map(() => 0);
  for (const one of placed) {
    const at = titles.indexOf(one.title);
    for (const word of new Set(one.words)) {
      const counts = words.get(word) ?? titles.map(() => 0);
      words.set(word, counts);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    totals[at] = (totals[at] ?? 0) + 1;
  }
  return { words, totals };
}

/** Words of a unit, with who says it and where as further words. */
export function sectionWords(
  { speaker, place, answer }: Pick<Unit, "speaker" | "place" | "answer">,
  text: string,
): readonly string[] {
  return [...rougeWords(text), `#${speaker}`, `@${Math.floor(place * 5.999)}`, ...(answer.length > 0 ? ["?"] : [])];
}

/** Naive Bayes: log-likelihood of each title. */
function likelihoods({ words, totals }: SectionModel, said: readonly string[]): readonly number[] {
  const all = totals.reduce((sum, count) => sum + count, 0);
  return titles.map((_title, at) => {
    const total = totals[at] ?? 0;
    let sum = Math.log((total + 1) / (all + titles.length));
    for (const word of new Set(said)) {
      const counts = words.get(word);
      if (!counts) continue;
      const other = (counts.reduce((some, count) => some + count, 0) + 1) / (all + 2);
      sum += Math.log(((counts[at] ?? 0) + 4 * other) / (total + 4));
    }
    return sum;
  });
}

/** What a sentence's neighbours say about it: a visit goes from one section to the next. */
const neighbours: readonly (readonly [offset: number, weight: number])[] = [
  [0, 1],
  [-1, 0.5],
  [1, 0.5],
  [-2, 0.3],
  [2, 0.3],
];

/** A title a unit, in order. @param texts words of each, as `sectionWords` gives them */
export function titlesFor(model: SectionModel, texts: readonly (readonly string[])[]): readonly Title[] {
  const each = texts.map((words) => likelihoods(model, words));
  return each.map((_own, at) => {
    const scores = titles.map((_title, column) =>
      neighbours.reduce((sum, [offset, weight]) => sum + weight * (each[at + offset]?.[column] ?? 0), 0),
    );
    return titles[scores.indexOf(Math.max(...scores))] ?? titles[0];
  });
}
