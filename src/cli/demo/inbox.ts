import { copyFile, mkdir, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Result, WeirError } from "../../core/index.ts";
import { type InboxEvent, createInbox } from "../../inbox/index.ts";
import type { App, Shell } from "../shell.ts";
import { exampleFile, examples } from "./examples.ts";
import { failure, until } from "./part.ts";

/** How long a step in progress may go on after Ctrl-C. */
const stopMs = 3_000;

export interface Dropped {
  /** The folder that was watched. */
  readonly dir: string;
  /** In the order of the examples. */
  readonly results: readonly Result[];
  readonly ms: number;
}

/** Watches a folder, drops invoices into it as any program would, and waits until each was read. */
export async function dropIntoInbox(app: App, shell: Shell, dir: string): Promise<Dropped> {
  const log = new InboxLog();
  const inbox = createInbox({
    dir,
    service: app.service,
    clock: shell.clock,
    workflows: ["invoice"],
    onEvent: (event) => log.add(event),
  });
  await inbox.start();
  app.engine.start();
  const stopSoon = () => void app.engine.stop(stopMs);
  shell.signal.addEventListener("abort", stopSoon, { once: true });
  const from = shell.clock.now();
  try {
    for (const id of examples.inbox) await drop(exampleFile(id), join(dir, "invoice"));
    const files = examples.inbox.map((id) => `invoice/${basename(exampleFile(id))}`);
    const runs = await until(shell, "the inbox to be read", async () => {
      shell.progress.update(`${log.ended} of ${files.length} read`);
      return log.runsOf(files);
    });
    const results = await Promise.all(runs.map(async (run) => await app.service.result(run)));
    const failed = results.find(({ error }) => error !== null);
    if (failed?.error) throw failure(failed.error, failed.id);
    return { dir, results, ms: shell.clock.now() - from };
  } finally {
    shell.progress.clear();
    shell.signal.removeEventListener("abort", stopSoon);
    await inbox.stop();
    await app.engine.stop();
  }
}

/** The name appears when the file is whole: then it need not be watched for growth. */
async function drop(file: string, folder: string): Promise<void> {
  const part = join(folder, `${basename(file)}.part`);
  await copyFile(file, part);
  await rename(part, join(folder, basename(file)));
}

/** Which of the dropped files were read. */
export class InboxLog {
  readonly #runs = new Map<string, string>();
  #trouble: WeirError | null = null;

  add(event: InboxEvent): void {
    if (event.type === "file.waits" || event.type === "file.rested") this.#runs.set(event.file, event.run);
    if (event.type === "trouble" || event.type === "file.trouble") {
      this.#trouble ??= failure(event.error, event.type === "trouble" ? "The inbox" : event.file);
    }
  }

  get ended(): number {
    return this.#runs.size;
  }

  /** The run of each file, or null while one is missing. @throws what the inbox could not work with */
  runsOf(files: readonly string[]): readonly string[] | null {
    if (this.#trouble) throw this.#trouble;
    const runs = files.flatMap((file) => this.#runs.get(file) ?? []);
    return runs.length === files.length ? runs : null;
  }
}

/** The example that a rule caught, or else one that has any doubt. */
export function mostDoubtful(results: readonly Result[]): { readonly result: Result; readonly doubt: string } | null {
  const doubts = results.flatMap((result) => result.doubts.map((doubt) => ({ result, doubt })));
  const found = doubts.find(({ doubt }) => doubt.code === "rule.sums") ?? doubts[0];
  return found ? { result: found.result, doubt: found.doubt.message } : null;
}

/**
 * Writes the page of a run where a person finds it: beside the other state of this folder, or where
 * that cannot be written, in a temporary folder of its own. @returns the file
 */
export async function writePage(app: App, shell: Shell, runId: string): Promise<string> {
  const run = await app.service.get(runId);
  if (!run) throw new WeirError("run.unknown", `There is no run ${runId}`);
  const html = await app.report(run);
  const usual = join(shell.config.dataDir, "demo");
  try {
    await mkdir(usual, { recursive: true, mode: 0o700 });
    return await write(usual, html);
  } catch {
    return await write(await mkdtemp(join(tmpdir(), "weir-page-")), html);
  }
}

async function write(folder: string, html: string): Promise<string> {
  const file = join(folder, "review.html");
  await writeFile(file, html);
  return file;
}
