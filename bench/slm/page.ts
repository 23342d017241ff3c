import type { SetFigures } from "./accuracy.ts";
import { quantile, seconds, table, times } from "./figures.ts";
import type { SpeedFigures } from "./speed.ts";

export interface Measured {
  readonly conditions: string;
  readonly model: string;
  readonly grammarThreads: number;
  readonly sets: readonly SetFigures[];
  readonly speed: SpeedFigures;
}

/** The measured part of docs/small-models.md. */
export function pageOf({ conditions, model, grammarThreads, sets, speed }: Measured): string {
  return [
    `${conditions} Decoder ${model}; the chat session with ${grammarThreads === 1 ? "one thread, its" : `${grammarThreads} threads, its`} best.`,
    `Medians a document, every field asked:`,
    speedTable(sets),
    `Right fields, exact by the rules of \`weir eval\`, nothing learned, no ranker:`,
    rightTable(sets),
    `By field: ${sets.map(byPath).join("; ")}.`,
    table(["", "Weir", "grammar", "decision context"], [enumRow(speed)]),
    keptText(speed),
    throughput(speed),
    `Latency of one question to a document that is in the state, in ms:`,
    latencyTable(speed),
  ].join("\n\n");
}

function speedTable(sets: readonly SetFigures[]): string {
  const heads = ["set", "documents", "grammar", "Weir", "", "second step: grammar", "Weir", ""];
  const rows = sets.map((one) => [
    one.set,
    one.documents,
    seconds(one.grammarMs),
    seconds(one.aloneMs),
    times(one.grammarMs, one.aloneMs),
    seconds(one.grammarAgainMs),
    seconds(one.againMs),
    times(one.grammarAgainMs, one.againMs),
  ]);
  return table(heads, rows);
}

function rightTable(sets: readonly SetFigures[]): string {
  const heads = ["set", "fields", "grammar", "pointing", "", "first candidate", "last", "random"];
  const rows = sets.map(({ set, fields, right }) => [
    set,
    fields,
    right.grammar,
    right.alone,
    times(right.alone, right.grammar),
    right.first,
    right.last,
    right.random,
  ]);
  return table(heads, rows);
}

const byPath = ({ set, byPath: paths }: SetFigures) =>
  `${set} ${Object.entries(paths)
    .map(([path, { grammar, alone }]) => `${path} ${grammar} → ${alone}`)
    .join(", ")}`;

function enumRow({ enumsMs: { choose, grammar, decisions } }: SpeedFigures): readonly string[] {
  return [
    "8 enums of one document",
    seconds(choose),
    `${seconds(grammar)} (${times(grammar, choose)})`,
    `${seconds(decisions)} (${times(decisions, choose)})`,
  ];
}

function keptText({ prefill, crash }: SpeedFigures): string {
  return (
    `A second question about a document reads ${prefill.second} tokens instead of ${prefill.first} ` +
    `(${times(prefill.first, prefill.second)} less). After \`kill -9\` of the model's process, a new one takes ` +
    `${crash.reused} of ${crash.prompt} tokens from the file of the state: ${Math.round(crash.loadedMs)} ms ` +
    `instead of ${Math.round(crash.coldMs)} ms.`
  );
}

function throughput({ raw, writeAtMost, ours }: SpeedFigures): string {
  const row = (what: string, limit: string, best: number, own: number) => [
    what,
    limit,
    Math.round(best),
    Math.round(own),
    (own / best).toFixed(2),
  ];
  return table(
    ["tokens a second", "memory's limit", "bare engine, best thread count", "through the host", "share"],
    [row("reading", "–", raw.read, ours.read), row("writing", String(Math.round(writeAtMost)), raw.write, ours.write)],
  );
}

function latencyTable({ latencies }: SpeedFigures): string {
  const rows = Object.entries(latencies).map(([name, all]) => {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => Math.round(quantile(all, share)));
    return [name, all.length, p50 ?? 0, p95 ?? 0, p99 ?? 0];
  });
  return table(["strategy", "n", "p50", "p95", "p99"], rows);
}

/** Puts text between the two marks of a page. */
export function withMeasured(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest] = page.split(open);
  const after = rest?.split(close)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has no part "${name}".`);
  return `${before}${open}\n\n${text}\n\n${close}${after}`;
}
