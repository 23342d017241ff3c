import { appendFileSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import path from "node:path";
import { workflow } from "../../src/engine/flow.ts";
import type { Start, StepContext } from "../../src/ports/index.ts";
import { atCrashPoint } from "../support/crash-at.ts";
import { testEngine } from "../support/engine.ts";

/**
 * A process of the crash tests: works on `documents` documents of five steps in the folder given and
 * kills itself where the environment says so. Steps say in `executions.log` that they ran.
 *
 *   CRASH_AT=point:n   SIGKILL at the nth time that crash point is reached
 *   BLOCK_AT=step:ms   holds the thread in that step of the first document, once in this folder
 *   LEASE_MS=n
 */

const [folder = "", documents = "0"] = process.argv.slice(2);
const stepNames = ["read", "split", "extract", "check", "deliver"];
const stepMs = 20;

const [blockStep, blockMs = "0"] = (process.env["BLOCK_AT"] ?? "").split(":");

async function block(name: string, item: string): Promise<void> {
  const once = path.join(folder, "blocked");
  if (name !== blockStep || item !== "item0" || (await exists(once))) return;
  await writeFile(once, "");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(blockMs));
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

function logged(name: string) {
  return async (state: Start, context: StepContext): Promise<Start> => {
    appendFileSync(path.join(folder, "executions.log"), `${process.pid} ${context.run.itemId} ${name}\n`);
    await block(name, context.run.itemId);
    await context.clock.sleep(stepMs, context.signal);
    if (name === "deliver") await deliverOnce(context.effectKey);
    return state;
  };
}

/** As a real target would: the same effect key twice is one delivery. */
async function deliverOnce(effectKey: string): Promise<void> {
  await writeFile(path.join(folder, `delivered-${effectKey.replaceAll("/", "-")}`), "");
}

const { definition } = stepNames.reduce(
  (flow, name) => flow.step(name, logged(name)),
  workflow("crashing", { version: 1 }),
);

const { engine, close } = await testEngine({
  folder,
  workflows: [definition],
  options: { atCrashPoint, leaseMs: Number(process.env["LEASE_MS"] ?? "30000") },
});
await engine.recover();
const ids: string[] = [];
for (let index = 0; index < Number(documents); index++) {
  const itemId = `item${index}`;
  const document = { name: itemId, bytes: new TextEncoder().encode(itemId) };
  const item = { itemId, document, workflow: { definition, file: null }, lane: "crash", reuse: true };
  ids.push((await engine.submit(item)).run.id);
}
await engine.adopt(ids, "crash");
console.log("draining");
await engine.drain("crash");
await close();
