import { spelledNumbers } from "./shapes.ts";

/** Numbers as people print and say them, with their units: "20 mg", "twenty milligrams", "one thirty two over eighty". */

export interface Quantity {
  /** As it stands in the text. */
  readonly text: string;
  /** What it may mean: "one twenty" is 1 and 20, or 120. Decimal strings. */
  readonly values: ReadonlySet<string>;
  /** In one spelling ("mg"); null without one. */
  readonly unit: string | null;
  /** Positions among the words of the text. */
  readonly from: number;
  readonly to: number;
}

const units: Readonly<Record<string, string>> = {
  milligram: "mg",
  milligrams: "mg",
  mgs: "mg",
  microgram: "mcg",
  micrograms: "mcg",
  µg: "mcg",
  gram: "g",
  grams: "g",
  milliliter: "ml",
  milliliters: "ml",
  millilitres: "ml",
  percent: "%",
  pound: "lb",
  pounds: "lb",
  lbs: "lb",
  kilogram: "kg",
  kilograms: "kg",
  centimeter: "cm",
  centimeters: "cm",
  millimeter: "mm",
  millimeters: "mm",
  inch: "in",
  inches: "in",
  tablet: "tablet",
  tablets: "tablet",
  pill: "tablet",
  pills: "tablet",
  unit: "unit",
  units: "unit",
  minute: "minute",
  minutes: "minute",
  hour: "hour",
  hours: "hour",
  day: "day",
  days: "day",
  week: "week",
  weeks: "week",
  month: "month",
  months: "month",
  year: "year",
  years: "year",
  mg: "mg",
  mcg: "mcg",
  ml: "ml",
  kg: "kg",
  cm: "cm",
  mm: "mm",
  "%": "%",
};

/** A unit of measure or time in its one spelling; null for other words. */
export const unitOf = (text: string) => (Object.hasOwn(units, text) ? (units[text] ?? null) : null);

const word = /\p{N}+(?:[.,:/]\p{N}+)*|%|µg|[\p{L}]+/gu;
const fillers = new Set(["and", "a"]);

/** A number word may carry its unit: "20mg", "62-year-old". */
const wordsIn = (text: string) => text.toLowerCase().match(word) ?? [];

export function quantitiesOf(text: string): readonly Quantity[] {
  const words = wordsIn(text);
  const found: Quantity[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const first = words[at] ?? "";
    if (/\d/.test(first)) {
      found.push({ text: first, values: printedValues(first), unit: unitAt(words, at + 1), from: at, to: at + 1 });
      continue;
    }
    if (!spelledNumbers.has(first)) continue;
    const run = runFrom(words, at);
    // "no one", "the other one": a word, not a number.
    if (run.length === 1 && first === "one" && unitAt(words, at + 1) === null) continue;
    const numbers = run.flatMap((one) => spelledNumbers.get(one) ?? []);
    found.push({
      text: run.join(" "),
      values: spokenValues(numbers),
      unit: unitAt(words, at + run.length),
      from: at,
      to: at + run.length,
    });
    at += run.length - 1;
  }
  return found;
}

function runFrom(words: readonly string[], from: number): readonly string[] {
  let to = from;
  for (;;) {
    const [here = "", next = ""] = [words[to], words[to + 1]];
    if (spelledNumbers.has(here)) to += 1;
    else if (
      fillers.has(here) &&
      to > from &&
      (spelledNumbers.get(words[to - 1] ?? "") ?? 0) >= 100 &&
      spelledNumbers.has(next)
    )
      to += 1;
    else break;
  }
  return words.slice(from, to);
}

const unitAt = (words: readonly string[], at: number) => unitOf(words[at] ?? "");

/** "1,000" is 1000; of "132/80" and "3-5" each part and the whole count. */
function printedValues(text: string): ReadonlySet<string> {
  const values = new Set([text]);
  const plain = text.replaceAll(/,(?=\d{3}\b)/g, "");
  for (const part of [plain, ...plain.split(/[/:,]/)])
    if (/^\d+(?:\.\d+)?$/.test(part)) values.add(String(Number(part)));
  return values;
}

/** Every way a run of number words can be meant. */
function spokenValues(numbers: readonly number[]): ReadonlySet<string> {
  const values = new Set(numbers.map(String));
  for (let from = 0; from < numbers.length; from += 1) {
    let total = 0;
    let digits = "";
    for (const number of numbers.slice(from)) {
      if (number >= 100) total = Math.max(1, total) * number;
      else if (total % 100 === 0 || (total % 10 === 0 && number < 10)) total += number;
      else total = total * (number < 10 ? 10 : 100) + number;
      digits += String(number);
      values.add(String(total)).add(digits);
      values.add(joinedTens(digits, number));
    }
  }
  // "one thirty two": a hundred and thirty-two.
  const [first = 0, ...rest] = numbers;
  const tail = rest.reduce((sum, number) => sum + number, 0);
  if (rest.length > 0 && first < 20 && tail < 100) values.add(String(first * 100 + tail));
  return values;
}

const joinedTens = (digits: string, last: number) => (last < 10 ? `${digits.slice(0, -2)}${last}` : digits);

/** Whether a number of a sentence stands in the lines, with its unit where the sentence gives one. */
export function isStated(one: Quantity, lines: readonly Quantity[]): "yes" | "other unit" | "no" {
  const same = lines.filter(({ values }) => [...one.values].some((value) => values.has(value)));
  if (same.length === 0) return "no";
  if (one.unit === null || same.some(({ unit }) => unit === one.unit)) return "yes";
  return "other unit";
}
