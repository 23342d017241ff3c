import type { Command } from "commander";
import { type Result, WeirError } from "../../core/index.ts";
import { score } from "../eval/score.ts";
import { expandInputs } from "../inputs.ts";
import { fetchModelsFor } from "../models.ts";
import { type WorkOptions, withJson, withState, withWork } from "../options.ts";
import { findWorkflow, parseSettings, process, profileFor } from "../process.ts";
import { evalTable } from "../render/eval.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

/** `weir eval`: how often a workflow is right on labelled documents, and what it would have accepted. */
export function addEval(program: Command, shell: Shell): Command {
  const command = program
    .command("eval")
    .description("score a workflow on labelled documents")
    .argument("<workflow>", "a built-in workflow, or the path of a TypeScript file")
    .argument("<labelled.jsonl>", 'items with "truth": {"path": "value"}');
  return withWork(withJson(withState(command)))
    .option("--fresh", "ignore results of earlier runs")
    .action(
      ending(shell, async (name: string, file: string, options: WorkOptions) => evaluate(shell, name, file, options)),
    );
}

async function evaluate(shell: Shell, name: string, file: string, options: WorkOptions): Promise<number> {
  const settings = parseSettings(options.set);
  const { items } = await expandInputs([file], shell.config.callerDir);
  const labelled = items.filter((item) => item.truth !== null);
  if (labelled.length === 0) {
    throw new WeirError("input.none", `No item of ${file} has a "truth"`, {
      hint: 'Label items: {"id": "a", "path": "a.pdf", "truth": {"total": "327.00"}}',
    });
  }
  const workflow = await findWorkflow(name, shell);
  const profile = await profileFor(shell, workflow, options);
  await fetchModelsFor(shell, workflow, options);
  return await withApp(shell, options, async (app) => {
    const job = {
      workflow,
      items: labelled,
      settings,
      profile,
      fresh: options.fresh === true,
    };
    const results = new Map<string, Result>();
    for await (const result of process(app, shell, job)) results.set(result.id, result);
    const scored = score(labelled.map(({ id, truth }) => ({ truth: truth ?? {}, result: results.get(id) ?? null })));
    const { definition } = workflow;
    if (options.json) {
      const about = { name: definition.name, version: definition.version, hash: definition.hash };
      shell.print({ schema: "weir.eval/1", workflow: about, profile: job.profile, ...scored });
    } else shell.say(evalTable(scored, shell.columns, shell.paint));
    return exit.done;
  });
}
