import type { Command } from "commander";
import { idSource } from "../../core/index.ts";
import { withAirgap, withJson, withState } from "../options.ts";
import { drainWith } from "../process.ts";
import { resultDetail } from "../render/result.ts";
import { type App, type Shell, ending, exit, knownRun, withApp } from "../shell.ts";

interface OperateOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly airgap?: boolean;
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
  return withAirgap(withJson(withState(command))).action(
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

/** `weir rerun`: a new run that takes over what the old one had before a step, and does that step and the rest anew. */
export function addRerun(program: Command, shell: Shell): Command {
  const command = program
    .command("rerun")
    .description("do a run again from one of its steps on, as a new run; the old one stays")
    .argument("<run>", "its id")
    .requiredOption("--from <step>", "the first step to do again, as `weir show` names it");
  return withAirgap(withJson(withState(command))).action(
    ending(shell, async (id: string, options: OperateOptions & { readonly from: string }) =>
      withApp(shell, options, async (app) => {
        const source = await knownRun(app, id);
        const lane = newLane(shell);
        const { id: again } = await app.engine.rerun(source.id, options.from, lane);
        return await finish(app, shell, again, lane, options);
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
