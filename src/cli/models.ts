import type { Config } from "../config.ts";
import { WeirError } from "../core/index.ts";
import { stepKinds } from "../engine/definition.ts";
import type { LoadedWorkflow } from "../load-workflow.ts";
import { type ModelSettings, listModels, pullModel, pullWanted } from "../models/library.ts";
import { count, megabytes } from "./render/text.ts";
import type { Shell } from "./shell.ts";

/** Models as the command line sees them: what is wanted, what is here, and fetching with a progress line. */

export const modelSettings = ({ cacheDir, model }: Config): ModelSettings => ({
  cacheFolder: cacheDir,
  decoder: model,
  encoder: null,
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
  if (!stepKinds(definition).includes("extract")) return;
  const listed = await listModels(modelSettings(shell.config));
  if (listed.filter((model) => model.isInUse).every((model) => model.isHere)) return;
  if (options.airgap) throw refused();
  await fetchModels(shell, null);
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
