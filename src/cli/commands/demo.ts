import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { compare } from "../demo/compare.ts";
import { examplesFolder } from "../demo/examples.ts";
import { dropIntoInbox, mostDoubtful, writePage } from "../demo/inbox.ts";
import { killHalfWay } from "../demo/kill.ts";
import { messagesText, sortMessages } from "../demo/messages.ts";
import { readRecord, recordText } from "../demo/record.ts";
import { comparisonText, killedText, readingTable } from "../demo/render.ts";
import { fetchModelsFor } from "../models.ts";
import { findWorkflow } from "../process.ts";
import { count, duration, plain } from "../render/text.ts";
import { type App, type Shell, describeError, ending, exit, withApp } from "../shell.ts";

/** `weir demo`: what Weir does, on the example invoices, measured while you watch. */
export function addDemo(program: Command, shell: Shell): Command {
  return program
    .command("demo")
    .description("watch Weir read the example invoices that come along; ends by itself")
    .action(ending(shell, async () => demo(shell)));
}

async function demo(shell: Shell): Promise<number> {
  await fetchModelsFor(shell, await findWorkflow("invoice", shell), {});
  const from = shell.clock.now();
  const temporary = await mkdtemp(join(tmpdir(), "weir-demo-"));
  try {
    await showAll(shell, temporary);
  } catch (error) {
    if (!(error instanceof PartFailed) || shell.signal.aborted) throw error;
    const { text } = describeError(error.cause, shell.paint);
    shell.say(`\nThe demo failed in part ${error.title}.\n${text}`);
    return exit.failed;
  } finally {
    shell.progress.clear();
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
  shell.say(`The demo took ${duration(shell.clock.now() - from)}.`);
  return exit.done;
}

class PartFailed extends Error {
  readonly title: string;

  constructor(title: string, cause: unknown) {
    super(`Part ${title} failed`, { cause });
    this.title = title;
  }
}

/** Says what comes, and on a failure which part it was. */
async function part<T>(shell: Shell, title: string, work: () => Promise<T>): Promise<T> {
  shell.say(`\n${shell.paint.bold(title)}`);
  try {
    return await work();
  } catch (error) {
    throw new PartFailed(title, error);
  }
}

async function showAll(shell: Shell, temporary: string): Promise<void> {
  // What the workflow delivers goes where the rest goes: away.
  const own = { ...shell, config: { ...shell.config, callerDir: temporary } };
  await withApp(own, { data: join(temporary, "data") }, async (app) => {
    await showComparison(app, own);
    await showInbox(app, shell, join(temporary, "inbox"));
    await showRecord(app, own);
    await showMessages(app, own);
  });
  const killed = join(temporary, "killed");
  await withApp(own, { data: killed }, async (app) => await showKill(app, own, killed));
  showNext(shell);
}

async function showComparison(app: App, shell: Shell): Promise<void> {
  await part(shell, "1. A small model asked for JSON, and Weir with the same model", async () => {
    shell.say(comparisonText(await compare(app, shell), shell.columns, shell.paint));
  });
}

async function showInbox(app: App, shell: Shell, dir: string): Promise<void> {
  const doubtful = await part(shell, "2. Invoices dropped into a watched folder", async () => {
    const { results, ms } = await dropIntoInbox(app, shell, dir);
    shell.say(`${count(results.length, "invoice")} dropped into ${dir}, all read after ${duration(ms)}.\n`);
    shell.say(readingTable(results, shell.columns, shell.paint));
    return mostDoubtful(results);
  });
  if (!doubtful) return;
  const { result, doubt } = doubtful;
  shell.say(`${shell.paint.yellow("?")} ${plain(result.id)}: ${plain(doubt)}`);
  await part(shell, "3. A page for the person who decides", async () => {
    const file = await writePage(app, shell, result.run);
    shell.say(`${plain(result.id)} with its doubts and a picture of its page. Open in a browser:\n  ${file}`);
    shell.say(`  ${pathToFileURL(file).href}`);
  });
}

async function showRecord(app: App, shell: Shell): Promise<void> {
  await part(shell, "4. A clinical record", async () => {
    shell.say(recordText(await readRecord(app, shell), shell.columns, shell.paint));
  });
}

async function showMessages(app: App, shell: Shell): Promise<void> {
  await part(shell, "5. Messages to a shop, sorted and answered", async () => {
    shell.say(messagesText(await sortMessages(app, shell), shell.columns, shell.paint));
  });
}

async function showKill(app: App, shell: Shell, dataDir: string): Promise<void> {
  await part(shell, "6. Killed half way", async () => {
    shell.say(killedText(await killHalfWay(app, shell, dataDir)));
  });
}

function showNext(shell: Shell): void {
  const folder = relative(shell.config.callerDir, examplesFolder) || ".";
  shell.say(`\n${shell.paint.bold("7. Now one of yours")}\n  npm run -s weir -- run invoice YOUR.pdf\n`);
  shell.say(`The invoices lie in ${folder}. Everything else the demo made is gone, but for the page of part 3.`);
}
