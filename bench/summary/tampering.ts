import { type Sentence, type Trial, alignmentMin, alignmentOf, summarize, supportOf } from "../../src/summary/index.ts";

/** Sentences changed in one thing each, and how many of them each of the two methods notices. */

type Change = (text: string) => string | null;

const swapped =
  (pairs: readonly (readonly [RegExp, string])[]): Change =>
  (text) => {
    const found = pairs.find(([pattern]) => pattern.test(text));
    return found ? text.replace(found[0], found[1]) : null;
  };

const changes: Readonly<Record<string, Change>> = {
  number: (text) => (/\d/.test(text) ? text.replace(/\d+/, (digits) => String(Number(digits) + 7)) : null),
  unit: swapped([
    [/\b(?:milligrams?|mg)\b/i, "micrograms"],
    [/\bweeks?\b/i, "months"],
    [/\bdays?\b/i, "weeks"],
    [/\byears?\b/i, "months"],
  ]),
  "denial left out": swapped([
    [/\b(?:no|not|never)\s+(?=\p{L})/iu, ""],
    [/n't\b/, ""],
  ]),
  "denial put in": swapped([
    [/\b(?:is|was|has|have|had)\b/i, "$& no"],
    [/\bthere's\b/i, "there's no"],
  ]),
  side: swapped([
    [/\bleft (?=\p{L}+)/iu, "right "],
    [/\bright (?=knee|arm|leg|foot|hand|shoulder|ankle|hip|elbow|wrist|eye|ear|side)/i, "left "],
  ]),
  drug: swapped([[/\b\p{L}*(?:pril|statin|olol|formin|prazole|profen|cillin|sone|thyroxine|pentin)\b/iu, "valsartan"]]),
  subject: swapped([
    [/\bmy (?:mother|father|sister|brother|mom|dad)\b/i, "I"],
    [/\b(?:mother|father|sister|brother|mom|dad) /i, ""],
  ]),
};

export function measureTampering(trials: readonly Trial[]): string {
  const counts = new Map<string, { n: number; rules: number; alignment: number; either: number }>();
  const note = (name: string, text: string, lines: readonly string[]) => {
    const count = counts.get(name) ?? { n: 0, rules: 0, alignment: 0, either: 0 };
    const rules = supportOf(text, lines).problems.length > 0;
    const alignment = alignmentOf(text, lines) < alignmentMin;
    count.n += 1;
    count.rules += Number(rules);
    count.alignment += Number(alignment);
    count.either += Number(rules || alignment);
    counts.set(name, count);
  };
  for (const { example, model } of trials) {
    for (const sentence of summarize(example.lines, model, { share: 0.45 }).sentences) {
      const lines = sourcesOf(sentence).map((line) => example.lines[line]?.text ?? "");
      for (const [name, change] of Object.entries(changes)) {
        const text = change(sentence.text);
        if (text !== null && text !== sentence.text) note(name, text, lines);
      }
    }
  }
  const share = (some: number, all: number) => (some / Math.max(1, all)).toFixed(3);
  return [
    "| changed | sentences | noticed by the rules | by the second method | by either |",
    "| --- | --- | --- | --- | --- |",
    ...[...counts].map(
      ([name, { n, rules, alignment, either }]) =>
        `| ${name} | ${n} | ${share(rules, n)} | ${share(alignment, n)} | ${share(either, n)} |`,
    ),
  ].join("\n");
}

const sourcesOf = ({ pieces }: Sentence) => [...new Set(pieces.map(({ line }) => line))].toSorted((a, b) => a - b);
