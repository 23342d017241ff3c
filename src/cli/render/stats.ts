import { type RunStatus, runStatuses } from "../../core/index.ts";
import { type Fates, type Stats, type WorkflowStats, fates } from "../stats/tally.ts";
import { statusWords } from "./result.ts";
import { type Paint, count, duration, plain, table } from "./text.ts";

/** What `weir stats` counted, for people. */
export function statsText(stats: Stats, columns: number, paint: Paint): string {
  const { due, later, held, oldestQueuedMs } = stats.queue;
  const oldest = oldestQueuedMs === null ? "" : `; the oldest waits for ${duration(oldestQueuedMs)}`;
  return [
    `Runs   ${runsLine(stats.runs)}`,
    `Queue  ${due} due, ${later} later, ${held} in work${oldest}`,
    ...stats.workflows.flatMap((one) => ["", ...workflowLines(one, columns, paint)]),
    ...(stats.workflows.some(({ all }) => all.empty > 0) ? ["", paint.dim(emptyMeans)] : []),
  ].join("\n");
}

const emptyMeans = "empty: given out without a value, because the document does not state it or nobody was asked";

function runsLine(runs: Readonly<Record<RunStatus, number>>): string {
  const some = runStatuses.filter((status) => runs[status] > 0);
  const total = some.reduce((sum, status) => sum + runs[status], 0);
  const parts = some.map((status) => `${runs[status]} ${status === "waiting" ? "waiting" : statusWords[status]}`);
  return some.length === 0 ? "none yet" : `${total}: ${parts.join(", ")}`;
}

function workflowLines(one: WorkflowStats, columns: number, paint: Paint): readonly string[] {
  const title = `${paint.bold(plain(one.name))}  ${runsLine(one.runs)}`;
  if (one.documents.n === 0) return [title];
  const right = (name: string) => ({ title: name, align: "right" as const });
  const heads = [{ title: "field", least: 12 }, right("n"), ...fates.map(right)];
  const row = (name: string, counts: Fates) => [
    name,
    String(counts.n),
    ...fates.map((fate) => percent(counts[fate], counts.n)),
  ];
  const rows = [
    ...Object.entries(one.paths).map(([path, counts]) => row(path, counts)),
    row("all fields", one.all),
    row("documents", one.documents),
  ];
  return [title, ...table(heads, rows, columns, paint), ...summaryLines(one)];
}

function summaryLines({ documents, secondsMedian, tokens }: WorkflowStats): readonly string[] {
  const { allCloud, sent } = tokens;
  const median = secondsMedian === null ? "–" : duration(secondsMedian * 1_000);
  return [
    `untouched by cloud and person: ${documents.accepted} of ${count(documents.n, "document")}; median ${median} a document`,
    `all in the cloud: about ${allCloud.prompt} tokens in, ${allCloud.completion} out; sent: ${sent.prompt} in, ${sent.completion} out, ${count(sent.bytes, "byte")}`,
  ];
}

const percent = (some: number, all: number) => (all === 0 ? "–" : `${((some / all) * 100).toFixed(1)} %`);
