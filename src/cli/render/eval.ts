import type { CurvePoint } from "../eval/learning-curve.ts";
import type { Baseline, EvalScore, FieldScore, Interval } from "../eval/score.ts";
import type { TextScore } from "../eval/texts.ts";
import { type Paint, count, table } from "./text.ts";

/** The scores of `weir eval`, for people. */
export function evalTable(scored: EvalScore, columns: number, paint: Paint): string {
  const { documents, all, fields, lists } = scored;
  const heads = headsOf("field", ["n", "exact", "accepted", "wrong among those", "AUROC", "AURC", "calibration"]);
  const row = (name: string, one: FieldScore) => [
    name,
    String(one.n),
    percent(one.exact),
    percent(one.coverage),
    withInterval(one.risk, one.riskInterval),
    decimals(one.auroc),
    decimals(one.aurc),
    decimals(one.ece),
  ];
  const rows = [...Object.entries(fields).map(([path, one]) => row(path, one)), row("all", all)];
  const listLines = Object.entries(lists).map(
    ([path, one]) =>
      `${path}: ${count(one.n, "name")}, precision ${percent(one.precision)}, recall ${percent(one.recall)}, F1 ${percent(one.f1)}`,
  );
  return [
    ...table(heads, rows, columns, paint),
    ...(listLines.length > 0 ? ["", ...listLines] : []),
    ...Object.entries(scored.texts).flatMap(([label, one]) => textLines(label, one)),
    "",
    ...documentLines(documents),
    ...baselineLines(scored.baselines, columns, paint),
  ].join("\n");
}

/** What is left out stands beside what is not supported. */
function textLines(label: string, one: TextScore): readonly string[] {
  const { rouge1, rouge2, rougeL } = one;
  return [
    "",
    `${label}: ${count(one.n, "text")}, ROUGE-1 ${decimals(rouge1)}, ROUGE-2 ${decimals(rouge2)}, ROUGE-L ${decimals(rougeL)}, length ${percent(one.length)} of the document`,
    `  left out: ${percent(one.omitted)} of its numbers, drugs and conditions; not supported: ${percent(one.unsupported)} of ${count(one.sentences, "sentence")}, after ${percent(one.dropped)} were dropped`,
  ];
}

function documentLines(documents: EvalScore["documents"]): readonly string[] {
  const states = Object.entries(documents.status).map(([status, n]) => `${n} ${status}`);
  const { untouchedWrong: wrong, untouchedInterval, milliseconds: ms } = documents;
  const times = ms ? `p50 ${ms.p50} ms, p95 ${ms.p95} ms, p99 ${ms.p99} ms a document` : "no times";
  return [
    `${count(documents.n, "document")}: ${states.join(", ")}${documents.missing > 0 ? `, ${documents.missing} missing` : ""}`,
    `untouched by a person: ${percent(documents.untouched)}, of those with an error: ${withInterval(wrong, untouchedInterval)}`,
    `${times}; language model asked for ${percent(documents.decoderWoken)}, ${count(documents.cloudCalls, "cloud call")}`,
  ];
}

/** What each reader's own word is worth beside the calibrated confidence. */
function baselineLines(baselines: EvalScore["baselines"], columns: number, paint: Paint): readonly string[] {
  const heads = headsOf("measure of confidence", ["n", "AUROC", "AURC", "calibration", "could accept, in hindsight"]);
  const rows = Object.entries(baselines).map(([name, one]: [string, Baseline]) => [
    name,
    String(one.n),
    decimals(one.auroc),
    decimals(one.aurc),
    decimals(one.ece),
    percent(one.coverageAtRisk),
  ]);
  return rows.length > 1 ? ["", ...table(heads, rows, columns, paint)] : [];
}

/** How right it would be after so many labelled documents. */
export function curveTable(points: readonly CurvePoint[], columns: number, paint: Paint): string {
  const paths = Object.keys(points.at(-1)?.fields ?? {});
  const heads = headsOf("learned from", [...paths, "all fields", "accepted", "wrong among those"]);
  const rows = points.map((one) => {
    const fields = paths.map((path) => percent(one.fields[path] ?? null));
    return [String(one.documents), ...fields, percent(one.exact), percent(one.coverage), percent(one.risk)];
  });
  return table(heads, rows, columns, paint).join("\n");
}

const headsOf = (first: string, others: readonly string[]) => [
  { title: first, least: 12 },
  ...others.map((title) => ({ title, align: "right" as const })),
];

function withInterval(share: number | null, interval: Interval | null): string {
  if (share === null || interval === null) return "–";
  const [low, high] = interval.map((one) => (one * 100).toFixed(1));
  return `${percent(share)} (${low}–${high})`;
}

const percent = (share: number | null) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const decimals = (value: number | null) => (value === null ? "–" : value.toFixed(3));
