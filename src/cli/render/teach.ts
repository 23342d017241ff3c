import { rulingScopes } from "../../confidence/index.ts";
import type { Certificate, ExampleProblem, OutOfFold, Promised, Scope } from "../../core/index.ts";
import { populations, scopes } from "../../core/index.ts";
import { type TeachReport, type Verdict, asTheyCome, problemText } from "../../teaching/index.ts";
import { kindWords, sendersWords } from "./promises.ts";
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
  readonly promise: Promised;
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
  readonly any: Promise;
  readonly [figure: string]: number | Promise;
}

/** What is promised about documents of senders that were learned from, of others, or as they come. */
interface Promise {
  /** Whether values are accepted on it: where known and new senders have none each, the one about both rules. */
  readonly rules: boolean;
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

function promised(path: string, { taught, dial }: TeachReport): Pick<PathView, Scope> {
  const own = taught.certificates.filter(
    (one) => one.path === path && one.risk === dial.risk && one.promise === dial.promise,
  );
  const ruled = rulingScopes(own);
  const of = (scope: Scope): Promise => {
    const found = own.find(({ population }) => population === scope);
    const { labels = 0, threshold = null, bound = null, missing = null } = found ?? {};
    const accepted = threshold === null ? 0 : (found?.accepted ?? 0) / Math.max(1, labels);
    return { rules: ruled.includes(scope), labels, accepted, threshold, bound, missing };
  };
  return { known: of("known"), new: of("new"), any: of("any") };
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
  return `Promise: at most ${percent(risk)} of what is accepted is wrong, ${kindWords[promise]}.`;
}

/** A line for each promise that values are accepted on. */
function pathTable({ paths, promise }: TeachView, columns: number, paint: Paint): readonly string[] {
  const right = (title: string) => ({ title, align: "right" as const });
  const heads = [
    { title: "field", least: 12 },
    ...["n", "right"].map(right),
    { title: "promised for" },
    ...["accepted", promise === "pooled" ? "all wrong at most" : "wrong at most"].map(right),
  ];
  const rows = Object.entries(paths).flatMap(([path, one]) => {
    const name = path === documents ? "whole documents" : path;
    const head = [name, String(one.n), percent(one.exact)];
    const ruled = scopes.filter((scope) => one[scope].rules);
    if (ruled.length === 0) return [head.concat("nobody yet", "–", "–")];
    return ruled.map((scope, at) => (at === 0 ? head : ["", "", ""]).concat(promiseCells(scope, one[scope])));
  });
  return table(heads, rows, columns, paint);
}

function promiseCells(scope: Scope, { labels, accepted, bound }: Promise): readonly string[] {
  const share = labels === 0 ? "as new ones" : percent(accepted);
  return [sendersWords[scope], share, bound === null ? "–" : percent(bound)];
}

/** Beyond this a number of labels only says: many. */
const worthSaying = 10_000;

/** How far away a promise is that cannot be made yet, where that leaves senders without one. */
function missingLines({ paths, promise }: TeachView): readonly string[] {
  const lines = Object.entries(paths).flatMap(([path, one]) => {
    const left = one.any.rules ? [] : populations.filter((population) => !one[population].rules);
    const ways: readonly Scope[] = left.length === 0 ? [] : [...left, "any"];
    return ways.flatMap((scope) => {
      const { labels, missing } = one[scope];
      if (labels === 0) return [];
      const who = `${path === documents ? "whole documents" : path}, ${sendersWords[scope]}`;
      if (missing === null && path === documents) return [`${who}: where more of their fields are promised`];
      if (missing === null) return [`${who}: too many are wrong for this promise; more labels alone will not do`];
      const more = missing > worthSaying ? `more than ${worthSaying}` : `about ${missing}`;
      const labelled = promise === "pooled" ? "labelled documents" : "labels";
      const what = scope === "new" ? "labelled senders" : labelled;
      return [`${who}: ${more} more ${what} at the error seen so far`];
    });
  });
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
