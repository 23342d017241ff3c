import { readFileSync } from "node:fs";
import { seeded } from "../../src/confidence/index.ts";
import { alignmentOf, supportOf } from "../../src/summary/index.ts";

/** Whether the support score of whole summaries goes with what people counted in them. */

/** Names a row may give its parts. */
const names = {
  record: ["dialogue", "record", "text"],
  summary: ["summary", "system_summary", "generated", "output", "prediction"],
  rate: ["HallucinationRate", "hallucination_rate", "hallucinationRate"],
};

type Row = Readonly<Record<string, unknown>>;

const rowsOf = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line): Row => JSON.parse(line));

const sentencesOf = (text: string) => text.split(/(?<=[.!?])\s+|\n/).filter((sentence) => /\p{L}/u.test(sentence));

export function measureFaithfulness(file: string): string {
  const cases = rowsOf(file).map((row) => ({
    lines: textOf(row, "record").split(/\r?\n/),
    sentences: sentencesOf(textOf(row, "summary")),
    rate: Number(valueOf(row, "rate")),
  }));
  return `${cases.length} summaries, by the hallucination rate people counted\n${correlationsOf(cases)}`;
}

/** Shares of a note's sentences that another note of the same section takes the place of. */
const mixtures = [0, 0.3, 0.6];

/** Where nobody counted: notes of which some sentences are another patient's, by how many are. */
export function measureMixed(file: string): string {
  const random = seeded(5);
  const rows = rowsOf(file);
  const cases = rows.flatMap((row) => {
    const others = rows.filter((other) => other !== row && other["truth_section"] === row["truth_section"]);
    if (others.length === 0) return [];
    return mixtures.map((share): Case => {
      let foreign = 0;
      const own = sentencesOf(String(row["truth_text"]));
      const sentences = own.map((sentence) => {
        if (random() >= share) return sentence;
        const theirs = sentencesOf(String(others[Math.floor(random() * others.length)]?.["truth_text"]));
        foreign += 1;
        return theirs[Math.floor(random() * theirs.length)] ?? "";
      });
      return { lines: textOf(row, "record").split(/\r?\n/), sentences, rate: foreign / Math.max(1, own.length) };
    });
  });
  return `${cases.length} notes, by the share of sentences that are of another patient\n${correlationsOf(cases)}`;
}

interface Case {
  readonly lines: readonly string[];
  readonly sentences: readonly string[];
  readonly rate: number;
}

function correlationsOf(cases: readonly Case[]): string {
  const scored = cases.map(({ lines, sentences, rate }) => {
    const of = (score: (sentence: string) => number) =>
      sentences.reduce((sum, sentence) => sum + score(sentence), 0) / Math.max(1, sentences.length);
    const rules = of((sentence) => supportOf(sentence, lines).score);
    const alignment = of((sentence) => alignmentOf(sentence, lines));
    return { rate, rules, alignment, both: (rules + alignment) / 2 };
  });
  const rates = scored.map(({ rate }) => rate);
  const shown = (["rules", "alignment", "both"] as const).map((name) => {
    const rho = spearman(
      scored.map((one) => -one[name]),
      rates,
    );
    return `${name}: ${rho.toFixed(3)}`;
  });
  return `Spearman between 1 - support and that (positive: less support, more hallucination)\n${shown.join("\n")}`;
}

function valueOf(row: Row, part: keyof typeof names): unknown {
  const name = names[part].find((one) => one in row);
  if (name === undefined)
    throw new Error(`No row names its ${part}: ${names[part].join(", ")} of ${Object.keys(row).join(", ")}`);
  return row[name];
}

const textOf = (row: Row, part: keyof typeof names) => String(valueOf(row, part));

function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [both, left, right] = [0, 0, 0];
  for (const [at, rank] of x.entries()) {
    const other = y[at] ?? 0;
    both += (rank - mean) * (other - mean);
    left += (rank - mean) ** 2;
    right += (other - mean) ** 2;
  }
  return both / Math.sqrt(left * right);
}

/** Ties share their mean rank. */
function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((value, at) => ({ value, at })).toSorted((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at]?.at ?? 0] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}
