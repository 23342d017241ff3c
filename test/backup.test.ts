import { existsSync } from "node:fs";
import { appendFile, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Result } from "../src/core/index.ts";
import { folderProfiles } from "../src/profiles/index.ts";
import { folderBlobs } from "../src/stores/blobs.ts";
import { systemClock } from "../src/stores/clock.ts";
import { openSqlite } from "../src/stores/sqlite/open.ts";
import { newProfile } from "../src/testing/index.ts";
import { newRun } from "../src/testing/storage.ts";
import { startWeir, weirIn } from "./support/command.ts";

vi.setConfig({ testTimeout: 240_000 });

const workflows = {
  // Writes down what it does; its second step waits until a file lets it go on.
  "steps.ts": `
    import { appendFileSync, existsSync } from "node:fs";
    import { join } from "node:path";
    import { read, workflow } from "weir";
    const log = (text: string) => appendFileSync(join(import.meta.dirname, "log.txt"), text + "\\n");
    export default workflow("steps", { version: 1 })
      .step(read())
      .step("first", (state) => { log("first"); return state; })
      .step("second", async (state, { clock, signal }) => {
        log("second");
        while (!existsSync(join(import.meta.dirname, "go"))) await clock.sleep(20, signal);
        return state;
      });
  `,
  "letter.ts": `
    import { read, review, workflow } from "weir";
    import { z } from "zod";
    const step = {
      name: "find", kind: "extract", shape: {}, schema: z.object({ holder: z.string() }),
      run: async (state) => {
        const decision = { confidence: null, by: "rule", source: [], alternatives: [], evidence: {} };
        const decisions = { holder: { ...decision, value: "somebody", status: "review" } };
        return { ...state, stage: "draft", draft: { decisions, doubts: [], optional: [] } };
      },
    };
    export default workflow("letter", { version: 1 }).step(read()).step(step as never).step(review() as never);
  `,
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-backup-"));
  for (const [name, text] of Object.entries(workflows)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, "a.txt"), "a\n");
});
// A process that lost its launcher may still be ending.
afterEach(async () => await rm(folder, { recursive: true, force: true, maxRetries: 10 }));

const keys = {
  WEIR_API_KEYS: "key-of-the-api-4711",
  WEIR_CLOUD: "openai:none",
  WEIR_CLOUD_API_KEY: "key-of-the-cloud",
};

const weir = async (...args: readonly string[]) => await weirIn(folder, args, keys);

const resultsIn = ({ stdout }: { readonly stdout: string }): readonly Result[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);

test("a restored backup goes on with what was under way, and holds nothing secret", async () => {
  const [waiting] = resultsIn(await weir("run", "./letter.ts", "a.txt", "--json"));
  // One is stopped in the middle of its second step.
  const killed = startWeir(folder, ["run", "./steps.ts", "a.txt", "--json"], keys);
  await vi.waitFor(async () => expect(await readFile(join(folder, "log.txt"), "utf8")).toContain("second"), 30_000);
  const backed = await weir("backup", "copy", "--json");
  expect([backed.code, backed.stderr]).toEqual([0, ""]);
  expect(JSON.parse(backed.stdout)).toMatchObject({ schema: "weir.backup/1", runs: 2, missing: [] });
  // The launcher's child works; it ends with whoever started it.
  killed.child.kill("SIGKILL");
  await killed.ended;
  for (const entry of await readdir(join(folder, "copy"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    expect([entry.name, Object.values(keys).filter((key) => bytes.includes(key))]).toEqual([entry.name, []]);
  }
  expect((await weir("restore", "copy", "--data", "new")).code).toBe(0);
  expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
  const id = waiting?.run ?? "";
  const done = resultsIn(await weir("review", id, "--set", "holder=nobody", "--data", "new", "--json"));
  expect(done).toMatchObject([{ run: id, status: "succeeded", output: { holder: "nobody" } }]);
  await writeFile(join(folder, "go"), "");
  const finished = resultsIn(await weir("run", "./steps.ts", "a.txt", "--data", "new", "--json"));
  expect(finished).toMatchObject([{ status: "succeeded" }]);
  // The first step was done before the copy was made, and is not done again.
  const log = (await readFile(join(folder, "log.txt"), "utf8")).trim().split("\n");
  expect(log.filter((line) => line === "first")).toHaveLength(1);
  expect((await weir("audit", "verify", "--data", "new", "--json")).code).toBe(0);
});

test("a backup made while others write is of one moment, and every run in it has its document", async () => {
  const data = join(folder, ".weir");
  const { store } = await openSqlite({ folder: data, clock: systemClock });
  const blobs = folderBlobs(join(data, "blobs"));
  const profiles = folderProfiles(join(data, "profiles"));
  await profiles.save(newProfile(), []);
  const over = new AbortController();
  let made = 0;
  const writes = (async () => {
    while (!over.signal.aborted) {
      const bytes = new TextEncoder().encode(`document ${made}`);
      const sha256 = await blobs.put(bytes);
      const document = { sha256, name: "a.txt", bytes: bytes.byteLength };
      await store.runs.create(newRun(`r${String(made++).padStart(6, "0")}`, { document }));
      if (made % 50 === 0) await profiles.save(newProfile({ steps: { extract: "x".repeat(50_000) } }), []);
    }
  })();
  await vi.waitFor(() => expect(made).toBeGreaterThan(20), 20_000);
  const backed = JSON.parse((await weir("backup", "copy", "--json")).stdout) as { runs: number; missing: string[] };
  over.abort();
  await writes;
  await store.close();
  expect(backed.missing).toEqual([]);
  expect(backed.runs).toBeGreaterThan(20);
  expect((await weir("restore", "copy", "--data", "new")).code).toBe(0);
  const restored = await openSqlite({ folder: join(folder, "new"), clock: systemClock });
  const copied = folderBlobs(join(folder, "new", "blobs"));
  let runs = 0;
  for (let cursor: string | null = null; runs === 0 || cursor !== null;) {
    const page: Awaited<ReturnType<typeof store.runs.list>> = await restored.store.runs.list({
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { document } of page.runs) expect(await copied.get(document.sha256)).toHaveLength(document.bytes);
    runs += page.runs.length;
    cursor = page.cursor;
  }
  expect(runs).toBe(backed.runs);
  const taught = folderProfiles(join(folder, "new", "profiles"));
  expect(await taught.load("receipt", (await taught.current("receipt", "default")) ?? "")).toBeDefined();
  await restored.store.close();
});

test("a damaged backup restores nothing, and nothing is ever written over", async () => {
  await weir("run", "./letter.ts", "a.txt", "--json");
  expect((await weir("backup", "copy")).code).toBe(0);
  expect(await weir("backup", "copy")).toMatchObject({ code: 2, stderr: expect.stringContaining("(backup.exists)") });
  expect((await weir("restore", "copy")).stderr).toContain("(backup.exists)");
  const names = await readdir(join(folder, "copy", "blobs"), { recursive: true });
  const blob = names.find((name) => name.includes("/")) ?? "";
  await cp(join(folder, "copy"), join(folder, "bad"), { recursive: true });
  await appendFile(join(folder, "bad", "blobs", blob), "more");
  const refused = await weir("restore", "bad", "--data", "new");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("(backup.damaged)")]);
  expect(refused.stderr).toContain(blob.slice(3));
  expect(existsSync(join(folder, "new"))).toBe(false);
  expect((await weir("backup", "other", "--data", "nothing")).stderr).toContain("(backup.nothing)");
  expect((await readdir(folder)).filter((name) => name.includes("part"))).toEqual([]);

  // Cut off in the middle, and begun again.
  await mkdir(join(folder, "new", "blobs"), { recursive: true });
  await writeFile(join(folder, "new", ".restoring"), "");
  expect((await weir("restore", "copy", "--data", "new")).code).toBe(0);
  expect(existsSync(join(folder, "new", ".restoring"))).toBe(false);
  expect(resultsIn(await weir("ls", "--data", "new", "--json"))).toHaveLength(1);
});
