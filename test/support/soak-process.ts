import { appendFileSync } from "node:fs";
import path from "node:path";
import { workflow } from "../../src/engine/flow.ts";
import { createInbox } from "../../src/inbox/index.ts";
import { createServer } from "../../src/server/server.ts";
import { createService } from "../../src/service.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { testEngine } from "./engine.ts";
import { noPurge, testIntake } from "./intake.ts";

/**
 * A process of the soak test: API, inbox and worker over one engine in the folder given, with a workflow
 * of steps that need no model. Prints its URL; ends on SIGTERM and says then how much memory it took.
 * Run with --expose-gc.
 */
const [folder = ""] = process.argv.slice(2);
const memoryMs = 1_000;

const log = path.join(folder, "executions.log");
const noted = (step: string, runId: string) => appendFileSync(log, `${runId} ${step}\n`);

const { definition } = workflow("soak", { version: 1 })
  .step("count", async (state, { blobs, run }) => {
    noted("count", run.id);
    const words = new TextDecoder().decode(await blobs.get(state.document.sha256)).split(" ").length;
    return { ...state, words };
  })
  .step("check", (state, { run }) => {
    noted("check", run.id);
    return state;
  });

const { engine, store, queue, close } = await testEngine({
  folder,
  workflows: [definition],
  options: { concurrency: 4, pollMs: 1_000, idleMs: 250 },
});
const service = createService({
  engine,
  store,
  queue,
  load: async () => ({ definition, file: null }),
  builtins: [definition],
  intake: testIntake(queue),
  clock: systemClock,
  documentBytesMax: 50_000_000,
  purge: noPurge,
});
const clock = systemClock;
const inbox = createInbox({ dir: path.join(folder, "inbox"), service, clock, settleMs: 200 });
const server = createServer({ service, clock, keys: [], port: 0, version: "0" });

/** What is still held after collecting, as it grows. */
const heap: number[] = [];
const sample = setInterval(() => {
  globalThis.gc?.();
  heap.push(process.memoryUsage().heapUsed);
}, memoryMs);

await inbox.start();
engine.start();
process.stdout.write(`${(await server.listen()).href}\n`);
await new Promise((resolve) => {
  process.once("SIGTERM", resolve);
});
clearInterval(sample);
await server.close();
await inbox.stop();
await close();
process.stdout.write(`${JSON.stringify({ heap, peakBytes: process.resourceUsage().maxRSS * 1_024 })}\n`);
