import type { Command } from "commander";
import type { Result } from "../../core/index.ts";
import { expandInputs } from "../inputs.ts";
import { fetchModelsFor } from "../models.ts";
import { type WorkOptions, withJson, withState, withWork } from "../options.ts";
import { findWorkflow, parseSettings, process, profileFor } from "../process.ts";
import { resultTable } from "../render/result.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

/** `weir run`: processes documents now, in this process, durably. */
export function addRun(program: Command, shell: Shell): Command {
  const command = program
    .command("run")
    .description("process documents now; what was finished before is not done again")
    .argument("<workflow>", "a built-in workflow, or the path of a TypeScript file")
    .argument("<input...>", "files, folders, .jsonl files of items, or - for standard input");
  return withWork(withJson(withState(command)))
    .option("--fresh", "ignore results of earlier runs")
    .action(
      ending(shell, async (workflow: string, inputs: readonly string[], options: WorkOptions) =>
        run(shell, workflow, inputs, options),
      ),
    );
}

async function run(shell: Shell, name: string, inputs: readonly string[], options: WorkOptions): Promise<number> {
  const settings = parseSettings(options.set);
  const { items, notes } = await expandInputs(inputs, shell.config.callerDir);
  const workflow = await findWorkflow(name, shell);
  const profile = await profileFor(shell, workflow, options);
  await fetchModelsFor(shell, workflow, options);
  for (const note of notes) shell.say(note);
  return await withApp(shell, options, async (app) => {
    const job = { workflow, items, settings, profile, fresh: options.fresh === true };
    const results: Result[] = [];
    for await (const result of process(app, shell, job)) {
      results.push(result);
      if (options.json) shell.print(result);
    }
    if (!options.json) shell.say(resultTable(results, shell.columns, shell.paint) + next(results));
    return results.some((result) => result.status === "failed") ? exit.failed : exit.done;
  });
}

function next(results: readonly Result[]): string {
  const waiting = results.filter((result) => result.status === "review");
  const first = waiting[0];
  return first
    ? `\nDecide what is open: weir review ${first.run}${waiting.length > 1 ? " (weir review lists all)" : ""}`
    : "";
}
