import { appendFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { workflow } from "../../src/engine/flow.ts";
import type { Start, StepContext } from "../../src/ports/index.ts";

export const stepNames = ["read", "split", "extract", "check", "deliver"];
const stepMs = 20;

/** What else happens inside a step. */
export type Mischief = (step: string, context: StepContext) => Promise<void>;

/** Five short steps that say in `executions.log` that they ran, and deliver a file a document. */
export function crashing(folder: string, mischief: Mischief = async () => {}) {
  const logged = (name: string) => async (state: Start, context: StepContext) => {
    appendFileSync(path.join(folder, "executions.log"), `${process.pid} ${context.run.itemId} ${name}\n`);
    await mischief(name, context);
    await context.clock.sleep(stepMs, context.signal);
    // As a real target would: the same effect key twice is one delivery.
    if (name === "deliver") {
      await writeFile(path.join(folder, `delivered-${context.effectKey.replaceAll("/", "-")}`), context.run.itemId);
    }
    return state;
  };
  return stepNames.reduce((flow, name) => flow.step(name, logged(name)), workflow("crashing", { version: 1 }))
    .definition;
}
