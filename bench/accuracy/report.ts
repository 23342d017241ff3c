import type { Learned, Measured, Scores } from "./measured.ts";

/** What was measured on one set, as Markdown. No value of a document is in it. */
export function sectionOf(one: Measured): string {
  const { scores, learned, risk } = one;
  const drawn = one.documents < one.documentsHeld ? ` drawn at random from ${one.documentsHeld}` : "";
  return [
    `## ${one.set}: \`${one.workflow}\``,
    "",
    one.about,
    "",
    `_${one.conditions}_`,
    "",
    learned
      ? `${one.documents} documents${drawn}, of ${learned.senders} senders. Learned from ${learned.from}${secondsOf(learned.seconds)}, asked about the other ${scores.asked}; accepted at ${percent(risk)}, certified:`
      : `${one.documents} documents${drawn}, read by the workflow as it ships: nothing was learned from documents like these. Confidence is calibrated by teaching only; here a value is accepted where rules confirm it.`,
    "",
    ...fieldsOf(scores),
    "",
    ...listsOf(scores),
    `Documents untouched: ${percent(scores.untouched)}, of those with an error: ${percent(scores.untouchedWrong)}.${timesOf(one)}`,
    "",
    `What other measures of confidence are worth on the same answers, and how much each could accept at ${percent(risk)} had one known right from wrong beforehand:`,
    "",
    ...baselinesOf(scores),
    "",
    ...recallOf(one),
    ...(learned ? learnedOf(learned) : []),
    ...picturesOf(one),
  ].join("\n");
}

function fieldsOf({ fields, all }: Scores): readonly string[] {
  const rows = [...Object.entries(fields), ["all", all] as const].map(([path, field]) => [
    path,
    String(field.n),
    percent(field.exact),
    percent(field.coverage),
    field.riskInterval ? `${percent(field.risk)} (${field.riskInterval.map((end) => percent(end)).join(" to ")})` : "–",
    decimals(field.auroc),
    decimals(field.aurc),
    decimals(field.ece),
  ]);
  return table(["field", "n", "exact", "accepted", "wrong among those (95 %)", "AUROC", "AURC", "ECE"], rows);
}

function listsOf({ lists }: Scores): readonly string[] {
  const rows = Object.entries(lists).map(([path, { n, precision, recall, f1 }]) => [
    path,
    String(n),
    percent(precision),
    percent(recall),
    percent(f1),
  ]);
  if (rows.length === 0) return [];
  return [
    "Lists, as sets of names, accepted or not:",
    "",
    ...table(["list", "names", "precision", "recall", "F1"], rows),
    "",
  ];
}

/** How near summaries come to notes, as `npm run bench -- summary -- visits` says it. */
export function notesSection(
  { set, about, workflow, conditions }: Pick<Measured, "set" | "about" | "workflow" | "conditions">,
  measured: string,
): string {
  return [`## ${set}: \`${workflow}\``, "", about, "", `_${conditions}_`, "", measured, ""].join("\n");
}

function baselinesOf({ baselines }: Scores): readonly string[] {
  const rows = Object.entries(baselines).map(([name, one]) => [
    name,
    String(one.n),
    decimals(one.auroc),
    decimals(one.aurc),
    decimals(one.ece),
    percent(one.coverageAtRisk),
  ]);
  return table(["measure", "n", "AUROC", "AURC", "ECE", "could accept"], rows);
}

function recallOf({ recall }: Measured): readonly string[] {
  if (recall.length === 0) return [];
  const rows = recall.map(({ path, n, found, candidates }) => [path, String(n), percent(found), candidates.toFixed(0)]);
  return [
    "How often the right value is among the candidates found on the page, where a document states one:",
    "",
    ...table(["field", "n", "among the candidates", "candidates a document"], rows),
    "",
  ];
}

function learnedOf(learned: Learned): readonly string[] {
  const senders = Object.entries(learned.outOfFold).flatMap(([path, quality]) =>
    (["known", "new"] as const).flatMap((population) => {
      const { n, exact, auroc, aurc, ece } = quality[population];
      return n === 0
        ? []
        : [[path, population, String(n), percent(exact), decimals(auroc), decimals(aurc), decimals(ece)]];
    }),
  );
  const kept = learned.splits
    .filter(({ promised }) => promised > 0)
    .map((split) => [
      split.path,
      split.promise,
      percent(split.risk),
      `${split.promised} of ${learned.splitCount}`,
      percent(split.accepted),
      percent(split.wrong),
      percent(split.meanError),
      split.promise === "certified" ? String(split.refuted) : "–",
    ]);
  return [
    "Learned from all but the document asked about, from other documents of its sender or from none:",
    "",
    ...table(["field", "senders", "n", "exact", "AUROC", "AURC", "ECE"], senders),
    "",
    `${learned.splitCount} random halves, promised on one and tried on the other:`,
    "",
    ...table(["field", "promise", "risk", "promised", "accepted", "wrong among those", "mean error", "refuted"], kept),
    "",
  ];
}

function picturesOf({ set, pictures }: Measured): readonly string[] {
  const byPath = Map.groupBy(pictures, (name) => name.replace(/\.(?:risk-coverage|calibration)\.svg$/, ""));
  const words = (name: string) => (name.endsWith(".calibration.svg") ? "calibration" : "error against share accepted");
  const lines = [...byPath].map(
    ([path, names]) =>
      `- ${path}: ${names.map((name) => `[${words(name)}](accuracy/${set}/${encodeURIComponent(name)})`).join(", ")}`,
  );
  return lines.length === 0 ? [] : ["Curves:", "", ...lines, ""];
}

const secondsOf = (seconds: number | null) => (seconds === null ? "" : ` in ${seconds.toFixed(0)} s`);

function timesOf({ scores: { milliseconds: ms }, learned }: Measured): string {
  const reading = learned ? ", reading not counted" : "";
  return ms ? ` A document took ${ms.p50} ms (p95 ${ms.p95}, p99 ${ms.p99})${reading}.` : "";
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ["Nothing yet."];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map((row) => line(row))];
}

const percent = (share: number | null) => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
const decimals = (value: number | null) => (value === null ? "–" : value.toFixed(3));
