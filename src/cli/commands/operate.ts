import type { Command } from "commander";
import { WeirError, idSource } from "../../core/index.ts";
import { withAirgap, withJson, withState } from "../options.ts";
import { drainWith } from "../process.ts";
import { resultDetail, resultTable } from "../render/result.ts";
import { count } from "../render/text.ts";
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

interface RetryOptions extends OperateOptions {
  readonly failed?: boolean;
  readonly workflow?: string;
  readonly code?: string;
  readonly queue?: boolean;
}

/** `weir retry`: goes on with failed or cancelled runs after their last good step. */
export function addRetry(program: Command, shell: Shell): Command {
  const command = program
    .command("retry")
    .description("go on with a failed or cancelled run, or all that failed, after their last good step")
    .argument("[run]", "its id")
    .option("--failed", "all runs that failed, instead of one")
    .option("--workflow <name>", "with --failed: only runs of this workflow")
    .option("--code <code>", "with --failed: only runs that ended with this error")
    .option("--queue", "leave the work to `weir start` or `weir worker` and end at once");
  return withAirgap(withJson(withState(command))).action(
    ending(shell, async (id: string | undefined, options: RetryOptions) => {
      if ((id === undefined) !== (options.failed === true)) {
        throw new WeirError("input.none", "Give the id of one run, or --failed for all that failed", {
          hint: "`weir ls --status failed` lists them.",
        });
      }
      return await withApp(shell, options, async (app) => {
        const lane = options.queue === true ? null : newLane(shell);
        const runs = id === undefined ? await retryFailed(app, lane, options) : [await retryOne(app, id, lane)];
        if (lane !== null) return await finishAll(app, shell, runs, lane, options);
        if (options.json) for (const run of runs) shell.print({ run });
        else shell.say(`Queued again: ${count(runs.length, "run")}.`);
        return exit.done;
      });
    }),
  );
}

async function retryOne(app: App, id: string, lane: string | null): Promise<string> {
  const run = await knownRun(app, id);
  if (lane === null) await app.service.retry(run.id);
  else await app.engine.retry(run.id, lane);
  return run.id;
}

async function retryFailed(app: App, lane: string | null, { workflow, code }: RetryOptions): Promise<string[]> {
  const filter = {
    ...(workflow === undefined ? {} : { workflow }),
    ...(code === undefined ? {} : { code }),
    ...(lane === null ? {} : { lane }),
  };
  const retried: string[] = [];
  for (let more = true; more;) {
    const page = await app.service.retryFailed(filter);
    retried.push(...page.runs);
    ({ more } = page);
  }
  return retried;
}

/** Works on all runs that were set going again, and shows what came of each. */
async function finishAll(
  app: App,
  shell: Shell,
  runs: readonly string[],
  lane: string,
  options: OperateOptions,
): Promise<number> {
  const [first] = runs;
  if (first !== undefined && runs.length === 1) return await finish(app, shell, first, lane, options);
  shell.progress.update(`working on ${count(runs.length, "run")}`);
  await drainWith(app, shell, lane).ended.finally(() => shell.progress.clear());
  const results = [];
  for (const run of runs) results.push(await app.service.result(run));
  if (options.json) for (const result of results) shell.print(result);
  else shell.say(runs.length === 0 ? "No run failed." : resultTable(results, shell.columns, shell.paint));
  return results.some(({ status }) => status === "failed") ? exit.failed : exit.done;
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
