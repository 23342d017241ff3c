// npm run accuracy -- FOLDER [--only SET,…] [--most N] [--splits N] [--times] [--write]: says of each set of labelled
// items in FOLDER (SET.jsonl) how right Weir is on it, how much it accepts and whether promises are kept. --most N
// draws N items of each set; --times on a machine that does nothing else; --write puts the sections of these sets
// into docs/accuracy.md, with pictures in docs/accuracy/, and keeps those of other sets.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type App, openApp } from "../../src/app.ts";
import { writeCurves } from "../../src/cli/eval/curves.ts";
import { parted } from "../../src/cli/eval/learning-curve.ts";
import { answersOf } from "../../src/cli/eval/score.ts";
import { openLabelled } from "../../src/cli/labelled.ts";
import { readItems } from "../../src/cli/items.ts";
import { readConfig } from "../../src/config.ts";
import { loadWorkflow } from "../../src/load-workflow.ts";
import { trials } from "../../src/summary/index.ts";
import { readItems as readLabelled } from "../items.ts";
import { measureVisits } from "../summary/visits.ts";
import { conditionsOf } from "./conditions.ts";
import type { Measured } from "./measured.ts";
import { pageOf } from "./page.ts";
import { recallOf } from "./recall.ts";
import { notesSection, sectionOf } from "./report.ts";
import { type SetPlan, sets } from "./sets.ts";
import { measureShipped } from "./shipped.ts";
import { measureTaught } from "./taught.ts";

const root = resolve(import.meta.dirname, "../..");
const page = join(root, "docs", "accuracy.md");
const config = readConfig();
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    most: { type: "string" },
    splits: { type: "string", default: "50" },
    times: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const [given] = positionals;
const folder = given === undefined ? null : resolve(config.callerDir, given);
const wanted = Object.entries(sets).filter(
  ([set]) => values.only === undefined || values.only.split(",").includes(set),
);
const here = wanted.filter(([set]) => folder !== null && existsSync(join(folder, `${set}.jsonl`)));
if (folder === null || here.length === 0) {
  process.stderr.write(
    `Name a folder that holds one of ${wanted.map(([set]) => `${set}.jsonl`).join(", ")}: npm run accuracy -- FOLDER\n` +
      'Each line: {"id", "path" or "text", "truth": {"field": "value"}}; the documents do not come with Weir.\n',
  );
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), "weir-accuracy-"));
const app = await openApp({ ...config, dataDir: join(scratch, "app") });
try {
  for (const [set, plan] of here) {
    const file = join(folder, `${set}.jsonl`);
    const markdown =
      plan.of === "notes"
        ? await notesOf({ set, ...plan }, file)
        : sectionOf(await measure(app, { set, ...plan }, file));
    process.stdout.write(`${markdown}\n`);
    if (values.write) writePage({ set, markdown });
  }
} finally {
  await app.close();
  rmSync(scratch, { recursive: true });
}

async function measure({ teaching }: App, plan: SetPlan & { readonly set: string }, file: string): Promise<Measured> {
  const { set, about } = plan;
  const { definition } = await loadWorkflow(plan.workflow, root);
  const say = (text: string) => process.stderr.write(`${set}: ${text}\n`);
  const { signal } = new AbortController();
  const held = (await readItems(file)).filter(({ truth }) => truth !== null);
  const most = values.most === undefined ? held.length : Number(values.most);
  const items = most < held.length ? parted(held, most, 1)[0] : held;
  const { given: labels, bytes } = await openLabelled({ stdin: async () => new Uint8Array() }, items);
  const { examples } = await teaching.read(definition, labels, { bytes, signal, onRead: () => {} });
  const recall = plan.of === "lists" ? [] : recallOf(definition, examples);
  const pictures = values.write ? join(root, "docs", "accuracy", set) : join(scratch, "pictures", set);
  rmSync(pictures, { recursive: true, force: true });
  const same = { set, about, workflow: definition.name, conditions: await conditionsOf(config), recall };
  const counts = { documents: items.length, documentsHeld: held.length };

  if (plan.risk === null) {
    say(`asking about ${items.length}, nothing learned`);
    const options = { root, workflow: plan.workflow, items, scratch, pictures, times: values.times };
    const { risk, scores } = await measureShipped(options);
    return { ...same, ...counts, risk, scores, pictures: picturesIn(pictures), learned: null };
  }
  const { risk } = plan;
  const splitCount = Number(values.splits);
  const found = await measureTaught({ teaching, definition, examples, risk, splitCount, times: values.times, say });
  await writeCurves(pictures, answersOf(found.labelled));
  const { scores, learned } = found;
  return { ...same, ...counts, risk, scores, pictures: picturesIn(pictures), learned };
}

/** Each note beside the summary of its visit, by weights that had not seen it. */
async function notesOf({ set, about, workflow }: SetPlan & { readonly set: string }, file: string): Promise<string> {
  const read = await readLabelled(file, undefined);
  const examples = read.slice(0, Number(values.most ?? read.length)).map(({ item: { id, truth }, text }) => ({
    id,
    lines: text.pages.flatMap((one) => one.lines),
    note: String(truth["note"]),
  }));
  process.stderr.write(`${set}: summarising ${examples.length}, by weights learned from the others\n`);
  const conditions = await conditionsOf(config);
  return notesSection({ set, about, workflow, conditions }, measureVisits([...trials(examples)]));
}

/** Keeps the pictures only; where there is one field, the pictures of all fields together would show the same. */
function picturesIn(pictures: string): readonly string[] {
  const names = readdirSync(pictures).toSorted();
  const single = names.filter((name) => name.endsWith(".calibration.svg")).length === 2;
  const kept = names.filter((name) => name.endsWith(".svg") && !(single && name.startsWith("all.")));
  for (const name of names) if (!kept.includes(name)) rmSync(join(pictures, name));
  if (kept.length === 0) rmSync(pictures, { recursive: true });
  return kept;
}

function writePage(section: { readonly set: string; readonly markdown: string }): void {
  const part = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
  const before = existsSync(page) ? readFileSync(page, "utf8") : "";
  const text = pageOf(before, [section], Object.keys(sets), { head: part("head.md"), tail: part("tail.md") });
  writeFileSync(page, text);
  execFileSync(process.execPath, [join(root, "node_modules", "oxfmt", "bin", "oxfmt"), page], { cwd: root });
}
