import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { catalogue, defaultModels, memoryNeeded } from "./catalogue.ts";
import { writeGguf } from "./gguf/write.ts";
import { listModels, pullModel, resolveDecoder, resolveEncoder, useModel, type ModelSettings } from "./library.ts";

let folder: string;
let settings: ModelSettings;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-library-"));
  settings = { cacheFolder: folder, decoder: null, encoder: null };
});
afterEach(() => rm(folder, { recursive: true }));

async function ownModel(extra: readonly [string, string][] = []): Promise<string> {
  const path = join(folder, "own.gguf");
  const entries = [["general.architecture", "llama"] as const, ...extra];
  await writeGguf(path, new Map(entries.map(([key, value]) => [key, { type: "string", value }])), []);
  return path;
}

describe("the catalogue", () => {
  test("names every model once, with a licence and sizes", () => {
    const names = catalogue.map((model) => model.name);
    expect(new Set(names).size).toBe(names.length);
    for (const model of catalogue) {
      expect(model.name).toBe(model.name.toLowerCase());
      expect(model.licence).not.toBe("");
      expect(model.fileBytes).toBeGreaterThan(10_000_000);
      expect(memoryNeeded(model)).toBeGreaterThan(model.fileBytes);
    }
  });

  test("is listed with what is here and in use", async () => {
    const listed = await listModels(settings);
    expect(listed.filter((model) => model.isDefault).map((model) => model.name)).toEqual(["smollm2-135m", "minilm-l6"]);
    expect(listed.filter((model) => model.isInUse)).toHaveLength(2);
    expect(listed.some((model) => model.isHere)).toBe(false);
  });
});

test("the user's own model is listed too, here or not", async () => {
  const path = await ownModel();
  const inUse = async (decoder: string) =>
    (await listModels({ ...settings, decoder })).filter((model) => model.isInUse && model.role === "decoder");
  expect(await inUse(path)).toMatchObject([{ name: path, licence: "unknown", isHere: true, isDefault: false }]);
  expect(await inUse("hf:someone/something:Q8_0")).toMatchObject([{ isHere: false }]);
  expect(await inUse("SmolLM2-135M")).toMatchObject([{ name: "smollm2-135m" }]);
});

describe("a model asked for", () => {
  test("by a name nobody knows is unknown", async () => {
    await expect(resolveDecoder({ ...settings, decoder: "no-such-model" })).rejects.toMatchObject({
      code: "model.unknown",
    });
    await expect(pullModel("no-such-model", settings)).rejects.toMatchObject({ code: "model.unknown" });
  });

  test("by name that was not fetched yet says how to", async () => {
    await expect(resolveDecoder(settings)).rejects.toMatchObject({
      code: "model.missing",
      hint: "Run `weir model pull smollm2-135m`.",
    });
    await expect(resolveDecoder({ ...settings, decoder: "qwen3-0.6b" })).rejects.toMatchObject({
      code: "model.missing",
    });
    await expect(resolveDecoder({ ...settings, decoder: "hf:someone/something:Q8_0" })).rejects.toMatchObject({
      code: "model.missing",
      hint: "Run `weir model pull hf:someone/something:Q8_0`.",
    });
  });

  test("by a path that leads nowhere is missing", async () => {
    await expect(resolveDecoder({ ...settings, decoder: join(folder, "none.gguf") })).rejects.toMatchObject({
      code: "model.missing",
    });
  });

  test("by path is that file, with its hash", async () => {
    const path = await ownModel();
    const file = await resolveDecoder({ ...settings, decoder: path });
    expect(file).toEqual({ name: path, role: "decoder", path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await resolveDecoder({ ...settings, decoder: path })).toEqual(file);
    await ownModel([["general.name", "changed"]]);
    expect((await resolveDecoder({ ...settings, decoder: path })).sha256).not.toBe(file.sha256);
  });

  test("for the other role is refused", async () => {
    await expect(resolveEncoder({ ...settings, encoder: "smollm2-135m" })).rejects.toMatchObject({
      code: "model.unknown",
    });
  });

  test("whose file was changed in the cache is refused", async () => {
    const { source } = defaultModels.decoder;
    if (source.kind !== "wheel") throw new Error("the default comes from a wheel");
    await mkdir(join(folder, "models"));
    await writeFile(join(folder, "models", source.file), "something else");
    await expect(resolveDecoder(settings)).rejects.toMatchObject({
      code: "model.hash-mismatch",
      hint: expect.stringContaining("weir model pull smollm2-135m"),
    });
  });
});

describe("the model in use", () => {
  test("is the one stored, unless another is named", async () => {
    const path = await ownModel();
    await useModel(path, settings);
    expect((await resolveDecoder(settings)).path).toBe(path);
    await expect(resolveDecoder({ ...settings, decoder: "smollm2-135m" })).rejects.toMatchObject({
      code: "model.missing",
    });
  });

  test("cannot become one that is not here, or that only encodes", async () => {
    await expect(useModel("qwen3-0.6b", settings)).rejects.toMatchObject({ code: "model.missing" });
    await expect(useModel("minilm-l6", settings)).rejects.toMatchObject({ code: "model.unknown" });
    const encoder = await ownModel([["tokenizer.ggml.cls_token_id", "101"]]);
    await expect(useModel(encoder, settings)).rejects.toMatchObject({ code: "model.load" });
  });
});
