import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { withJson, withState } from "../options.ts";
import { resultDetail } from "../render/result.ts";
import { type Shell, ending, exit, knownRun, withApp } from "../shell.ts";

interface ShowOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly html?: string;
}

/** `weir show`: everything about one run. */
export function addShow(program: Command, shell: Shell): Command {
  const command = program.command("show").description("show one run").argument("<run>", "its id");
  return withJson(withState(command))
    .option("--html <file>", "write a page with the document's pictures and where each value stands")
    .action(
      ending(shell, async (id: string, options: ShowOptions) =>
        withApp(shell, options, async (app) => {
          const run = await knownRun(app, id);
          if (options.html !== undefined) {
            const file = resolve(shell.config.callerDir, options.html);
            await writeFile(file, await app.report(run));
            shell.say(`Written: ${file}`);
          }
          const result = await app.service.result(run.id);
          if (options.json) shell.print(result);
          else if (options.html === undefined) shell.say(resultDetail(result, shell.columns, shell.paint));
          return exit.done;
        }),
      ),
    );
}
