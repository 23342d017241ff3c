import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Result } from "../../core/index.ts";
import { textsOf } from "../../engine/deciding.ts";
import type { LoadedWorkflow } from "../../load-workflow.ts";
import type { Dial } from "../../teaching/index.ts";
import { writeCurves } from "../eval/curves.ts";
import { type CurvePoint, learningCurve } from "../eval/learning-curve.ts";
import { answersOf, score } from "../eval/score.ts";
import type { Item } from "../items.ts";
import { labelledItems, openLabelled } from "../labelled.ts";
import { fetchModelsFor } from "../models.ts";
import { type WorkOptions, collect, withJson, withState, withWork } from "../options.ts";
import { findWorkflow, parseSettings, dialOf, learnedDocuments, process, profileFor } from "../process.ts";
import { curveTable, evalTable } from "../render/eval.ts";
import { bar, count } from "../render/text.ts";
import { type App, type Shell, ending, exit, withApp } from "../shell.ts";

interface EvalOptions extends WorkOptions {
  readonly without: readonly string[];
  readonly learningCurve?: boolean;
  readonly curves?: string;
}

/** `weir eval`: how often a workflow is right on labelled documents, and what it would have accepted. */
export function addEval(program: Command, shell: Shell): Command {
  const command = program
    .command("eval")
    .description("score a workflow on labelled documents")
    .argument("<workflow>", "a built-in workflow, or the path of a TypeScript file")
    .argument("<labelled.jsonl>", 'items with "truth": {"path": "value"}');
  return withWork(withJson(withState(command)))
    .option("--fresh", "ignore results of earlier runs")
    .addOption(
      new Option("--without <reader>", "do without a reader (slm, encoder, large, …); may be repeated")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--learning-curve", "also: how right it would be after 10, 30, 100 and all of these labels")
    .option("--curves <dir>", "write error against share accepted, and calibration, as JSON and SVG")
    .action(
      ending(shell, async (name: string, file: string, options: EvalOptions) => evaluate(shell, name, file, options)),
    );
}

async function evaluate(shell: Shell, name: string, file: string, options: EvalOptions): Promise<number> {
  const settings = settingsOf(options);
  const items = await labelledItems(shell, [file]);
  const workflow = await findWorkflow(name, shell);
  const profile = await profileFor(shell, workflow, options);
  await fetchModelsFor(shell, workflow, options);
  return await withApp(shell, options, async (app) => {
    const { risk, promise } = await dialOf(app, workflow, profile);
    const job = { workflow, items, settings, profile, fresh: options.fresh === true };
    const results = new Map<string, Result>();
    for await (const result of process(app, shell, job)) results.set(result.id, result);
    const labelled = items.map(({ id, truth }) => ({ truth: truth ?? {}, result: results.get(id) ?? null }));
    const { definition } = workflow;
    const seen = await learnedDocuments(app, workflow, profile);
    const learnedFrom = [...results.values()].filter(({ document }) => seen.has(document.sha256)).length;
    const texts = textsOf(workflow.definition);
    const scored = score(labelled, risk, texts);
    const folder = options.curves === undefined ? null : resolve(shell.config.callerDir, options.curves);
    const curves = folder === null ? [] : await writeCurves(folder, answersOf(labelled, texts));
    const learned = options.learningCurve
      ? await curveOf(app, shell, { workflow, items, options, risk, promise })
      : null;
    if (options.json) {
      const { name: of, version, hash } = definition;
      const about = { schema: "weir.eval/1", workflow: { name: of, version, hash }, profile, risk, promise };
      shell.print({
        ...about,
        without: options.without,
        ...scored,
        learnedFrom,
        ...(learned ? { learningCurve: learned } : {}),
      });
    } else {
      shell.say(evalTable(scored, shell.columns, shell.paint));
      if (learnedFrom > 0) shell.say(`\n${shell.paint.yellow(seenWords(learnedFrom, labelled.length, profile))}`);
      if (learned) shell.say(`\n${curveTable(learned, shell.columns, shell.paint)}`);
      if (folder !== null) shell.say(`\n${curves.length} files in ${folder}`);
    }
    return exit.done;
  });
}

function seenWords(some: number, all: number, profile: string | null): string {
  return `${some} of ${count(all, "document")} were learned from by ${profile}: these figures are better than they should be.`;
}

/** Which readers to do without is part of a run, so that no result with them is taken for one without. */
function settingsOf({ set, without }: EvalOptions): Readonly<Record<string, string>> {
  const settings = parseSettings(set);
  const all = [...(settings["without"]?.split(",") ?? []), ...without];
  return all.length === 0 ? settings : { ...settings, without: [...new Set(all)].toSorted().join(",") };
}

interface CurveOf extends Dial {
  readonly workflow: LoadedWorkflow;
  readonly items: readonly Item[];
  readonly options: EvalOptions;
}

async function curveOf(
  app: App,
  shell: Shell,
  { workflow: { definition }, items, options, risk, promise }: CurveOf,
): Promise<readonly CurvePoint[]> {
  const { given, bytes } = await openLabelled(shell, items);
  const { signal } = shell;
  const progress = (doing: string, share: number) => shell.progress.update(`${bar(share * 100, 100)} ${doing}`);
  const onRead = (read: number) => progress("reading", read / given.length);
  const { examples } = await app.teaching.read(definition, given, { bytes, signal, onRead });
  const without = new Set(options.without);
  const settings = parseSettings(options.set);
  const points = await learningCurve({
    risk,
    promise,
    teaching: app.teaching,
    definition,
    examples,
    settings,
    without,
    signal,
    progress,
  });
  shell.progress.clear();
  return points;
}
