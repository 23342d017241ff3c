import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { WeirError, isSettled } from "../../core/index.ts";
import type { App, Shell } from "../shell.ts";
import { exampleFile, examples } from "./examples.ts";
import { until } from "./part.ts";
import { type RecordedRun, type Tally, inProgress, tally } from "./tally.ts";
import { WorkerProcess } from "./worker.ts";

export interface Killed {
  readonly first: { readonly pid: number; readonly done: number; readonly interrupted: readonly string[] };
  readonly second: { readonly pid: number };
  readonly tally: Tally;
}

/**
 * Documents are taken in here; one worker process is killed when half of them are read, another one
 * goes on. Everything that is counted comes from the record in the data folder.
 * @param app on the same data folder as the workers; it does no work itself
 */
export async function killHalfWay(app: App, shell: Shell, dataDir: string): Promise<Killed> {
  const documents = await submitAll(app);
  const { first, done } = await startAndKill(app, shell, dataDir, documents.length);
  const interrupted = (await records(app)).flatMap((run) => inProgress(run).map((step) => `${step} of ${run.itemId}`));
  const second = await goOn(app, shell, dataDir, documents.length);
  const recorded = await records(app);
  const counted = tally(documents, recorded);
  const failed = recorded.find(({ status }) => status !== "review" && status !== "succeeded");
  if (failed) throw new WeirError("internal", `${failed.itemId} ended as ${failed.status}`);
  if (counted.lost + counted.doubled > 0) {
    throw new WeirError("internal", `${counted.lost} documents were lost and ${counted.doubled} doubled`);
  }
  return { first: { pid: first, done, interrupted }, second: { pid: second }, tally: counted };
}

async function submitAll(app: App): Promise<readonly string[]> {
  for (const id of examples.kill) {
    const file = exampleFile(id);
    await app.service.submit({
      itemId: basename(file),
      workflow: "invoice",
      name: basename(file),
      bytes: await readFile(file),
    });
  }
  return examples.kill.map((id) => basename(exampleFile(id)));
}

async function startAndKill(app: App, shell: Shell, dataDir: string, documents: number) {
  const worker = new WorkerProcess(dataDir);
  try {
    await until(shell, "half of the documents", async () => {
      worker.assertAlive();
      const { runs } = await app.service.list({});
      const done = runs.filter(({ status }) => isSettled(status)).length;
      shell.progress.update(`worker ${worker.pid} · ${done} of ${documents} read`);
      if (done === documents) throw new WeirError("internal", "The worker was done before it could be killed");
      return done >= documents / 2 && runs.some(({ status }) => status === "running") ? done : null;
    });
  } finally {
    shell.progress.clear();
    await worker.kill();
  }
  const { runs } = await app.service.list({});
  return { first: worker.pid, done: runs.filter(({ status }) => isSettled(status)).length };
}

async function goOn(app: App, shell: Shell, dataDir: string, documents: number): Promise<number> {
  const worker = new WorkerProcess(dataDir);
  try {
    await until(shell, "the second worker", async () => {
      worker.assertAlive();
      const { runs } = await app.service.list({});
      const done = runs.filter(({ status }) => isSettled(status)).length;
      shell.progress.update(`worker ${worker.pid} · ${done} of ${documents} read`);
      return runs.every(({ status }) => isSettled(status)) ? done : null;
    });
    return worker.pid;
  } finally {
    shell.progress.clear();
    await worker.stop();
  }
}

async function records(app: App): Promise<readonly RecordedRun[]> {
  const { runs } = await app.service.list({});
  return await Promise.all(
    runs.map(async ({ id, itemId, status }) => ({
      itemId,
      status,
      events: (await app.service.events(id)).map(({ type, data }) => ({
        type,
        step: typeof data["step"] === "string" ? data["step"] : null,
      })),
    })),
  );
}
