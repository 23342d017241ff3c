import type { Command } from "commander";
import { withJson, withState } from "../options.ts";
import { economicsText } from "../render/economics.ts";
import { statsText } from "../render/stats.ts";
import { eachRun } from "../runs.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";
import { economicsOf } from "../stats/economics.ts";
import { Tally } from "../stats/tally.ts";

interface StatsOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly workflow?: string;
}

/** `weir stats`: who decided what, side by side, and what waits. */
export function addStats(program: Command, shell: Shell): Command {
  const command = program.command("stats").description("who decided what: this machine, cloud, person; and what waits");
  return withJson(withState(command))
    .option("--workflow <name>", "only runs of this workflow")
    .action(ending(shell, async (options: StatsOptions) => await stats(shell, options)));
}

async function stats(shell: Shell, options: StatsOptions): Promise<number> {
  return await withApp(shell, options, async ({ service, prices }) => {
    const tally = new Tally();
    let counted = 0;
    const { workflow } = options;
    for await (const run of eachRun(service, workflow === undefined ? {} : { workflow })) {
      shell.signal.throwIfAborted();
      shell.progress.update(`${++counted} counted`);
      tally.add(run);
    }
    shell.progress.clear();
    const found = tally.stats(await service.stats(), shell.clock.now());
    const model = shell.config.cloud?.model ?? null;
    const economics = found.workflows.map((one) => economicsOf(one, prices, model));
    if (options.json) shell.print({ ...found, economics });
    else shell.say([statsText(found, shell.columns, shell.paint), ...economicsText(economics)].join("\n"));
    return exit.done;
  });
}
