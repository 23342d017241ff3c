import type { Decision, Json, Result } from "../../core/index.ts";
import { type Paint, count, cut, plain, table } from "./text.ts";

/** Results for people: one line a document, or everything about one. */

/** What each state means to the person who waits for the document. */
export const statusWords: Readonly<Record<Result["status"], string>> = {
  queued: "queued",
  running: "working",
  review: "needs you",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
  "needs-migration": "needs migration",
};

function statusWord(status: Result["status"], paint: Paint): string {
  if (status === "succeeded") return paint.green(statusWords[status]);
  if (status === "failed" || status === "cancelled") return paint.red(statusWords[status]);
  return paint.yellow(statusWords[status]);
}

/** One line a document, and a line below that counts them. */
export function resultTable(results: readonly Result[], columns: number, paint: Paint): string {
  const lines = table(
    [
      { title: "document", least: 12 },
      { title: "status", paint: (_, row) => statusWord(results[row]?.status ?? "queued", paint) },
      { title: "values", least: 24 },
      { title: "proven", align: "right" },
      { title: "open", least: 12, paint: (text) => paint.dim(text) },
    ],
    results.map((result) => [
      plain(result.id),
      statusWords[result.status],
      mainValues(result),
      provenShare(result),
      openWords(result),
    ]),
    columns,
    paint,
  );
  return [...lines, "", summary(results)].join("\n");
}

/** "3 documents: 1 done, 2 need you" */
export function summary(results: readonly Result[]): string {
  const states = Object.entries(Object.groupBy(results, (result) => result.status));
  const parts = states.map(([status, some]) => `${some.length} ${statusWords[status as Result["status"]]}`);
  return `${count(results.length, "document")}: ${parts.join(", ")}`;
}

/** Paths that say most about a document, where it has them; then whatever comes first. */
const telling = ["total", "amountDue", "number", "issuedOn", "seller.name", "route"];

function mainValues(result: Result): string {
  const leaves = Object.entries(result.decisions).filter(([path, { value }]) => value !== null && !/\.\d+/.test(path));
  const rank = (path: string) => (telling.includes(path) ? telling.indexOf(path) : telling.length);
  const first = leaves.toSorted(([a], [b]) => rank(a) - rank(b)).slice(0, 4);
  return first.map(([path, { value }]) => `${path} ${cut(shown(value), 28)}`).join(" · ");
}

function provenShare(result: Result): string {
  const all = Object.values(result.decisions);
  if (all.length === 0) return "";
  return `${all.filter((decision) => decision.status === "accepted").length}/${all.length}`;
}

function openWords(result: Result): string {
  if (result.error) return plain(result.error.message);
  const [first, ...rest] = result.doubts;
  if (!first) return "";
  return plain(first.message) + (rest.length > 0 ? ` (and ${rest.length} more)` : "");
}

/** Any value as one line. */
export function shown(value: Json): string {
  if (value === null) return "–";
  return plain(typeof value === "string" ? value : JSON.stringify(value));
}

/** Everything a person wants to know about one document: its fields with where they stand, then what is open. */
export function resultDetail(result: Result, columns: number, paint: Paint): string {
  const skipped = result.document.skipped.map(({ page, reason }) => `page ${page} (${reason})`).join(", ");
  const parts = [
    `${paint.bold(plain(result.id))}  ${statusWord(result.status, paint)}  ${paint.dim(`run ${result.run}`)}`,
    ...(skipped ? [paint.yellow(`not read: ${skipped}`)] : []),
    ...fieldTable(Object.entries(result.decisions), columns, paint),
    ...actionTable(result.actions ?? [], columns, paint),
    ...doubtLines(result.doubts, paint),
    ...(result.error ? [paint.red(`${plain(result.error.message)} (${result.error.code})`), result.error.hint] : []),
  ];
  return parts.join("\n");
}

/** What agents did, turn by turn. */
function actionTable(actions: NonNullable<Result["actions"]>, columns: number, paint: Paint): readonly string[] {
  if (actions.length === 0) return [];
  const heads = [
    { title: "turn", align: "right" as const },
    { title: "did", least: 10 },
    { title: "with", least: 10 },
    { title: "chosen by" },
    { title: "result", least: 16, paint: (text: string) => paint.dim(text) },
  ];
  const rows = actions.map(({ turn, tool, arguments: values, by, outcome }) => [
    String(turn),
    plain(tool),
    Object.values(values).map(shown).join(", "),
    by,
    outcome === null
      ? "under way"
      : outcome.status === "done"
        ? shown(outcome.value)
        : `failed: ${plain(outcome.message)}`,
  ]);
  return ["", ...table(heads, rows, columns, paint)];
}

export function fieldTable(entries: readonly (readonly [string, Decision])[], columns: number, paint: Paint) {
  if (entries.length === 0) return [];
  const marks = { accepted: "✓", review: "?", rejected: "✗" } as const;
  const heads = [
    { title: "" },
    { title: "field", least: 10 },
    { title: "value", least: 16 },
    { title: "sure", align: "right" as const },
    { title: "by" },
    { title: "where it stands", least: 12, paint: (text: string) => paint.dim(text) },
  ];
  const rows = entries.map(([path, decision]) => [
    marks[decision.status],
    path,
    shown(decision.value),
    sureness(decision),
    decision.by,
    standsAt(decision),
  ]);
  return table(heads, rows, columns, paint);
}

/** An uncalibrated answer is not sure or unsure: it says whether it is proven. */
function sureness({ confidence, status }: Decision): string {
  if (confidence !== null) return `${(confidence * 100).toFixed(confidence > 0.995 ? 1 : 0)} %`;
  return status === "accepted" ? "proven" : "open";
}

function standsAt({ source }: Decision): string {
  const [first] = source;
  if (!first) return "";
  const more = source.length > 1 ? ` +${source.length - 1}` : "";
  return `p${first.page}:${first.line}${more}  ${plain(first.text)}`;
}

export function doubtLines(doubts: readonly { readonly message: string }[], paint: Paint): string[] {
  return doubts.map((doubt) => `${paint.yellow("?")} ${plain(doubt.message)}`);
}
