// node bench/tamper.ts ITEMS.jsonl WORKFLOW [--seed N] [--sweep]: what the engine doubts when it is told about a
// document. Learns from one half of the labelled documents (senders kept together), checks the truth of the other
// half as it stands and tampered with, then the other way round. Prints the share doubted: right answers (false
// alarms), one digit changed, another date or amount of the same page, net and total swapped.
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  challenge,
  groupedFolds,
  type Opinion,
  pageTextOf,
  seeded,
  sourcesOf,
  unlikelyBelow,
} from "../src/confidence/index.ts";
import { type DocumentText, type Json, sameValue } from "../src/core/index.ts";
import { createReader } from "../src/document/index.ts";
import { courseOf, fieldsModel, jsonOf, learnedReader, learnFields, modelOf } from "../src/learning/fields/index.ts";
import { loadWorkflow } from "../src/load-workflow.ts";
import { sumRoles } from "../src/ranking/agree.ts";
import { fieldsOf, type FieldSpec } from "../src/ranking/fields.ts";
import { genericRanker } from "../src/ranking/generic.ts";
import { type Survey, surveyOf } from "../src/ranking/survey.ts";

type Truth = Readonly<Record<string, Json>>;

interface Item {
  readonly id: string;
  readonly text?: string;
  readonly path?: string;
  readonly truth: Truth;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "1" }, sweep: { type: "boolean", default: false } },
});
const [list, workflowName] = positionals;
if (!list || !workflowName) throw new Error("Name a .jsonl file and a workflow.");
const { definition } = await loadWorkflow(workflowName, process.cwd());
const fields = (definition.schema === null ? [] : fieldsOf(definition.schema)).filter((field) => field.array === null);
const seed = Number(values.seed);

const items = readFileSync(list, "utf8")
  .trim()
  .split("\n")
  .map((line): Item => JSON.parse(line));
const reader = createReader();
const texts: DocumentText[] = [];
for (const { text, path } of items) {
  const bytes = text === undefined ? readFileSync(resolve(dirname(list), path ?? "")) : new TextEncoder().encode(text);
  const name = text === undefined ? basename(path ?? "") : "item.txt";
  texts.push(await reader.read(bytes, { name, pagesMax: 50, bytesMax: 1e8, timeoutMs: 120_000 }));
}
await reader.close();

/** Values of this type the page prints; null for free text. */
function printedValues(field: FieldSpec, survey: Survey): readonly string[] | null {
  const kinds = { date: "date", money: "money", integer: "number", decimal: "number" } as const;
  const kind = Reflect.get(kinds, field.type) as (typeof kinds)[keyof typeof kinds] | undefined;
  return kind === undefined ? null : [...new Set(survey.candidates(kind).map(({ value }) => value))];
}

interface Told {
  readonly path: string;
  readonly trick: "right" | "digit" | "other" | "swap";
  readonly claims: Truth;
}

const random = seeded(seed);
const oneOf = <T>(some: readonly T[]): T | undefined => some[Math.floor(random() * some.length)];
const sums = Object.fromEntries([...sumRoles(fields)].map(([role, field]) => [role, field.path]));

/** The truth and what a cheat or a slip would make of it, one trick at a time. */
function told(truth: Truth, opinions: Readonly<Record<string, Opinion>>): readonly Told[] {
  const all: Told[] = [];
  for (const [path, value] of Object.entries(truth)) {
    if (opinions[path] === undefined) continue;
    all.push({ path, trick: "right", claims: truth });
    const digit = typeof value === "string" ? withOtherDigit(value) : null;
    if (digit !== null) all.push({ path, trick: "digit", claims: { ...truth, [path]: digit } });
    const other = oneOf((opinions[path].printed ?? []).filter((one) => !sameValue(one, value)));
    if (other !== undefined && value !== null) all.push({ path, trick: "other", claims: { ...truth, [path]: other } });
  }
  const [net, total] = [sums["net"] ?? "", sums["total"] ?? ""];
  const [less, more] = [truth[net], truth[total]];
  if (less !== undefined && more !== undefined && less !== null && more !== null && !sameValue(less, more)) {
    for (const path of [net, total])
      all.push({ path, trick: "swap", claims: { ...truth, [net]: more, [total]: less } });
  }
  return all;
}

/** Another digit at one place; a date stays a date. */
function withOtherDigit(value: string): string | null {
  const places = [...value.matchAll(/\d/g)].map(({ index }) => index);
  for (let tries = 0; tries < 50 && places.length > 0; tries += 1) {
    const at = oneOf(places) ?? 0;
    const digit = Math.floor(random() * 10);
    const changed = `${value.slice(0, at)}${digit}${value.slice(at + 1)}`;
    const isDate = /^\d{4}-\d\d-\d\d$/.test(value);
    const fine = !isDate || new Date(changed).toJSON()?.startsWith(changed) === true;
    if (fine && !sameValue(changed, value)) return changed;
  }
  return null;
}

interface Tally {
  told: number;
  doubted: number;
  unprinted: number;
}

const limits = values.sweep ? [0.005, 0.01, 0.02, 0.05] : [unlikelyBelow];
const tallies = new Map<string, Tally>();
function count(key: string, doubts: readonly { readonly code: string }[]): void {
  const tally = tallies.get(key) ?? { told: 0, doubted: 0, unprinted: 0 };
  tallies.set(key, tally);
  tally.told += 1;
  tally.doubted += doubts.length > 0 ? 1 : 0;
  tally.unprinted += doubts.some(({ code }) => code === "claim.not-on-page") ? 1 : 0;
}

const sources = sourcesOf(texts);
const surveys = texts.map((text) => surveyOf(text));
const examples = items.flatMap(({ id, truth }, at) => {
  const [text, survey] = [texts[at], surveys[at]];
  return text && survey ? [{ id, truth, source: sources[at] ?? id, text, survey }] : [];
});
for (const fold of groupedFolds(examples, { count: 2, seed })) {
  const learned = fold.learn.flatMap((at) => examples[at] ?? []);
  const options = { ranker: genericRanker, own: {} };
  const { course } = courseOf(fields, learned, options);
  const parts = await learnFields(course, async () => undefined);
  const model = fieldsModel(JSON.parse(JSON.stringify(modelOf(course, parts, {}))));
  const own = learnedReader(model, fields, options);
  for (const at of fold.test) {
    const [example, text] = [examples[at], texts[at]];
    if (example === undefined || text === undefined) continue;
    const opinions: Record<string, Opinion> = {};
    for (const [path, { claim, confidence }] of own.read(example.survey)) {
      const ranked = claim.options.map(({ value, probability }) => ({
        value: jsonOf(value, claim.field),
        probability,
      }));
      opinions[path] = { ranked, confidence, printed: printedValues(claim.field, example.survey) };
    }
    const page = pageTextOf(text);
    for (const { path, trick, claims } of told(example.truth, opinions)) {
      for (const limit of limits) {
        const doubts = challenge({ claims, opinions, page, sums }, limit).filter(({ paths }) => paths.includes(path));
        for (const key of [path, "all"]) count(`${limit}\t${trick}\t${key}`, doubts);
      }
    }
  }
}
console.log(`${items.length} documents, ${new Set(sources).size} senders`);
console.log("doubted below  trick  path                 told  doubted  share  not on the page");
for (const [key, { told: n, doubted, unprinted }] of [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  const [limit = "", trick = "", path = ""] = key.split("\t");
  console.log(
    `${limit.padEnd(14)} ${trick.padEnd(6)} ${path.padEnd(20)} ${String(n).padStart(4)} ${String(doubted).padStart(8)}  ` +
      `${(doubted / n).toFixed(3)} ${String(unprinted).padStart(6)}`,
  );
}
