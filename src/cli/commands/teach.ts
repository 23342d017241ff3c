import { type Command, InvalidArgumentError, Option } from "commander";
import { auditShare } from "../../confidence/index.ts";
import { type Promised, type Reader, promises } from "../../core/index.ts";
import { defaultProfile } from "../../engine/learned.ts";
import { labelledItems, nothingLabelled, openLabelled } from "../labelled.ts";
import { fetchModelsFor } from "../models.ts";
import { withAirgap, withJson, withSettings, withState } from "../options.ts";
import { findWorkflow, parseSettings } from "../process.ts";
import { teachText, teachView } from "../render/teach.ts";
import { bar } from "../render/text.ts";
import { type Shell, ending, exit, withApp } from "../shell.ts";

interface TeachOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly set: readonly string[];
  readonly airgap?: boolean;
  readonly profile: string;
  readonly risk?: number;
  readonly promise: Promised;
  readonly audit: number;
  readonly only?: boolean;
  readonly fromReviews?: boolean;
  readonly fromCloud?: boolean;
  readonly force?: boolean;
}

/** `weir teach`: learns from labelled documents what to read better, and how much may be accepted. */
export function addTeach(program: Command, shell: Shell): Command {
  const command = program
    .command("teach")
    .description("learn from labelled documents; says what it can now promise")
    .argument("<workflow>", "a built-in workflow, or the path of a TypeScript file")
    .argument("[labelled.jsonl...]", 'items with "truth": {"path": "value"}');
  return withAirgap(withSettings(withJson(withState(command))))
    .option("--profile <name>", "the name to learn under", defaultProfile)
    .addOption(
      new Option(
        "--risk <share>",
        "the highest share of wrong values among those accepted (default: the workflow's)",
      ).argParser(riskOf),
    )
    .addOption(
      new Option(
        "--promise <kind>",
        "certified: kept with 95 % confidence; expected: kept on average, with fewer labels; " +
          "pooled: kept on average by all fields together, not by each of them",
      )
        .choices(promises)
        .default("certified"),
    )
    .addOption(
      new Option("--audit <share>", "share of accepted values that a person is asked about all the same")
        .argParser(shareOf)
        .default(auditShare),
    )
    .option("--from-reviews", "learn also from what people decided in finished reviews")
    .option("--from-cloud", "learn also from what a cloud model answered: as right as it is, and so are the promises")
    .option("--only", "learn from these labels alone, not also from those learned from before")
    .option("--force", "take the new profile into use even where it is not better")
    .action(
      ending(shell, async (workflow: string, files: readonly string[], options: TeachOptions) =>
        teach(shell, workflow, files, options),
      ),
    );
}

function riskOf(text: string): number {
  const risk = Number(text);
  if (risk > 0 && risk < 1) return risk;
  throw new InvalidArgumentError("A risk is a share between 0 and 1, such as 0.02.");
}

function shareOf(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("A share is a number from 0 to 1, such as 0.01.");
}

async function teach(shell: Shell, name: string, files: readonly string[], options: TeachOptions): Promise<number> {
  const settings = parseSettings(options.set);
  // Without new labels it learns anew from those it has: another dial, or a workflow that was changed.
  const labelled = files.length > 0 ? await openLabelled(shell, await labelledItems(shell, files)) : nothingLabelled;
  const workflow = await findWorkflow(name, shell);
  await fetchModelsFor(shell, workflow, options);
  return await withApp(shell, options, async (app) => {
    const deciders: readonly Reader[] = [
      ...(options.fromReviews ? ["human" as const] : []),
      ...(options.fromCloud ? ["cloud" as const] : []),
    ];
    const reviewed = deciders.length > 0 ? await app.teaching.reviewed(workflow.definition.name, deciders) : [];
    const report = await app.teaching.teach({
      definition: workflow.definition,
      name: options.profile,
      risk: options.risk ?? workflow.definition.risk,
      promise: options.promise,
      audit: options.audit,
      given: [...labelled.given, ...reviewed],
      problems: labelled.problems,
      bytes: labelled.bytes,
      only: options.only === true,
      force: options.force === true,
      settings,
      signal: shell.signal,
      progress: (doing, share) => shell.progress.update(`${bar(share * 100, 100)} ${doing}`),
    });
    shell.progress.clear();
    if (options.json) shell.print(teachView(workflow.definition, report));
    else shell.say(teachText(workflow.definition, report, shell.columns, shell.paint));
    return exit.done;
  });
}
