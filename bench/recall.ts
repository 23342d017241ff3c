// node bench/recall.ts ITEMS.jsonl WORKFLOW [--misses PATH] [--cache FOLDER]: how often the right value is among
// the candidates that a path's kind proposes: a ceiling for whatever chooses among them. Prints per path the share
// found to the letter and by the rule of `weir eval`, how many candidates there are, and what the misses are like.
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { sameValue } from "../src/core/index.ts";
import type { Json } from "../src/core/index.ts";
import { loadWorkflow } from "../src/load-workflow.ts";
import { fieldsOf } from "../src/ranking/fields.ts";
import { type Survey, surveyOf } from "../src/ranking/survey.ts";
import { proposedFor } from "./accuracy/recall.ts";
import { readItems } from "./items.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { misses: { type: "string" }, cache: { type: "string" } },
});
const [list, workflowName] = positionals;
if (!list || !workflowName) throw new Error("Name a .jsonl file and a workflow.");
const { definition } = await loadWorkflow(workflowName, process.cwd());
const fields = definition.schema === null ? [] : fieldsOf(definition.schema);

/** Why a truth is no candidate, as far as the page tells. */
function missKind(truth: Json, survey: Survey): string {
  const bare = (text: string) =>
    text
      .normalize("NFKC")
      .toUpperCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, "");
  const wanted = bare(String(truth));
  const rows = survey.layout.rows.map((row) => bare(row.text));
  if (rows.includes(wanted)) return "a whole row";
  if (rows.some((row) => row.includes(wanted))) return "part of a row";
  return rows.join("").includes(wanted) ? "over several rows" : "printed otherwise or not at all";
}

interface Tally {
  n: number;
  strict: number;
  loose: number;
  candidates: number;
  readonly byKind: Map<string, number>;
  readonly misses: Map<string, number>;
}
const tallies = new Map<string, Tally>();
const times: number[] = [];

const items = await readItems(list, values.cache);
for (const { item, text } of items) {
  const begin = performance.now();
  const survey = surveyOf(text);
  for (const field of fields) if (field.array === null) proposedFor(field, survey);
  times.push(performance.now() - begin);
  for (const field of fields) {
    const truth = item.truth[field.path];
    if (truth === undefined || truth === null || typeof truth === "object" || field.array !== null) continue;
    const tally = tallies.get(field.path) ?? {
      n: 0,
      strict: 0,
      loose: 0,
      candidates: 0,
      byKind: new Map(),
      misses: new Map(),
    };
    tallies.set(field.path, tally);
    const proposed = proposedFor(field, survey);
    const all = [...proposed.values()].flat();
    const found = all.some((one) => sameValue(one.value, truth));
    tally.n += 1;
    tally.strict += Number(all.some((one) => one.value === String(truth)));
    tally.loose += Number(found);
    tally.candidates += all.length;
    for (const [kind, ones] of proposed)
      if (ones.some((one) => sameValue(one.value, truth))) tally.byKind.set(kind, (tally.byKind.get(kind) ?? 0) + 1);
    if (found) continue;
    const kind = missKind(truth, survey);
    tally.misses.set(kind, (tally.misses.get(kind) ?? 0) + 1);
    if (values.misses === field.path) console.log(`${item.id}  ${JSON.stringify(truth)}  ${kind}`);
  }
}
times.sort((a, b) => a - b);
const ms = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
const sum = times.reduce((all, one) => all + one, 0);
console.log(
  `${basename(list)}: ${items.length} documents; ms a document: mean ${(sum / items.length).toFixed(1)}, median ${ms(0.5)}, worst ${ms(1)}`,
);
for (const [path, { n, strict, loose, candidates, byKind, misses }] of tallies) {
  const share = (count: number) => (count / n).toFixed(3);
  const kinds = byKind.size > 1 ? `  by kind: ${[...byKind].map(([kind, count]) => `${kind} ${share(count)}`)}` : "";
  console.log(
    `  ${path.padEnd(16)} n ${String(n).padStart(4)}  strict ${share(strict)}  found ${share(loose)}  candidates ${(candidates / n).toFixed(0).padStart(4)}${kinds}`,
  );
  for (const [kind, count] of misses) console.log(`    missed ${String(count).padStart(3)}: ${kind}`);
}
