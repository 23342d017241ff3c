import { type Command, Option } from "commander";
import { type RunStatus, runStatuses } from "../../core/index.ts";
import type { RunRecord } from "../../ports/index.ts";
import { withJson, withState } from "../options.ts";
import { ago, count, plain, table } from "../render/text.ts";
import { eachRun } from "../runs.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

interface ListOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly code?: string;
  readonly limit: number;
}

const limitMost = 10_000;

/** `weir ls`: runs, newest first. */
export function addLs(program: Command, shell: Shell): Command {
  const command = program.command("ls").description("list runs, newest first");
  return withJson(withState(command))
    .addOption(new Option("--status <status>", "only runs in this state").choices([...runStatuses]))
    .option("--workflow <name>", "only runs of this workflow")
    .option("--code <code>", "only runs that ended with this error")
    .addOption(new Option("--limit <n>", "how many at most").argParser(wholeNumber).default(50))
    .action(
      ending(shell, async (options: ListOptions) =>
        withApp(shell, options, async ({ service }) => {
          const runs: RunRecord[] = [];
          const filter = {
            ...(options.status === undefined ? {} : { status: [options.status] }),
            ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
            ...(options.code === undefined ? {} : { code: options.code }),
            limit: Math.min(200, options.limit),
          };
          for await (const run of eachRun(service, filter)) {
            runs.push(run);
            if (runs.length >= options.limit) break;
          }
          if (options.json) for (const run of runs) shell.print(await service.result(run.id));
          else shell.say(runs.length === 0 ? "There are no runs here yet." : runTable(runs, shell));
          if (!options.json) for (const line of migrationLines(runs)) shell.say(line);
          return exit.done;
        }),
      ),
    );
}

function wholeNumber(text: string): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? Math.min(number, limitMost) : limitMost;
}

/** What to do about runs whose workflow is not here any more, a line a version. */
function migrationLines(runs: readonly RunRecord[]): readonly string[] {
  const waiting = runs.filter(({ status }) => status === "needs-migration");
  const byVersion = Map.groupBy(waiting, ({ workflow: { name, version, hash } }) => `${name} ${version} ${hash}`);
  return [...byVersion.values()].map((some) => {
    const [{ workflow, error } = {}] = some;
    const which = `${workflow?.name ?? ""} version ${workflow?.version ?? ""} (${workflow?.hash.slice(0, 15) ?? ""})`;
    return `${count(some.length, "run")} of ${plain(which)} ${some.length === 1 ? "waits" : "wait"} for that version. ${error?.hint ?? ""}`;
  });
}

function runTable(runs: readonly RunRecord[], shell: Shell): string {
  const heads = [
    { title: "run" },
    { title: "workflow" },
    { title: "document", least: 12 },
    { title: "status" },
    { title: "changed" },
  ];
  const rows = runs.map((run) => [
    run.id,
    run.workflow.name,
    plain(run.itemId),
    run.waiting ? `waiting (${run.waiting.reason})` : run.error ? `${run.status} (${run.error.code})` : run.status,
    ago(shell.clock.now() - run.updatedAt),
  ]);
  return table(heads, rows, shell.columns, shell.paint).join("\n");
}
