import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Result, resultSchema } from "../src/core/index.ts";
import { disguise } from "../src/disclosure/index.ts";
import { createReader } from "../src/document/index.ts";
import { createModelHost } from "../src/models/host.ts";
import { resolveDecoder, resolveEncoder } from "../src/models/library.ts";
import type { JsonObject } from "../src/core/index.ts";
import { modelSettings } from "./setup/models.ts";
import { cloudServer } from "./support/cloud-server.ts";

/** The real thing with a model behind the server: a small local one plays the cloud's part. */

vi.setConfig({ testTimeout: 600_000 });

const root = join(import.meta.dirname, "..");
const document = join(root, "fixtures", "invoices", "documents", "de-1.pdf");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-real-cloud-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a real invoice asks a real model about its doubted fields, and every byte is in the ledger", async () => {
  const model = createModelHost({
    files: { decoder: () => resolveDecoder(modelSettings), encoder: () => resolveEncoder(modelSettings) },
  });
  const server = await cloudServer(async (request) => {
    const [lines = "", questions = ""] = (request.messages[1]?.content ?? "").split("\n\n");
    const count = questions.match(/^\d+\) /gm)?.length ?? 1;
    // So small a model counts on for ever if it may.
    const letters = { type: "array", items: { enum: ["a", "b", "c", "d", "-"] }, minItems: count, maxItems: count };
    const schema: JsonObject = { type: "object", properties: { answers: letters }, required: ["answers"] };
    const instruction = `${request.messages[0]?.content}\n${questions}`;
    return (await model.write({ document: lines, instruction, schema, tokensMax: 400 })).text;
  });
  try {
    const result = await run(server.url);
    expect(["review", "succeeded"]).toContain(result.status);
    const { cloud } = result.usage;
    expect(server.requests).toHaveLength(1);
    const { body = "" } = server.requests[0] ?? {};
    // A model that small may answer nonsense: then a person decides, and what it was asked is on record all the same.
    const answered = Object.values(result.decisions).some(({ by }) => by === "cloud");
    const doubted = result.doubts.some(({ code }) => code.startsWith("cloud.") || code === "value.not-on-page");
    expect(answered || doubted).toBe(true);
    expect(cloud).toMatchObject({ calls: 1, bytesOut: Buffer.byteLength(body) });
    const nowhere = Object.values(result.decisions).filter(
      ({ by, source, value }) => by === "cloud" && value !== null && source.length === 0,
    );
    expect(nowhere).toEqual([]);
    expect(await ledgerBodies()).toContain(body);
    await expectNothingPersonal(body);
  } finally {
    await Promise.all([server.close(), model.close()]);
  }
});

async function weir(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, [join(root, "bin", "weir.mjs"), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], WEIR_CACHE: readConfig().cacheDir, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (some: string) => (text += some));
  await once(child, "close");
  return text;
}

async function run(url: string): Promise<Result> {
  const env = { WEIR_CLOUD: "openai:local", WEIR_CLOUD_BASE_URL: url };
  return resultSchema.parse(JSON.parse(await weir(["run", "invoice", document, "--json"], env)));
}

async function ledgerBodies(): Promise<readonly (string | null)[]> {
  const lines = (await weir(["ledger", "--json"])).trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { body: string | null }).body);
}

/** Nothing of the page that has a stand-in is among the bytes. */
async function expectNothingPersonal(body: string): Promise<void> {
  const reader = createReader();
  const bytes = await readFile(document);
  const text = await reader.read(bytes, { name: "a.pdf", pagesMax: 5, bytesMax: 1e7, timeoutMs: 60_000 });
  await reader.close();
  const lines = text.pages.flatMap((page) => page.lines.map((line) => line.text));
  const hidden = disguise(lines, "any seed").hidden();
  const left = new Set(body.match(/[\p{L}\p{M}\d]+/gu) ?? []);
  expect(hidden.length).toBeGreaterThan(5);
  expect(hidden.filter((value) => value.length > 3 && left.has(value))).toEqual([]);
}
