import type { Config } from "../config.ts";
import { WeirError } from "../core/index.ts";
import { stepKinds } from "../engine/definition.ts";
import type { LoadedWorkflow } from "../load-workflow.ts";
import { type ModelSettings, listModels, pullModel, pullWanted } from "../models/library.ts";
import { count, megabytes } from "./render/text.ts";
import { type Shell, stateOf } from "./shell.ts";

/** Models as the command line sees them: what is wanted, what is here, and fetching with a progress line. */

export const modelSettings = ({ cacheDir, model, largeModel }: Config): ModelSettings => ({
  cacheFolder: cacheDir,
  decoder: model,
  encoder: null,
  large: largeModel,
});

/** Fetches one model, or with null whatever is wanted and not here yet; says what it did. */
export async function fetchModels(shell: Shell, name: string | null): Promise<void> {
  const settings = modelSettings(shell.config);
  const before = await here(settings);
  if (shell.config.airgap) throw refused();
  const options = {
    signal: shell.signal,
    onProgress: ({ label, bytes, bytesTotal }: { label: string; bytes: number; bytesTotal: number }) =>
      shell.progress.update(`${label} · ${megabytes(bytes)}${bytesTotal > 0 ? ` of ${megabytes(bytesTotal)}` : ""}`),
  };
  try {
    if (name === null) await pullWanted(settings, options);
    else await pullModel(name, settings, options);
  } finally {
    shell.progress.clear();
  }
  const added = [...(await here(settings))].filter((model) => !before.has(model));
  if (added.length > 0)
    shell.say(`Fetched ${count(added.length, "model")} into ${settings.cacheFolder}: ${added.join(", ")}`);
}

/** Before a workflow reads anything: fetches the models it will ask, unless they are here. */
export async function fetchModelsFor(
  shell: Shell,
  { definition }: LoadedWorkflow,
  options: { readonly airgap?: boolean },
): Promise<void> {
  if (!stepKinds(definition).some((kind) => kind === "extract" || kind === "agent")) return;
  if ((await missingModels(shell)).length === 0) return;
  if (options.airgap) throw refused();
  await fetchModels(shell, null);
}

/**
 * Before a service works: fetches the models in use, unless they are here. Where nothing may be
 * fetched it goes on with a warning, since not every workflow asks a model.
 */
export async function fetchModelsForService(shell: Shell, options: { readonly airgap?: boolean }): Promise<void> {
  const missing = await missingModels(shell);
  if (missing.length === 0) return;
  if (!stateOf(shell.config, options).airgap) {
    shell.say(`Fetching ${missing.join(", ")} first; once for this machine.`);
    return await fetchModels(shell, null);
  }
  shell.say(
    `${shell.paint.yellow(`Not on this machine: ${missing.join(", ")}, and nothing may be fetched (airgap).`)}\n` +
      "Documents that need a model fail (model.missing). " +
      `Copy ${shell.config.cacheDir} from another machine, then weir retry RUN.`,
  );
}

async function missingModels({ config }: Shell): Promise<readonly string[]> {
  const listed = await listModels(modelSettings(config));
  return listed.filter((model) => model.isInUse && !model.isHere).map((model) => model.name);
}

async function here(settings: ModelSettings): Promise<ReadonlySet<string>> {
  const listed = await listModels(settings);
  return new Set(listed.filter((model) => model.isHere).map((model) => model.name));
}

function refused(): WeirError {
  return new WeirError("model.no-network", "A model is missing and nothing may be fetched (airgap)", {
    hint: "Copy the cache folder from another machine, or allow the download once: `weir model pull`.",
  });
}
