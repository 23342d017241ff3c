import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { Result } from "../../core/index.ts";
import { expandInputs } from "../inputs.ts";
import { fetchModels } from "../models.ts";
import { findWorkflow, process } from "../process.ts";
import { doubtLines, fieldTable, resultTable } from "../render/result.ts";
import { count, duration, plain } from "../render/text.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

/** Invented invoices that come with Weir. The last one does not add up. */
const folder = fileURLToPath(new URL("../../../fixtures/invoices/documents", import.meta.url));
const examples = ["en-1.pdf", "de-1.pdf", "fr-1.pdf", "receipt-1.pdf", "right-sum.pdf", "wrong-sum.pdf"];

/** `weir demo`: the example invoices, read on this machine, without leaving anything behind that it does not name. */
export function addDemo(program: Command, shell: Shell): Command {
  return program
    .command("demo")
    .description("read the example invoices that come with Weir")
    .action(ending(shell, async () => demo(shell)));
}

async function demo(shell: Shell): Promise<number> {
  await fetchModels(shell, null);
  const data = await mkdtemp(join(tmpdir(), "weir-demo-"));
  try {
    const results = await read(shell, data);
    tell(shell, results);
    return results.some((result) => result.status === "failed") ? exit.failed : exit.done;
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function read(shell: Shell, data: string): Promise<readonly Result[]> {
  const { items } = await expandInputs(
    examples.map((name) => join(folder, name)),
    folder,
  );
  const workflow = await findWorkflow("invoice", shell);
  const from = shell.clock.now();
  // What the workflow delivers goes where the rest goes: away.
  const own = { ...shell, config: { ...shell.config, callerDir: data } };
  return await withApp(own, { data }, async (app) => {
    const results: Result[] = [];
    const job = { workflow, items, settings: {}, profile: null, fresh: false };
    for await (const result of process(app, shell, job)) results.push(result);
    const took = duration(shell.clock.now() - from);
    shell.say(`\nRead ${count(results.length, "invoice")} in ${took} on this machine; nothing left it.\n`);
    return results;
  });
}

function tell(shell: Shell, results: readonly Result[]): void {
  const { paint, columns } = shell;
  shell.say(resultTable(results, columns, paint));
  const shown = results.at(-1);
  if (shown) {
    const fields = Object.entries(shown.decisions).filter(([path]) => !/\.\d+/.test(path));
    shell.say(["", paint.bold(plain(shown.id)), ...fieldTable(fields, columns, paint), ""].join("\n"));
    const [first] = doubtLines(
      shown.doubts.toSorted((a, b) => rank(a) - rank(b)),
      paint,
    );
    if (first) shell.say(`${first}\n`);
  }
  shell.say(
    `The invoices lie in ${relative(shell.config.callerDir, folder) || "."}. Now one of yours:\n\n  npm run -s weir -- run invoice YOUR.pdf\n`,
  );
}

/** A rule that does not hold says more than a value that is only likely. */
const rank = ({ code }: { readonly code: string }) => (code.startsWith("rule.") ? 0 : 1);
