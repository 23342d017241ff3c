import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomModel } from "../../test/support/random-model.ts";
import { benchModels } from "./model-bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-bench-"));
});
afterAll(() => rm(folder, { recursive: true }));

const settings = () => ({ cacheFolder: folder, decoder: null, encoder: null });
const signal = new AbortController().signal;

test("models read the documents that come along, and the best one that is fast enough is recommended", async () => {
  const paths = [join(folder, "a.gguf"), join(folder, "b.gguf")];
  await randomModel(paths[0] ?? "", "llama");
  await randomModel(paths[1] ?? "", "qwen3");
  const figures = await benchModels(paths, settings(), () => {}, signal);
  expect(figures.map(({ name }) => name)).toEqual(paths);
  for (const { right, asked, secondsADocument, memoryBytes } of figures) {
    expect(asked).toBeGreaterThan(40);
    expect(right).toBeLessThanOrEqual(asked);
    expect(secondsADocument).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(10_000_000);
  }
  const quick = figures.filter(({ secondsADocument }) => secondsADocument <= 10);
  const most = Math.max(0, ...quick.map(({ right }) => right));
  expect(figures.filter(({ recommended }) => recommended).map(({ right }) => right)).toEqual(
    quick.length ? [most] : [],
  );
}, 240_000);

test("a model that is not here is said before any work", async () => {
  await expect(benchModels(["nobody"], settings(), () => {}, signal)).rejects.toMatchObject({ code: "model.unknown" });
  await expect(benchModels([], settings(), () => {}, signal)).rejects.toMatchObject({ code: "model.missing" });
});
