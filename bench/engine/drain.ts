import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { workflow } from "../../src/engine/flow.ts";
import type { Queue } from "../../src/ports/index.ts";
import { testEngine } from "../../test/support/engine.ts";
import { type Servers, openKind, quantiles } from "./measure.ts";

/** Documents that wait, with a step that does nothing: how many go through, and whether memory stays where it was. */
export async function drainCosts(servers: Servers, documents: number) {
  const { storage, folder, close } = await openKind("SQLite", servers);
  const { definition } = workflow("bench", { version: 1 }).step("nothing", (state) => state);
  const claims: number[] = [];
  const memory: number[] = [];
  const share = Math.ceil(documents / 4);
  const timedQueue: Queue = {
    ...bound(storage.queue),
    take: async (options) => {
      const start = performance.now();
      const ticket = await storage.queue.take(options);
      if (ticket) claims.push(performance.now() - start);
      if (ticket && claims.length % share === 0) memory.push(heapMb());
      return ticket;
    },
  };
  const made = { ...storage, queue: timedQueue };
  const { engine } = await testEngine({ folder, storage: made, workflows: [definition], options: { idleMs: 250 } });
  const submitted = performance.now();
  for (let index = 0; index < documents; index++) {
    const document = { name: "a", bytes: new TextEncoder().encode(`document ${index}`) };
    const item = { itemId: `item${index}`, document, workflow: { definition, file: null }, lane: "l", reuse: false };
    await engine.submit(item);
  }
  const started = performance.now();
  const cpu = process.cpuUsage();
  const before = heapMb();
  await engine.drain("l");
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await close();
  const row = {
    documents,
    "taken in a second": Math.round((1_000 * documents) / (started - submitted)),
    "done a second": Math.round(documents / seconds),
    "CPU ms each": Number(((user + system) / 1_000 / documents).toFixed(2)),
    ...quantiles(
      "claim",
      claims.toSorted((a, b) => a - b),
    ),
    "heap MB before": before,
    ...Object.fromEntries(memory.map((mb, index) => [`after ${(index + 1) * 25} %`, mb])),
  };
  return [row];
}

function bound(queue: Queue): Queue {
  return {
    take: async (options) => await queue.take(options),
    extend: async (...args) => await queue.extend(...args),
    settle: async (ticket) => await queue.settle(ticket),
    release: async (...args) => await queue.release(...args),
    nextDueAt: async (lane) => await queue.nextDueAt(lane),
    oldestDueAt: async () => await queue.oldestDueAt(),
    depth: async () => await queue.depth(),
  };
}

/** What is held, not what was not yet thrown away. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return Number((process.memoryUsage().heapUsed / 1e6).toFixed(1));
}
