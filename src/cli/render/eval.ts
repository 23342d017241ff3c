import type { EvalScore, FieldScore } from "../eval/score.ts";
import { type Paint, count, table } from "./text.ts";

/** The scores of `weir eval`, for people. */
export function evalTable({ documents, all, fields, lists }: EvalScore, columns: number, paint: Paint): string {
  const heads = [
    { title: "field", least: 12 },
    ...["n", "exact", "accepted", "wrong among those", "AURC", "calibration"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ];
  const row = (name: string, one: FieldScore) => [
    name,
    String(one.n),
    percent(one.exact),
    percent(one.coverage),
    percent(one.risk),
    decimals(one.aurc),
    decimals(one.ece),
  ];
  const rows = [...Object.entries(fields).map(([path, one]) => row(path, one)), row("all", all)];
  const listLines = Object.entries(lists).map(
    ([path, one]) =>
      `${path}: ${count(one.n, "name")}, precision ${percent(one.precision)}, recall ${percent(one.recall)}, F1 ${percent(one.f1)}`,
  );
  const states = Object.entries(documents.status).map(([status, n]) => `${n} ${status}`);
  return [
    ...table(heads, rows, columns, paint),
    ...(listLines.length > 0 ? ["", ...listLines] : []),
    "",
    `${count(documents.n, "document")}: ${states.join(", ")}${documents.missing > 0 ? `, ${documents.missing} missing` : ""}`,
    `untouched by a person: ${percent(documents.untouched)}, of those with an error: ${percent(documents.untouchedWrong)}`,
    `median ${documents.secondsMedian?.toFixed(2) ?? "–"} s a document, ${count(documents.cloudCalls, "cloud call")}`,
  ].join("\n");
}

const percent = (share: number | null) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const decimals = (value: number | null) => (value === null ? "–" : value.toFixed(3));
