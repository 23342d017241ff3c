import { spawn } from "node:child_process";
import { once } from "node:events";
import type { WorkflowDefinition } from "../../src/engine/definition.ts";
import { atCrashPoint } from "./crash-at.ts";
import { testEngine } from "./engine.ts";

/** Crash tests in which a process takes one document through a workflow and kills itself on the way. */

/** In the process: takes up what an earlier one left, else a new document, and goes on to the end. */
export async function workOnOne(folder: string, definition: WorkflowDefinition): Promise<void> {
  const { engine, close } = await testEngine({ folder, workflows: [definition], options: { atCrashPoint } });
  await engine.recover();
  const document = { name: "item", bytes: new TextEncoder().encode("item") };
  const item = { itemId: "item", document, workflow: { definition, file: null }, lane: "crash", reuse: true };
  const { run } = await engine.submit(item);
  await engine.adopt([run.id], "crash");
  await engine.drain("crash");
  await close();
}

/**
 * In the test: runs such a process.
 * @param crashAt `point:n`: killed at the nth time that crash point is reached
 * @returns how it ended: an exit code or a signal
 */
export async function launchWork(script: string, folder: string, crashAt?: string): Promise<number | string> {
  const env = { ...process.env, ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }) };
  const child = spawn(process.execPath, [script, folder], { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code ?? -1;
}
