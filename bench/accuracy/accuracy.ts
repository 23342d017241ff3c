// npm run accuracy -- FOLDER [--only SET,…] [--splits N] [--times] [--write]: learns each set of labelled items in FOLDER
// (SET.jsonl) and says how right it is, how much it accepts and whether promises are kept. --times
// on a machine that does nothing else; --write makes docs/accuracy.md.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type App, openApp } from "../../src/app.ts";
import { answered, parted } from "../../src/cli/eval/learning-curve.ts";
import { score } from "../../src/cli/eval/score.ts";
import { openLabelled } from "../../src/cli/labelled.ts";
import { readItems } from "../../src/cli/items.ts";
import { populations } from "../../src/core/index.ts";
import { readConfig } from "../../src/config.ts";
import { riskLadder, sourcesOf } from "../../src/confidence/index.ts";
import { loadWorkflow } from "../../src/load-workflow.ts";
import type { ReadExample } from "../../src/teaching/index.ts";
import { type Measured, reportOf } from "./report.ts";
import { qualityOf, scoreSplits } from "./splits.ts";

/** Which workflow reads a set, and at which risk. */
const sets: Readonly<Record<string, readonly [workflow: string, risk: number]>> = {
  sroie_receipt: ["receipt", 0.02],
  adbuy: ["ad-order", 0.1],
  nda: ["fixtures/workflows/contract.ts", 0.1],
  banking77: ["ticket", 0.05],
  cfpb: ["ticket", 0.1],
  nlbse24: ["ticket", 0.1],
};

const root = resolve(import.meta.dirname, "../..");
const config = readConfig();
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    splits: { type: "string", default: "50" },
    times: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const [given] = positionals;
const folder = given === undefined ? null : resolve(config.callerDir, given);
const wanted = Object.keys(sets).filter((set) => values.only === undefined || values.only.split(",").includes(set));
const here = wanted.filter((set) => folder !== null && existsSync(join(folder, `${set}.jsonl`)));
if (folder === null || here.length === 0) {
  process.stderr.write(
    `Name a folder that holds one of ${wanted.map((set) => `${set}.jsonl`).join(", ")}: npm run accuracy -- FOLDER\n` +
      'Each line: {"id", "path" or "text", "truth": {"field": "value"}}; the documents do not come with Weir.\n',
  );
  process.exit(2);
}

const data = mkdtempSync(join(tmpdir(), "weir-accuracy-"));
const app = await openApp({ ...config, dataDir: data });
const measured: Measured[] = [];
try {
  for (const set of here) {
    measured.push(await measure(app, set, join(folder, `${set}.jsonl`)));
    process.stdout.write(`${reportOf(measured.slice(-1))}\n`);
  }
} finally {
  await app.close();
  rmSync(data, { recursive: true });
}
if (values.write) writeFileSync(join(root, "docs", "accuracy.md"), `${reportOf(measured).trimEnd()}\n`);

async function measure({ teaching }: App, set: string, file: string): Promise<Measured> {
  const [workflow, risk] = sets[set] ?? ["", 0.05];
  const { definition } = await loadWorkflow(workflow, root);
  const say = (text: string) => process.stderr.write(`${set}: ${text}\n`);
  const { signal } = new AbortController();
  const items = (await readItems(file)).filter(({ truth }) => truth !== null);
  const { given: labels, bytes } = await openLabelled({ stdin: async () => new Uint8Array() }, items);
  const { examples } = await teaching.read(definition, labels, { bytes, signal, onRead: () => {} });
  const common = { definition, risk, promise: "certified", settings: {}, without: new Set<string>(), signal } as const;

  say(`learning from half of ${examples.length}`);
  const [learn, ask] = parted(examples, Math.ceil(examples.length / 2), 1);
  const begunAt = Date.now();
  let learnedAt = begunAt;
  const progress = () => {
    learnedAt = Date.now();
  };
  const half = await teaching.tryOut({ ...common, learn, ask, progress });
  const scored = score(
    ask.map(({ truth }, at) => ({ truth, result: answered(half.answers[at] ?? {}) })),
    risk,
  );

  say("learning from all, each document answered by readers that had not seen it");
  const { taught } = await teaching.tryOut({ ...common, learn: examples, ask: [], progress: () => {} });
  const sources = sourceNames(examples);
  const splitCount = Number(values.splits);
  const risks = [...new Set([...riskLadder, risk])].toSorted((a, b) => a - b);
  const byPath = Map.groupBy(taught.outOfFold, ({ path }) => path);
  const quality = [...byPath].map(([path, rows]) => {
    const of = populations.map((population) => [population, qualityOf(rows, population)] as const);
    return [path, Object.fromEntries(of) as Measured["outOfFold"][string]] as const;
  });
  return {
    set,
    workflow: definition.name,
    documents: examples.length,
    senders: taught.sourceCount,
    risk,
    fresh: {
      learned: learn.length,
      asked: ask.length,
      seconds: values.times ? (learnedAt - begunAt) / 1000 : null,
      fields: scored.fields,
      all: scored.all,
      untouched: scored.documents.untouched,
      untouchedWrong: scored.documents.untouchedWrong,
      milliseconds: values.times ? ranks(half.milliseconds) : null,
    },
    outOfFold: Object.fromEntries(quality),
    splitCount,
    splits: scoreSplits(taught, (id) => sources.get(id) ?? id, { count: splitCount, risks }),
  };
}

function sourceNames(examples: readonly ReadExample[]): ReadonlyMap<string, string> {
  const names = sourcesOf(examples.map(({ text }) => text));
  return new Map(examples.map(({ id }, at) => [id, names[at] ?? id]));
}

function ranks(times: readonly number[]): Measured["fresh"]["milliseconds"] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  return sorted.length === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
