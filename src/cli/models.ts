import type { Config } from "../config.ts";
import { WeirError } from "../core/index.ts";
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

async function here(settings: ModelSettings): Promise<ReadonlySet<string>> {
  const listed = await listModels(settings);
  return new Set(listed.filter((model) => model.isHere).map((model) => model.name));
}

function refused(): WeirError {
  return new WeirError("model.no-network", "WEIR_AIRGAP is set: nothing is fetched", {
    hint: "Copy the cache folder from another machine, or unset WEIR_AIRGAP.",
  });
}
