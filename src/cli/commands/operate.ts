import type { Command } from "commander";
import { idSource } from "../../core/index.ts";
import { withJson, withState } from "../options.ts";
import { drainWith } from "../process.ts";
import { resultDetail } from "../render/result.ts";
import { type App, type Shell, ending, exit, knownRun, withApp } from "../shell.ts";

interface OperateOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `weir cancel`: ends a run that is not done yet. */
export function addCancel(program: Command, shell: Shell): Command {
  const command = program.command("cancel").description("cancel a run").argument("<run>", "its id");
  return withJson(withState(command)).action(
    ending(shell, async (id: string, options: OperateOptions) =>
      withApp(shell, options, async (app) => {
        const run = await app.service.cancel((await knownRun(app, id)).id);
        if (options.json) shell.print(await app.service.result(run.id));
        else shell.say(run.status === "cancelled" ? `Cancelled: ${run.id}` : `${run.id} ends after its present step.`);
        return exit.done;
      }),
    ),
  );
}

/** `weir retry`: goes on with a failed or cancelled run after its last good step. */
export function addRetry(program: Command, shell: Shell): Command {
  const command = program
    .command("retry")
    .description("go on with a failed or cancelled run after its last good step")
    .argument("<run>", "its id");
  return withJson(withState(command)).action(
    ending(shell, async (id: string, options: OperateOptions) =>
      withApp(shell, options, async (app) => {
        const run = await knownRun(app, id);
        const lane = newLane(shell);
        await app.engine.retry(run.id, lane);
        return await finish(app, shell, run.id, lane, options);
      }),
    ),
  );
}

export const newLane = ({ clock }: Shell) => `run-${idSource(clock.now, clock.random)()}`;

/** Works on a run that was set going again, and shows what came of it. */
export async function finish(
  app: App,
  shell: Shell,
  id: string,
  lane: string,
  options: OperateOptions,
): Promise<number> {
  shell.progress.update(`working on ${id}`);
  await drainWith(app, shell, lane).ended.finally(() => shell.progress.clear());
  const result = await app.service.result(id);
  if (options.json) shell.print(result);
  else shell.say(resultDetail(result, shell.columns, shell.paint));
  return result.status === "failed" ? exit.failed : exit.done;
}
