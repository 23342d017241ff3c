import { readFileSync } from "node:fs";
import { alignmentOf, supportOf } from "../../src/summary/index.ts";

/** Whether the support score of whole summaries goes with what people counted in them. */

/** Names a row may give its parts. */
const names = {
  record: ["dialogue", "record", "text"],
  summary: ["summary", "system_summary", "generated", "output", "prediction"],
  rate: ["HallucinationRate", "hallucination_rate", "hallucinationRate"],
};

type Row = Readonly<Record<string, unknown>>;

export function measureFaithfulness(file: string): string {
  const rows = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line): Row => JSON.parse(line));
  const scored = rows.map((row) => {
    const lines = textOf(row, "record").split(/\r?\n/);
    const sentences = textOf(row, "summary")
      .split(/(?<=[.!?])\s+|\n/)
      .filter((sentence) => /\p{L}/u.test(sentence));
    const of = (score: (sentence: string) => number) =>
      sentences.reduce((sum, sentence) => sum + score(sentence), 0) / Math.max(1, sentences.length);
    const rules = of((sentence) => supportOf(sentence, lines).score);
    const alignment = of((sentence) => alignmentOf(sentence, lines));
    return { rate: Number(valueOf(row, "rate")), rules, alignment, both: (rules + alignment) / 2 };
  });
  const rates = scored.map(({ rate }) => rate);
  const shown = (["rules", "alignment", "both"] as const).map((name) => {
    const rho = spearman(
      scored.map((one) => -one[name]),
      rates,
    );
    return `${name}: ${rho.toFixed(3)}`;
  });
  return `${rows.length} summaries; Spearman between 1 - support and the hallucination rate people counted (positive: less support, more hallucination)\n${shown.join("\n")}`;
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
