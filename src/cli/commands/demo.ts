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

/** Invoices that come with Weir: invented, so that they may lie in a repository. */
const examples = fileURLToPath(new URL("../../../fixtures/invoices/examples", import.meta.url));

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
  const { items } = await expandInputs([examples], shell.config.callerDir);
  const workflow = await findWorkflow("invoice", shell);
  const from = shell.clock.now();
  return await withApp(shell, { data }, async (app) => {
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
  const doubted = results.find((result) => result.doubts.some((doubt) => doubt.code.startsWith("rule.")));
  const shown = doubted ?? results.find((result) => result.doubts.length > 0) ?? results[0];
  if (shown) {
    const fields = Object.entries(shown.decisions).filter(([path]) => !/\.\d+/.test(path));
    shell.say(["", paint.bold(plain(shown.id)), ...fieldTable(fields, columns, paint), ""].join("\n"));
    const [first] = doubtLines(
      shown.doubts.toSorted((a, b) => rank(a) - rank(b)),
      paint,
    );
    if (first) shell.say(`${first}\n`);
  }
  const folder = relative(shell.config.callerDir, examples) || ".";
  shell.say(`The invoices lie in ${folder}. Now one of yours:\n\n  npm run -s weir -- run invoice YOUR.pdf\n`);
}

/** A rule that does not hold says more than a value that is only likely. */
const rank = ({ code }: { readonly code: string }) => (code.startsWith("rule.") ? 0 : 1);
