import { availableParallelism, totalmem } from "node:os";
import type { Config } from "../../src/config.ts";
import { engineBuild } from "../../src/build.ts";
import { listModels } from "../../src/models/library.ts";

/** What a section was measured with: day, engine, models, machine. */
export async function conditionsOf({ cacheDir, model }: Config): Promise<string> {
  const listed = await listModels({ cacheFolder: cacheDir, decoder: model, encoder: null });
  const models = listed.filter(({ isInUse }) => isInUse).map(({ name }) => name);
  const day = new Date().toISOString().slice(0, 10);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} cores (${process.arch}) and ${gigabytes} GiB of memory`;
  return `Measured on ${day} with Weir ${engineBuild()}, models at hand ${models.join(" and ")}, Node ${process.versions.node}, ${process.platform}, ${machine}.`;
}
