import type { Command } from "commander";
import { Option } from "commander";
import { WeirError, isSettled, jsonSchema } from "../../core/index.ts";
import type { ReviewInput, ReviewView } from "../../ports/index.ts";
import { collect, withAirgap, withJson, withState } from "../options.ts";
import { versionOf } from "../../engine/versions.ts";
import { findWorkflow } from "../process.ts";
import { reviewPage, reviewTable } from "../render/review.ts";
import { type App, type Shell, ending, exit, knownRun, withApp } from "../shell.ts";
import { finish, newLane } from "./operate.ts";
import { typedValue } from "./typed-value.ts";

interface ReviewOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly airgap?: boolean;
  readonly set: readonly string[];
  readonly accept: readonly string[];
  readonly acceptAll?: boolean;
}

/** `weir review`: what waits for a person, and the person's decisions. */
export function addReview(program: Command, shell: Shell): Command {
  const command = program
    .command("review")
    .description("list what waits for you; look at a run, accept or correct its values, and it goes on")
    .argument("[run]", "its id; without one, all that wait are listed");
  const many = (flags: string, text: string) => new Option(flags, text).argParser(collect).default([], "none");
  return withAirgap(withJson(withState(command)))
    .addOption(many("--set <path=value>", "correct a value; null: the document does not state it"))
    .addOption(many("--accept <path>", "accept the value as it stands"))
    .option("--accept-all", "accept everything that has a value")
    .action(
      ending(shell, async (id: string | undefined, options: ReviewOptions) =>
        withApp(shell, options, async (app) => {
          if (id === undefined) return await list(app, shell, options);
          const run = await knownRun(app, id);
          const view = await app.service.review(run.id);
          const input = await inputOf(options, shell, view);
          if (Object.keys(input).length > 0) return await decide(app, shell, view, input, options);
          if (options.json) shell.print({ ...(await app.service.result(run.id)), review: view.review.version });
          else shell.say(reviewPage(view, shell.columns, shell.paint));
          return exit.done;
        }),
      ),
    );
}

async function list(app: App, shell: Shell, options: ReviewOptions): Promise<number> {
  if (options.set.length + options.accept.length > 0 || options.acceptAll) {
    throw new WeirError("review.invalid", "There is no run named to decide about", {
      hint: "`weir review` lists the runs; then weir review RUN --set …",
    });
  }
  const views: ReviewView[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await app.service.reviews(cursor === null ? {} : { cursor });
    views.push(...page.reviews);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  if (options.json) for (const { run } of views) shell.print(await app.service.result(run.id));
  else shell.say(views.length === 0 ? "Nothing waits for you." : reviewTable(views, shell.columns, shell.paint));
  return exit.done;
}

async function inputOf(options: ReviewOptions, shell: Shell, { run }: ReviewView): Promise<ReviewInput> {
  const { definition } = await findWorkflow(run.workflow.file ?? run.workflow.name, shell);
  const { schema: fields = null } = versionOf(definition, run.workflow) ?? {};
  const schema = fields ? jsonSchema(fields) : null;
  const set = options.set.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new WeirError("review.invalid", `--set ${text} is not PATH=VALUE`);
    const path = text.slice(0, at);
    return [path, { value: typedValue(schema, path, text.slice(at + 1)) }] as const;
  });
  return {
    ...(options.acceptAll ? { "*": "accept" as const } : {}),
    ...Object.fromEntries(options.accept.map((path) => [path, "accept" as const])),
    ...Object.fromEntries(set),
  };
}

async function decide(
  app: App,
  shell: Shell,
  view: ReviewView,
  input: ReviewInput,
  options: ReviewOptions,
): Promise<number> {
  const { id } = view.run;
  const after = await app.service.decide(id, view.review.version, input);
  if (after.review.status === "open") {
    if (options.json) shell.print(await app.service.result(id));
    else shell.say(reviewPage(after, shell.columns, shell.paint));
    return exit.done;
  }
  const lane = newLane(shell);
  const run = await app.service.get(id);
  if (run && !isSettled(run.status)) await app.engine.adopt([id], lane);
  return await finish(app, shell, id, lane, options);
}
