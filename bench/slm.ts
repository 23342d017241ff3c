// npm run bench -- slm FOLDER [--n 40] [--sets sroie_receipt,…] [--threads 1,2] [--save]: what asking a small model by choosing
// and pointing is worth, beside JSON under a grammar, on the same file and documents, in turns. FOLDER holds item files named like the
// sets of bench/slm/sets.ts. --save writes the figures into docs/small-models.md.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../src/config.ts";
import { createModelHost } from "../src/models/host.ts";
import { resolveDecoder, resolveEncoder, type ModelSettings } from "../src/models/library.ts";
import { conditionsOf } from "./accuracy/conditions.ts";
import { compare, type SetFigures } from "./slm/accuracy.ts";
import { Baseline } from "./slm/baseline.ts";
import { pageOf, withMeasured } from "./slm/page.ts";
import { readSet, schemas } from "./slm/sets.ts";
import { measureSpeed } from "./slm/speed.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: "string", default: "40" },
    sets: { type: "string", default: Object.keys(schemas).join(",") },
    threads: { type: "string", default: `1,${availableParallelism()}` },
    save: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("Name a folder of item files.");
const config = readConfig();
const settings: ModelSettings = { cacheFolder: config.cacheDir, decoder: config.model, encoder: null };
const decoder = await resolveDecoder(settings);
const states = mkdtempSync(join(tmpdir(), "weir-states-"));
const model = createModelHost({
  files: { decoder: async () => decoder, encoder: () => resolveEncoder(settings) },
  limits: { states: { folder: states, bytesMax: 500_000_000 } },
});
const threads = [...new Set(values.threads.split(",").map(Number))];

// The grammar's best count of threads is tried first, on a document of its own.
const baseline = await Baseline.open(decoder.path, Math.max(...threads));
const tried = [];
for (const count of threads) {
  baseline.threads = count;
  const begun = performance.now();
  for (let run = 0; run < 2; run++) {
    await baseline.ask("Corner Bakery\n3 rolls 1.20\nTOTAL 7.90\n".repeat(12), {
      type: "object",
      properties: { company: { type: "string" }, total: { type: "string" } },
    });
  }
  tried.push({ count, ms: performance.now() - begun });
}
const best = tried.toSorted((a, b) => a.ms - b.ms)[0]?.count ?? 1;
baseline.threads = best;

const figures: SetFigures[] = [];
const latencies: number[] = [];
for (const name of values.sets.split(",")) {
  figures.push(await compare(await readSet(folder, name, Number(values.n)), model, baseline, latencies));
}
const speed = await measureSpeed(model, baseline, threads, statSync(decoder.path).size);
await Promise.all([model.close(), baseline.close()]);
rmSync(states, { recursive: true });

const page = pageOf({
  conditions: await conditionsOf(config),
  model: decoder.name,
  grammarThreads: best,
  sets: figures,
  speed: { ...speed, latencies: { point: latencies, ...speed.latencies } },
});
console.log(page);
if (values.save) {
  const file = new URL("../docs/small-models.md", import.meta.url);
  writeFileSync(file, withMeasured(readFileSync(file, "utf8"), "slm", page));
}
