import type { Certificate, ExampleProblem, OutOfFold, Population } from "../../core/index.ts";
import { type TeachReport, type Verdict, asTheyCome, problemText } from "../../teaching/index.ts";
import { type Paint, count, plain, table } from "./text.ts";

/** What `weir teach` learned and may promise: for programs and for people. */

export interface TeachView {
  readonly schema: "weir.teach/1";
  readonly workflow: { readonly name: string; readonly version: number };
  /** What is in use now. */
  readonly profile: string;
  readonly before: string | null;
  readonly replaced: boolean;
  readonly verdict: Verdict;
  readonly comparison: TeachReport["comparison"];
  readonly risk: number;
  readonly promise: string;
  readonly examples: number;
  readonly sources: number;
  /** "*" speaks of whole documents. */
  readonly paths: Readonly<Record<string, PathView>>;
  readonly certificates: readonly Certificate[];
  readonly problems: readonly ExampleProblem[];
}

/** How one path was answered by readers that had not seen the document. */
export interface PathView {
  /** Labels answered. */
  readonly n: number;
  /** Share of right answers. */
  readonly exact: number;
  readonly known: Promise;
  readonly new: Promise;
  readonly [figure: string]: number | Promise;
}

/** What is promised about documents of senders that were learned from, or of others. */
interface Promise {
  readonly labels: number;
  /** Share of them accepted at the promise. */
  readonly accepted: number;
  readonly threshold: number | null;
  /** What the error is at most; null: nothing is promised. */
  readonly bound: number | null;
  readonly missing: number | null;
}

const documents = "*";

type Workflow = { readonly name: string; readonly version: number };

export function teachView({ name, version }: Workflow, report: TeachReport): TeachView {
  const { taught, dial } = report;
  const byPath = Map.groupBy(taught.outOfFold, ({ path }) => path);
  const paths = [...byPath].map(([path, rows]): [string, PathView] => [
    path,
    { ...taught.figures[path], ...answered(rows), ...promised(path, report) },
  ]);
  const all = { ...answeredDocuments(taught.outOfFold), ...promised(documents, report) };
  return {
    schema: "weir.teach/1",
    workflow: { name, version },
    profile: report.profile,
    before: report.before,
    replaced: report.replaced,
    verdict: report.verdict,
    comparison: report.comparison,
    risk: dial.risk,
    promise: dial.promise,
    examples: report.examples,
    sources: taught.sourceCount,
    paths: Object.fromEntries([...paths, [documents, all]]),
    certificates: taught.certificates,
    problems: report.problems,
  };
}

const answered = (rows: readonly OutOfFold[]) => {
  const one = asTheyCome(rows);
  return { n: one.length, exact: one.filter(({ right }) => right).length / Math.max(1, one.length) };
};

function answeredDocuments(rows: readonly OutOfFold[]) {
  const byExample = [...Map.groupBy(asTheyCome(rows), ({ example }) => example).values()];
  const right = byExample.filter((some) => some.every((row) => row.right));
  return { n: byExample.length, exact: right.length / Math.max(1, byExample.length) };
}

function promised(path: string, { taught, dial }: TeachReport): Pick<PathView, Population> {
  const of = (population: Population): Promise => {
    const found = taught.certificates.find(
      (one) =>
        one.path === path && one.population === population && one.risk === dial.risk && one.promise === dial.promise,
    );
    const { labels = 0, threshold = null, bound = null, missing = null, accepted = 0 } = found ?? {};
    return { labels, accepted: threshold === null ? 0 : accepted / Math.max(1, labels), threshold, bound, missing };
  };
  return { known: of("known"), new: of("new") };
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  first: "the first of its name",
  "other-fields": "the one before was taught for other fields or deciding steps",
  better: "better than the one before",
  "as-good": "as good as the one before, and learned from more",
  relabelled: "nothing new to compare on; the latest labels and dial count",
  renewed: "the same labels, learned anew by this Weir and its models",
  forced: "because you insist (--force)",
  unchanged: "these labels were learned already",
  worse: "the new one is not better; --force takes it all the same",
  fewer:
    "the new one was learned from fewer documents and there is nothing to compare on; --force takes it all the same",
};

export function teachText(workflow: Workflow, report: TeachReport, columns: number, paint: Paint): string {
  const view = teachView(workflow, report);
  const state = view.replaced ? paint.green(`${view.profile} is in use`) : paint.yellow(`${view.profile} stays in use`);
  return [
    `${state}: ${verdictWords[view.verdict]}`,
    ...comparisonLine(view),
    `Learned from ${count(view.examples, "document")} of ${count(view.sources, "sender")}. ${promiseWords(view)}`,
    "",
    ...pathTable(view, columns, paint),
    ...missingLines(view),
    ...problemLines(view.problems, paint),
  ].join("\n");
}

function comparisonLine({ comparison, before }: TeachView): readonly string[] {
  if (!comparison || comparison.labels === 0) return [];
  const { labels, documents: n, before: old, after } = comparison;
  return [
    `On ${count(labels, "label")} of ${count(n, "document")} that neither had seen: ${before} ${old} right, the new one ${after}`,
  ];
}

function promiseWords({ promise, risk }: TeachView): string {
  const share = `at most ${percent(risk)} of what is accepted is wrong`;
  return promise === "certified"
    ? `Promise: ${share}, certified with 95 % confidence.`
    : `Promise: ${share}, on average.`;
}

function pathTable({ paths }: TeachView, columns: number, paint: Paint): readonly string[] {
  const right = (title: string) => ({ title, align: "right" as const });
  const heads = [
    { title: "field", least: 12 },
    ...["n", "right", "known senders accepted", "wrong at most", "new senders accepted", "wrong at most"].map(right),
  ];
  const rows = Object.entries(paths).map(([path, one]) => {
    const [known, knownBound] = promiseCells(one.known);
    const [fresh, freshBound] = promiseCells(one.new);
    const name = path === documents ? "whole documents" : path;
    return [name, String(one.n), percent(one.exact), known, knownBound, fresh, freshBound];
  });
  return table(heads, rows, columns, paint);
}

function promiseCells({ labels, accepted, bound }: Promise): readonly [share: string, bound: string] {
  if (labels === 0) return bound === null ? ["–", "–"] : ["as new ones", percent(bound)];
  return bound === null ? ["none yet", "–"] : [percent(accepted), percent(bound)];
}

/** Beyond this a number of labels only says: many. */
const worthSaying = 10_000;

/** How far away a promise is that cannot be made yet. */
function missingLines({ paths }: TeachView): readonly string[] {
  const lines = Object.entries(paths).flatMap(([path, one]) =>
    (["known", "new"] as const).flatMap((population) => {
      const { labels, bound, missing } = one[population];
      if (bound !== null || labels === 0) return [];
      const who = `${path === documents ? "whole documents" : path}, ${population} senders`;
      if (missing === null) return [`${who}: too many are wrong for this promise; more labels alone will not do`];
      const more = missing > worthSaying ? `more than ${worthSaying}` : `about ${missing}`;
      return [`${who}: ${more} more labels at the error seen so far`];
    }),
  );
  return lines.length > 0
    ? ["", "Nothing is accepted on a probability yet for:", ...lines.map((line) => `  ${line}`)]
    : [];
}

const problemsShown = 20;

function problemLines(problems: readonly ExampleProblem[], paint: Paint): readonly string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, problemsShown).map((problem) => `  ${plain(problemText(problem))}`);
  const rest = problems.length - shown.length;
  return [
    "",
    paint.yellow(`${count(problems.length, "problem")} with the labels:`),
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; --json lists all`] : []),
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
