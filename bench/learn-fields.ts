// node bench/learn-fields.ts ITEMS.jsonl WORKFLOW.ts|NAME [--split random|sources|none] [--learn N] [--seed N]
// [--source PATH] [--only PATH,PATH] [--misses] [--cache FOLDER]: learns to read fields from one part of labelled
// documents and reads the other part. Prints per path how often that is right: as met (known senders as known ones),
// for known and for new senders; how well confidence tells right from wrong, and what share is accepted under which
// promise. Senders are told from the pages, or by the label of --source. --split none scores the out-of-fold answers.
import { parseArgs } from "node:util";
import { auroc, calibrationError, certify, hash32, sourcesOf } from "../src/confidence/index.ts";
import { acceptance } from "../src/confidence/accept.ts";
import { lettersOf, type OutOfFold, type Population, sameValue } from "../src/core/index.ts";
import {
  courseOf,
  fieldsModel,
  type Labelled,
  learnedReader,
  learnFields,
  modelOf,
} from "../src/learning/fields/index.ts";
import { asTheyCome } from "../src/teaching/lessons.ts";
import { loadWorkflow } from "../src/load-workflow.ts";
import { fieldsOf } from "../src/ranking/fields.ts";
import { genericRanker } from "../src/ranking/generic.ts";
import { surveyOf } from "../src/ranking/survey.ts";
import { type BenchItem, readItems } from "./items.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: "string", default: "random" },
    learn: { type: "string" },
    seed: { type: "string", default: "1" },
    source: { type: "string" },
    cache: { type: "string" },
    misses: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const [list, workflowName] = positionals;
if (!list || !workflowName) throw new Error("Name a .jsonl file and a workflow.");
const { definition } = await loadWorkflow(workflowName, process.cwd());
const fields = (definition.schema === null ? [] : fieldsOf(definition.schema)).filter((field) => field.array === null);
const read = await readItems(list, values.cache);
const items = read.map(({ item }) => item);
const senders = new Map(sourcesOf(read.map(({ text }) => text)).map((source, at) => [items[at]?.id ?? "", source]));

/** Who sent it: as the page tells, or as a label says. */
function sourceOf(item: BenchItem): string {
  const named = values.source === undefined ? senders.get(item.id) : item.truth[values.source];
  return named === undefined || named === null ? item.id : lettersOf(String(named));
}

function truthOf({ truth }: BenchItem): BenchItem["truth"] {
  const only = values.only?.split(",");
  return only === undefined ? truth : Object.fromEntries(Object.entries(truth).filter(([path]) => only.includes(path)));
}

const seed = Number(values.seed);
const order = [...items.keys()].toSorted((a, b) => {
  const key = (at: number) => {
    const item = items[at];
    return item === undefined ? 0 : hash32(values.split === "sources" ? sourceOf(item) : item.id, seed);
  };
  return key(a) - key(b);
});
const learnedCount = values.split === "none" ? items.length : Number(values.learn ?? Math.floor(items.length / 2));
const labelled = (at: number): Labelled => {
  const one = read[at];
  if (one === undefined) throw new Error("No such item.");
  const { item, text } = one;
  return { id: item.id, source: sourceOf(item), text, truth: truthOf(item) };
};

const begin = performance.now();
const examples = order.slice(0, learnedCount).map(labelled);
const options = { ranker: genericRanker, own: {} };
const { course, problems } = courseOf(fields, examples, options);
const parts = await learnFields(course, async () => undefined);
const model = JSON.stringify(modelOf(course, parts, {}));
const learnMs = performance.now() - begin;

/** Answers to what was not learned from. */
const learnedReading = learnedReader(fieldsModel(JSON.parse(model)), fields, options);
const known = new Set(examples.map(({ source }) => source));
const times: number[] = [];
const answers: OutOfFold[] =
  values.split === "none"
    ? [...parts.outOfFold]
    : order.slice(learnedCount).flatMap((at) => {
        const one = read[at];
        if (one === undefined) return [];
        const { item, text } = one;
        const start = performance.now();
        const answer = learnedReading.read(surveyOf(text));
        times.push(performance.now() - start);
        const population: Population = known.has(sourceOf(item)) ? "known" : "new";
        return [...answer].flatMap(([path, { claim, confidence, signals }]): readonly OutOfFold[] => {
          const truth = item.truth[path];
          if (truth === undefined) return [];
          const right = sameValue(claim.value, truth);
          if (values.misses && !right)
            console.log(
              item.id,
              population,
              path,
              truth,
              "| got",
              claim.value,
              confidence.toFixed(3),
              JSON.stringify(signals),
            );
          return [{ example: item.id, path, population, value: claim.value, confidence, right }];
        });
      });

if (values.misses && values.split === "none") {
  const truths = new Map(items.map((item) => [item.id, item.truth]));
  for (const { example, path, population, value, confidence, right } of answers.toSorted(
    (a, b) => b.confidence - a.confidence,
  )) {
    if (!right)
      console.log(example, population, path, truths.get(example)?.[path], "| got", value, confidence.toFixed(3));
  }
}
const sources = new Map(items.map((item) => [item.id, sourceOf(item)]));
const certificates = certify(parts.outOfFold, { risk: 0.05, sourceOf: (id) => sources.get(id) ?? id });
times.sort((a, b) => a - b);
console.log(
  `learned ${examples.length} in ${(learnMs / 1000).toFixed(1)} s, ${known.size} senders, model ${(model.length / 1024).toFixed(0)} kB, ` +
    `${problems.length} problems, answers ${answers.length}, reading p50 ${times[times.length >> 1]?.toFixed(1) ?? "-"} ms`,
);

for (const [path, { recall = 0, options: count = 0 }] of Object.entries(parts.figures)) {
  const readers = parts.readers.get(path);
  const finders = `${readers?.finders.join(" ") ?? ""}${readers?.forest === null ? "" : ", trees"}`;
  console.log(
    `  ${path}: truth among the options ${recall.toFixed(3)}, options ${count.toFixed(0)}, finders ${finders}`,
  );
}

const share = (rows: readonly { readonly right: boolean }[]) =>
  rows.length === 0 ? "    -" : (rows.filter(({ right }) => right).length / rows.length).toFixed(3);
const grades = ["certified", "expected"] as const;
const risks = [0.02, 0.05, 0.1];

function acceptedAt(rows: readonly OutOfFold[], promise: (typeof grades)[number], risk: number): string {
  const taken = rows.filter((row) =>
    acceptance(certificates, { promise, risk, population: row.population })(row.path, row.confidence),
  );
  return `${(taken.length / Math.max(1, rows.length)).toFixed(2)}(${taken.filter(({ right }) => !right).length})`;
}

console.log(
  `${"path".padEnd(16)} ${"met".padEnd(11)} ${"known".padEnd(11)} ${"new".padEnd(11)} auroc  ece   accepted(wrong) ` +
    grades.flatMap((grade) => risks.map((risk) => `${grade.slice(0, 4)} ${risk}`)).join("  "),
);
for (const path of [...fields.map((field) => field.path), "*"]) {
  const rows = path === "*" ? answers : answers.filter((row) => row.path === path);
  if (rows.length === 0) continue;
  const part = (population: Population) => rows.filter((row) => row.population === population);
  const cells = [asTheyCome(rows), part("known"), part("new")].map(
    (some) => `${share(some)} ${String(some.length).padEnd(5)}`,
  );
  const sure = asTheyCome(rows).map(({ confidence, right }) => ({ confidence, right }));
  console.log(
    `${path.padEnd(16)} ${cells.join(" ")} ${(auroc(sure) ?? 0).toFixed(3)} ${(calibrationError(sure) ?? 0).toFixed(3)}  ` +
      grades.flatMap((grade) => risks.map((risk) => acceptedAt(asTheyCome(rows), grade, risk).padEnd(10))).join(" "),
  );
}
for (const promise of grades) {
  for (const risk of risks) {
    const documents = [...Map.groupBy(asTheyCome(answers), (row) => row.example).values()];
    const untouched = documents.filter((rows) =>
      rows.every((row) =>
        acceptance(certificates, { promise, risk, population: row.population })(row.path, row.confidence),
      ),
    );
    const wrong = untouched.filter((rows) => rows.some(({ right }) => !right)).length;
    console.log(
      `${promise} ${risk}: documents untouched ${untouched.length}/${documents.length}, ${wrong} with an error`,
    );
  }
}
