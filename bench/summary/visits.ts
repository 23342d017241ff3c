import {
  type Example,
  type FactKind,
  type Trial,
  alignmentMin,
  factKinds,
  factsOf,
  rouge,
  statedIn,
  summarize,
} from "../../src/summary/index.ts";

/** Summaries by models that had not seen the visit, and what other ways of summarising come to. */

/** Longest a summary may be, as a share of the visit. */
const share = 0.45;

interface Measured {
  readonly example: Example;
  readonly summary: string;
  readonly sentences: number;
  readonly doubted: number;
  readonly dropped: number;
}

const recordOf = ({ lines }: Example) => lines.map(({ text }) => text).join("\n");

export function measureVisits(trials: readonly Trial[]): string {
  const ours = trials.map(({ example, model }): Measured => {
    const { sentences, dropped } = summarize(example.lines, model, { share });
    return {
      example,
      summary: sentences.map(({ text }) => text).join("\n"),
      sentences: sentences.length,
      doubted: sentences.filter(({ alignment }) => alignment < alignmentMin).length,
      dropped: dropped.length,
    };
  });
  const sum = (of: (one: Measured) => number) => ours.reduce((total, one) => total + of(one), 0);
  const sentences = sum((one) => one.sentences);
  const rows = Object.entries(others).map(([name, summarise]) =>
    rowOf(
      name,
      trials.map(({ example }) => ({ example, summary: summarise(example) })),
    ),
  );
  return [
    `${trials.length} visits, each summarised by weights that had not seen it; ROUGE without stemming; at most ${share} of the visit's length`,
    "",
    "| summary | length | ROUGE-1 | ROUGE-2 | ROUGE-L | facts | numbers | drugs | conditions | left out of the note |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    rowOf("Weir", ours),
    ...rows,
    "",
    `facts: share of the note's numbers, drugs and conditions that the visit states and the summary does too`,
    `sentences: ${sentences}; dropped before by the rules: ${sum((one) => one.dropped)} (${percent(
      sum((one) => one.dropped),
      sentences + sum((one) => one.dropped),
    )}); doubted by the second method: ${sum((one) => one.doubted)} (${percent(
      sum((one) => one.doubted),
      sentences,
    )})`,
  ].join("\n");
}

const percent = (some: number, all: number) => `${((100 * some) / Math.max(1, all)).toFixed(2)} %`;

function rowOf(name: string, measured: readonly Pick<Measured, "example" | "summary">[]): string {
  const scores = measured.map(({ example, summary }) => ({
    ...rouge(summary, example.note),
    length: summary.length / recordOf(example).length,
  }));
  const mean = (of: (one: (typeof scores)[number]) => number) =>
    (scores.reduce((total, one) => total + of(one), 0) / scores.length).toFixed(3);
  const kinds = factKinds.map((kind) => recallOf(measured, [kind]).toFixed(3));
  const noted = measured.flatMap(({ example, summary }) => {
    const facts = factsOf(example.note);
    return [{ all: facts.length, kept: statedIn(facts, summary).length }];
  });
  const [all, kept] = [
    noted.reduce((total, one) => total + one.all, 0),
    noted.reduce((total, one) => total + one.kept, 0),
  ];
  const cells = [
    mean((one) => one.length),
    mean((one) => one.rouge1),
    mean((one) => one.rouge2),
    mean((one) => one.rougeL),
    recallOf(measured, factKinds).toFixed(3),
    ...kinds,
    percent(all - kept, all),
  ];
  return `| ${name} | ${cells.join(" | ")} |`;
}

/** Of the note's facts that the visit states, those the summary states. */
function recallOf(measured: readonly Pick<Measured, "example" | "summary">[], kinds: readonly FactKind[]): number {
  let [found, all] = [0, 0];
  for (const { example, summary } of measured) {
    const facts = factsOf(example.note).filter(({ kind }) => kinds.includes(kind));
    const said = statedIn(facts, recordOf(example));
    all += said.length;
    found += statedIn(said, summary).length;
  }
  return found / Math.max(1, all);
}

const others: Readonly<Record<string, (example: Example) => string>> = {
  "the visit as it is": recordOf,
  "longest lines": (example) => fitting(example, (a, b) => b.length - a.length),
  "first lines": (example) => fitting(example, () => 0),
  "lines an oracle picks": oracle,
};

function fitting(example: Example, order: (a: string, b: string) => number): string {
  const lines = example.lines.map(({ text }) => text);
  let left = share * recordOf(example).length;
  const kept = new Set<string>();
  for (const line of lines.toSorted(order)) {
    if (line.length + 1 > left) continue;
    kept.add(line);
    left -= line.length + 1;
  }
  return lines.filter((line) => kept.has(line)).join("\n");
}

/** Whole lines, one after the other, each the one that adds most to ROUGE-1 with the note: it has seen the note. */
function oracle(example: Example): string {
  const lines = example.lines.map(({ text }) => text);
  const most = share * recordOf(example).length;
  let [chosen, best]: [readonly string[], number] = [[], 0];
  for (;;) {
    let next: readonly string[] | null = null;
    for (const line of lines) {
      if (chosen.includes(line)) continue;
      const some = [...chosen, line];
      const text = some.join("\n");
      if (text.length > most) continue;
      const { rouge1 } = rouge(text, example.note);
      if (rouge1 > best) [best, next] = [rouge1, some];
    }
    if (next === null) return chosen.join("\n");
    chosen = next;
  }
}
