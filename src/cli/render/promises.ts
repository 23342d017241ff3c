import type { Promised, Scope } from "../../core/index.ts";
import type { ProfileStats, PromiseStats } from "../../ports/index.ts";
import { type Paint, count } from "./text.ts";

/** Whose documents a promise speaks of. */
export const sendersWords: Readonly<Record<Scope, string>> = {
  known: "known senders",
  new: "new senders",
  any: "all senders as they come",
};

/** What kind of promise it is. */
export const kindWords: Readonly<Record<Promised, string>> = {
  certified: "certified with 95 % confidence",
  expected: "on average",
  pooled: "on average and all fields together: a single one may be wrong more often",
};

/** What a profile promises, for people: one line a path and kind of senders. */
export function promisesText(profile: ProfileStats, paint: Paint): readonly string[] {
  const { workflow, ref, risk, promise, promises, strange, problem } = profile;
  if (problem) return [paint.red(`${ref} cannot be used: ${problem.message}`), problem.hint];
  const notHere = strange ? [paint.yellow(`  nothing is accepted on it: ${strange}; weir teach ${workflow}`)] : [];
  return [
    `${ref}: at most ${percent(risk)} of what is accepted is wrong, ${kindWords[promise]}`,
    ...notHere,
    ...promises.filter((one) => isWorthALine(one, promises)).map((one) => `  ${line(one, paint)}`),
  ];
}

/** Beyond this a number of labels only says: many. */
const worthSaying = 10_000;

/** What is accepted on; what could not be promised only where that leaves senders without a promise. */
function isWorthALine({ path, labels, threshold, rules }: PromiseStats, all: readonly PromiseStats[]): boolean {
  if (rules) return true;
  const ruling = all.filter((one) => one.path === path && one.rules).map(({ population }) => population);
  return labels > 0 && threshold === null && !ruling.includes("any") && ruling.length < 2;
}

function line(one: PromiseStats, paint: Paint): string {
  const who = `${one.path === "*" ? "whole documents" : one.path}, ${sendersWords[one.population]}`;
  return `${who}: ${standing(one, paint)}${audit(one)}`;
}

function standing(
  { path, threshold, labels, bound, missing, withdrawn, sourcesWithdrawn }: PromiseStats,
  paint: Paint,
) {
  if (withdrawn !== null) return paint.red(`withdrawn, ${withdrawn}`);
  if (threshold !== null) {
    const but = sourcesWithdrawn > 0 ? `, withdrawn for ${count(sourcesWithdrawn, "sender")}` : "";
    return `promised after ${count(labels, "label")} (at most ${percent(bound ?? 0)})${but}`;
  }
  if (missing === null && path === "*") return "not promised before more of their fields are";
  if (missing === null) return `not promised after ${count(labels, "label")}: too many are wrong`;
  const wanted = missing > worthSaying ? `more than ${worthSaying}` : `about ${labels + missing}`;
  return `${labels} of ${wanted} labels before it can be promised`;
}

const audit = ({ checked, wrong }: PromiseStats) =>
  checked > 0 ? `; ${checked} accepted ones checked, ${wrong} wrong` : "";

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
