import type { FieldScore } from "../../src/cli/eval/score.ts";
import type { Population } from "../../src/core/index.ts";
import { type SplitScore, qualityOf } from "./splits.ts";

/** What was measured on one set, as Markdown. */

export interface Measured {
  readonly set: string;
  readonly workflow: string;
  readonly documents: number;
  readonly senders: number;
  readonly risk: number;
  /** Half of the documents learned from, the others asked. */
  readonly fresh: {
    readonly learned: number;
    readonly asked: number;
    /** Null: not measured, since the machine does other things too. */
    readonly seconds: number | null;
    readonly fields: Readonly<Record<string, FieldScore>>;
    readonly all: FieldScore;
    readonly untouched: number;
    readonly untouchedWrong: number | null;
    readonly milliseconds: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  };
  /** All documents learned from, each answered by readers that had not seen it. */
  readonly outOfFold: Readonly<Record<string, Readonly<Record<Population, ReturnType<typeof qualityOf>>>>>;
  readonly splitCount: number;
  readonly splits: readonly SplitScore[];
}

export function reportOf(measured: readonly Measured[]): string {
  return [
    "# Accuracy",
    "",
    "Made by `npm run accuracy -- FOLDER` from a folder of labelled item files; the documents themselves are not part of",
    "this repository. Every figure is about documents whose labels were not learned from.",
    "",
    ...measured.flatMap((one) => sectionOf(one)),
  ].join("\n");
}

function sectionOf(one: Measured): readonly string[] {
  const { fresh } = one;
  const half = [...Object.entries(fresh.fields), ["all", fresh.all] as const].map(([path, field]) => [
    path,
    String(field.n),
    percent(field.exact),
    percent(field.coverage),
    field.riskInterval ? `${percent(field.risk)} (${field.riskInterval.map((end) => percent(end)).join(" to ")})` : "–",
    decimals(field.auroc),
    decimals(field.aurc),
    decimals(field.ece),
  ]);
  const senders = Object.entries(one.outOfFold).flatMap(([path, quality]) =>
    (["known", "new"] as const).flatMap((population) => {
      const { n, exact, auroc, aurc, ece } = quality[population];
      return n === 0
        ? []
        : [[path, population, String(n), percent(exact), decimals(auroc), decimals(aurc), decimals(ece)]];
    }),
  );
  const kept = one.splits
    .filter(({ promised }) => promised > 0)
    .map((split) => [
      split.path,
      split.promise,
      percent(split.risk),
      `${split.promised} of ${one.splitCount}`,
      percent(split.accepted),
      percent(split.wrong),
      percent(split.meanError),
      split.promise === "certified" ? String(split.refuted) : "–",
    ]);
  return [
    `## ${one.set}: \`${one.workflow}\``,
    "",
    `${one.documents} documents of ${one.senders} senders. Learned from ${fresh.learned}${fresh.seconds === null ? "" : ` in ${fresh.seconds.toFixed(0)} s`}, asked about the other ${fresh.asked}; accepted at ${percent(one.risk)}, certified:`,
    "",
    ...table(["field", "n", "exact", "accepted", "wrong among those (95 %)", "AUROC", "AURC", "ECE"], half),
    "",
    `Documents untouched: ${percent(fresh.untouched)}, of those with an error: ${percent(fresh.untouchedWrong)}.${timesOf(fresh.milliseconds)}`,
    "",
    "Learned from all but the document asked about, from other documents of its sender or from none:",
    "",
    ...table(["field", "senders", "n", "exact", "AUROC", "AURC", "ECE"], senders),
    "",
    `${one.splitCount} random halves, promised on one and tried on the other. Certified promises may be refuted in 5 of 100 halves; an expected one speaks of the mean error, in which halves that promise nothing count as 0:`,
    "",
    ...table(["field", "promise", "risk", "promised", "accepted", "wrong among those", "mean error", "refuted"], kept),
    "",
  ];
}

function timesOf(ms: Measured["fresh"]["milliseconds"]): string {
  return ms ? ` A document took ${ms.p50} ms (p95 ${ms.p95}, p99 ${ms.p99}), reading not counted.` : "";
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ["Nothing yet."];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(row))];
}

const percent = (share: number | null) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const decimals = (value: number | null) => (value === null ? "–" : value.toFixed(3));
