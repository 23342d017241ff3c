// node bench/schemas.ts ITEMS.jsonl [--write N]: what a decode plan does with foreign JSON Schemas. A line holds
// {"id", "schema", "tests": [{"valid", "data"}]}. Counts the schemas that have a plan, and the marked values that
// the plan's grammar takes or leaves other than they are marked without having named why (silent losses). With
// --write a model of random weights writes under the grammars of N schemas, and its answers are checked.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Json, JsonObject } from "../src/core/index.ts";
import { asWeirError } from "../src/core/index.ts";
import { createModelHost } from "../src/models/host.ts";
import { checkedObject } from "../src/slm/grammar.ts";
import { toDialect } from "../src/slm/plan/dialect.ts";
import { planOf } from "../src/slm/plan/plan.ts";
import { randomModel } from "../test/support/random-model.ts";

interface Item {
  readonly id: string;
  readonly schema: JsonObject;
  readonly tests: readonly { readonly valid: boolean; readonly data: Json }[];
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { write: { type: "string" } } });
const items = readFileSync(positionals[0] ?? "", "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line): Item => JSON.parse(line));

const marks = {
  valid: 0,
  "valid, narrowed by name": 0,
  invalid: 0,
  "invalid, left to the check by name": 0,
  silent: 0,
};
const plans = { made: 0, whole: 0, refused: 0 };
const losses = new Map<string, number>();
const strategies = new Map<string, number>();
for (const { id, schema, tests } of items) {
  const { schema: written, losses: lost } = toDialect(schema);
  for (const { keyword, effect } of lost) add(losses, `${keyword} (${effect})`);
  if (written === null) {
    plans.refused += 1;
    continue;
  }
  plans.made += 1;
  if (lost.length === 0) plans.whole += 1;
  for (const { strategy } of planOf(schema).paths) add(strategies, strategy);
  const named = (...effects: readonly string[]) => lost.some(({ effect }) => effects.includes(effect));
  const takes = compiled(written);
  for (const { valid, data } of tests) {
    const taken = takes(data);
    const excused = taken ? named("unchecked", "unknown") : named("narrowed", "unknown", "impossible");
    if (taken === valid) marks[valid ? "valid" : "invalid"] += 1;
    else if (!excused) {
      marks.silent += 1;
      console.log(`SILENT ${id}: ${taken ? "takes" : "leaves"} ${JSON.stringify(data).slice(0, 200)}`);
    } else marks[valid ? "valid, narrowed by name" : "invalid, left to the check by name"] += 1;
  }
}
console.log(`${items.length} schemas`, plans);
console.log("paths by strategy", Object.fromEntries(strategies));
console.log("marked values", marks);
console.log("losses by name", Object.fromEntries([...losses].toSorted(([, a], [, b]) => b - a).slice(0, 20)));
if (values.write !== undefined) await write(items.slice(0, Number(values.write)));

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function compiled(schema: JsonObject): (value: Json) => boolean {
  const ajv = new Ajv2020({ strict: false, logger: false });
  formats.default(ajv);
  const validate = ajv.compile(schema as object);
  return (value) => validate(value);
}

/** A model that knows nothing writes whatever the grammar lets it: an answer is right, or refused with a code. */
async function write(some: readonly Item[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "weir-schemas-"));
  const path = join(folder, "random.gguf");
  await randomModel(path, "llama");
  const file = async () => ({ name: "random", role: "decoder" as const, path, sha256: "0".repeat(64) });
  const model = createModelHost({ files: { decoder: file, encoder: file } });
  const ends = new Map<string, number>();
  for (const { schema } of some) {
    const end = await checkedObject(model, { document: "x", schema, tokensMax: 800 }, { timeoutMs: 30_000 }).then(
      ({ value }) => (compiled(schema)(value) ? "right" : "WRONG"),
      (error: unknown) => asWeirError(error).code,
    );
    add(ends, end);
  }
  await model.close();
  rmSync(folder, { recursive: true });
  console.log(`written by a model of random weights, ${some.length} schemas`, Object.fromEntries(ends));
}
