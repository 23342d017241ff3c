import { labelsNeeded } from "../../confidence/index.ts";
import { type RunStatus, fates, runStatuses } from "../../core/index.ts";
import type { Fates, Stats, WorkflowStats } from "../stats/tally.ts";
import { statusWords } from "./result.ts";
import { promisesText } from "./promises.ts";
import { type Paint, count, duration, plain, table } from "./text.ts";

/** What `weir stats` counted, for people. */
export function statsText(stats: Stats, columns: number, paint: Paint): string {
  const { due, later, held, oldestQueuedMs } = stats.queue;
  const oldest = oldestQueuedMs === null ? "" : `; the oldest waits for ${duration(oldestQueuedMs)}`;
  return [
    `Runs   ${runsLine(stats.runs)}`,
    `Queue  ${due} due, ${later} later, ${held} in work${oldest}`,
    ...stats.workflows.flatMap((one) => [
      "",
      ...workflowLines(one, columns, paint),
      ...promiseLines(one, stats, paint),
    ]),
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

/** What its profile promises; without one, how many checked values there are to make one from. */
function promiseLines(one: WorkflowStats, { profiles }: Stats, paint: Paint): readonly string[] {
  const taught = profiles.filter(({ workflow }) => workflow === one.name);
  if (taught.length > 0) return taught.flatMap((profile) => promisesText(profile, paint));
  const checked = Object.entries(one.paths).filter(([, { person }]) => person > 0);
  if (checked.length === 0) return [];
  return [
    `No promise yet; checked by people so far (weir teach ${one.name} --from-reviews learns from them):`,
    ...checked.map(([path, { person }]) => `  ${path}: ${countdown(person)}`),
  ];
}

/** As if none of the checked values is wrong. */
function countdown(checked: number): string {
  const [first, second] = [labelsNeeded(0.05, 0), labelsNeeded(0.02, 0)];
  return `${checked} of ${first} checked before 5 %, ${second} for 2 %`;
}

function summaryLines({ documents, secondsMedian, tokens }: WorkflowStats): readonly string[] {
  const { allCloud, sent } = tokens;
  const median = secondsMedian === null ? "–" : duration(secondsMedian * 1_000);
  return [
    `untouched by cloud and person: ${documents.accepted} of ${count(documents.n, "document")}; median ${median} a document`,
    `cloud: ${sent.prompt} tokens in, ${sent.completion} out, ${count(sent.bytes, "byte")} sent; all in the cloud would be about ${allCloud.prompt} in, ${allCloud.completion} out`,
  ];
}

const percent = (some: number, all: number) => (all === 0 ? "–" : `${((some / all) * 100).toFixed(1)} %`);
