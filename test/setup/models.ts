import { readConfig } from "../../src/config.ts";
import { pullWanted, type ModelSettings } from "../../src/models/library.ts";

/** The default models, whatever the user of this machine has chosen. */
export const modelSettings: ModelSettings = {
  cacheFolder: readConfig().cacheDir,
  decoder: "smollm2-135m",
  encoder: "minilm-l6",
};

/** Vitest's global setup: the tests run the real models, fetched once into the cache all clones share. */
export async function setup(): Promise<void> {
  let said = "";
  await pullWanted(modelSettings, {
    onProgress: ({ label, bytesTotal }) => {
      if (label === said) return;
      said = label;
      process.stderr.write(`${label}, ${Math.round(bytesTotal / 1_000_000)} MB\n`);
    },
  });
}
