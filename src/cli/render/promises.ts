import type { ProfileStats, PromiseStats } from "../../ports/index.ts";
import { type Paint, count } from "./text.ts";

/** What a profile promises, for people: one line a path and kind of senders. */
export function promisesText(profile: ProfileStats, paint: Paint): readonly string[] {
  const { workflow, ref, risk, promise, promises, strange, problem } = profile;
  if (problem) return [paint.red(`${ref} cannot be used: ${problem.message}`), problem.hint];
  const kind = promise === "certified" ? "certified with 95 % confidence" : "on average";
  const notHere = strange ? [paint.yellow(`  nothing is accepted on it: ${strange}; weir teach ${workflow}`)] : [];
  return [
    `${ref}: at most ${percent(risk)} of what is accepted is wrong, ${kind}`,
    ...notHere,
    ...promises.filter(isWorthALine).map((one) => `  ${line(one, paint)}`),
  ];
}

/** Beyond this a number of labels only says: many. */
const worthSaying = 10_000;

/** Nothing is known of senders that no label speaks of. */
const isWorthALine = ({ labels, threshold }: PromiseStats) => labels > 0 || threshold !== null;

function line(one: PromiseStats, paint: Paint): string {
  const who = `${one.path === "*" ? "whole documents" : one.path}, ${one.population} senders`;
  return `${who}: ${standing(one, paint)}${audit(one)}`;
}

function standing({ threshold, labels, bound, missing, withdrawn, sourcesWithdrawn }: PromiseStats, paint: Paint) {
  if (withdrawn !== null) return paint.red(`withdrawn, ${withdrawn}`);
  if (threshold !== null) {
    const but = sourcesWithdrawn > 0 ? `, withdrawn for ${count(sourcesWithdrawn, "sender")}` : "";
    return `promised after ${count(labels, "label")} (at most ${percent(bound ?? 0)})${but}`;
  }
  if (missing === null) return `not promised after ${count(labels, "label")}: too many are wrong`;
  const wanted = missing > worthSaying ? `more than ${worthSaying}` : `about ${labels + missing}`;
  return `${labels} of ${wanted} labels before it can be promised`;
}

const audit = ({ checked, wrong }: PromiseStats) =>
  checked > 0 ? `; ${checked} accepted ones checked, ${wrong} wrong` : "";

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
