import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { resultSchema } from "../src/core/index.ts";
import { resolveDecoder } from "../src/models/library.ts";
import { modelSettings } from "./setup/models.ts";

/** `weir run` with a second GGUF file, as users have it. The default decoder plays the larger one. */

vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, "..");
const parcel = `
  import { extract, read, review, workflow } from "weir";
  import { z } from "zod";
  const Parcel = z.object({ code: z.string().meta({ weir: "identifier" }).describe("parcel code") });
  export default workflow("parcel", { version: 1 }).step(read()).step(extract(Parcel)).step(review());
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-large-"));
  await writeFile(join(folder, "parcel.ts"), parcel);
  await writeFile(join(folder, "a.txt"), "Crate AB-1201\nCrate AB-1202\nCrate AB-1203\n");
});
afterEach(() => rm(folder, { recursive: true }));

async function weir(args: readonly string[], large: string | null) {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, WEIR_CACHE: readConfig().cacheDir, ...(large ? { WEIR_MODEL_LARGE: large } : {}) };
  const command = promisify(execFile)(process.execPath, [join(root, "bin", "weir.mjs"), ...args], { cwd: folder, env });
  return await command.catch((error: { stdout: string; stderr: string }) => error);
}

test("a larger model reads what the small one left in doubt, and without it the result is another", async () => {
  const { path } = await resolveDecoder(modelSettings);
  const { stdout } = await weir(["run", "parcel.ts", "a.txt", "--json"], path);
  const { decisions, run } = resultSchema.parse(JSON.parse(stdout));
  expect(decisions["code"]?.status).toBe("review");
  expect(Object.keys(decisions["code"]?.evidence ?? {})).toEqual(
    expect.arrayContaining(["slm.probability", "large.probability", "large.agrees"]),
  );
  const alone = resultSchema.parse(JSON.parse((await weir(["run", "parcel.ts", "a.txt", "--json"], null)).stdout));
  expect(alone.run).not.toBe(run);
  expect(Object.keys(alone.decisions["code"]?.evidence ?? {})).not.toContain("large.probability");
});

test("one that is not there is said before any work, with what to do", async () => {
  const { stdout, stderr } = await weir(["run", "parcel.ts", "a.txt", "--json"], "./nowhere.gguf");
  expect(stdout + stderr).toMatch(/nowhere\.gguf/);
  expect(stdout + stderr).toMatch(/model\.missing/);
});
