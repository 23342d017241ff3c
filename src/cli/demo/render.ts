import type { Decision, Result } from "../../core/index.ts";
import { shown } from "../render/result.ts";
import { type Paint, count, plain, table } from "../render/text.ts";
import type { Comparison, Way } from "./compare.ts";
import type { Killed } from "./kill.ts";

/** What the demo says; every number comes from what was just measured. */

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

export function comparisonText(comparison: Comparison, columns: number, paint: Paint): string {
  const { model, documents, usual, weir, deciders } = comparison;
  const row = (name: string, of: (way: Way) => string) => [name, of(usual), of(weir)];
  const lines = table(
    [
      { title: "" },
      { title: "asked for JSON", align: "right" },
      { title: "used by Weir", align: "right", paint: (text) => paint.bold(text) },
    ],
    [
      row("right answers", ({ right, answers }) => `${right} of ${answers}`),
      row("handed out without a doubt", ({ taken }) => String(taken)),
      row("of these wrong", ({ takenWrong }) => String(takenWrong)),
      row("tokens the model read and wrote", ({ tokens }) => String(tokens)),
      row("seconds", ({ ms }) => seconds(ms)),
      row("bytes that left this machine", ({ bytesOut }) => String(bytesOut)),
    ],
    columns,
    paint,
  );
  const by = Object.entries(deciders).map(([reader, n]) => `${deciderNames[reader] ?? reader} ${n}`);
  return [
    `${count(documents, "invented invoice")}, the same model file (${model}) on this machine.`,
    "",
    ...lines,
    "",
    `Weir looks on the page for what could be the answer, ranks it, and wakes the model only where that is close: ${woken(weir)}.`,
    `Who decided its answers: ${by.join(", ")}. The ranker learned from other invented invoices;`,
    "how it does on yours says: npm run -s weir -- eval invoice LABELLED.jsonl",
    "Nothing can leave: no cloud model is configured.",
  ].join("\n");
}

const woken = ({ tokens }: Way) => (tokens === 0 ? "here not once" : `here for ${tokens} tokens`);

const deciderNames: Readonly<Record<string, string>> = {
  learned: "learned ranker",
  slm: "language model",
  rule: "rule",
};

/** Values that are shown of each document. */
const shownPaths = ["number", "issuedOn", "seller.name", "total"];

export function readingTable(results: readonly Result[], columns: number, paint: Paint): string {
  const rows = results.flatMap((result) =>
    shownPaths.flatMap((path) => {
      const decision = result.decisions[path];
      return decision ? [{ result, path, decision }] : [];
    }),
  );
  const lines = table(
    [
      { title: "document" },
      { title: "field" },
      { title: "value", least: 16 },
      { title: "sure", paint: (text) => (text.startsWith("accepted") ? paint.green(text) : paint.yellow(text)) },
      { title: "where it stands", least: 16, paint: (text) => paint.dim(text) },
    ],
    rows.map(({ result, path, decision }, at) => [
      rows[at - 1]?.result === result ? "" : plain(result.id),
      path,
      shown(decision.value),
      sureness(decision),
      place(decision),
    ]),
    columns,
    paint,
  );
  const all = results.flatMap(({ decisions }) => Object.values(decisions));
  const accepted = all.filter(({ status }) => status === "accepted").length;
  return [
    ...lines,
    "",
    `Of all ${all.length} values ${accepted} ${accepted === 1 ? "is" : "are"} proven and accepted; the rest waits for you.`,
  ].join("\n");
}

function sureness({ status, confidence }: Decision): string {
  const share = confidence === null ? "" : ` ${Math.floor(confidence * 100)} %`;
  return `${status === "accepted" ? "accepted" : "waits"}${share}`;
}

function place({ source }: Decision): string {
  const [first] = source;
  return first ? `p${first.page}:${first.line} "${plain(first.text)}"` : "";
}

export function killedText({ first, second, tally }: Killed): string {
  const what = first.interrupted.length > 0 ? `, in the middle of ${first.interrupted.join(" and ")}` : "";
  return [
    `Worker ${first.pid} was killed (SIGKILL) when ${first.done} of ${count(tally.documents, "document")} were read${what}.`,
    `Worker ${second.pid} went on.`,
    "",
    `documents in ${tally.documents}   results out ${tally.results}   lost ${tally.lost}   doubled ${tally.doubled}   steps done again ${tally.redone} of ${tally.steps}`,
  ].join("\n");
}
