import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createClient } from "../src/client/client.ts";
import { resultSchema } from "../src/core/index.ts";

/** Many documents at once through both ways in, over one real engine, store and queue. */

/** Half of them by each way; `npm run soak` takes 2,000. */
const documents = Number(process.env["SOAK_DOCUMENTS"] ?? "400");
const half = documents / 2;
/** Posts under way at once. */
const postsAtOnce = 8;
const steps = ["count", "check"];
/** The whole process with its database, server and inbox. */
const peakBytesMax = 400e6;
/** What may stay in memory more after all documents than after the first quarter of the time. */
const growthBytesMax = 30e6;

let folder: string;
let service: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-soak-"));
  service = spawn(
    process.execPath,
    ["--expose-gc", path.join(import.meta.dirname, "support", "soak-process.ts"), folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
});
afterEach(() => {
  service.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (way: string, index: number) => `${way} ${index} ${"word ".repeat(index % 50)}`;

/** As a careful program drops them: whole, under their names, in one move. */
async function dropAll(): Promise<void> {
  const inbox = path.join(folder, "inbox", "soak");
  for (let index = 0; index < half; index++) {
    const part = path.join(inbox, `${index}.txt.part`);
    await writeFile(part, textOf("dropped", index));
    await rename(part, path.join(inbox, `${index}.txt`));
  }
}

/** @returns the run of each post */
async function postAll(url: string): Promise<readonly string[]> {
  const client = createClient({ url });
  const runs: string[] = [];
  let next = 0;
  const poster = async () => {
    for (let index = next++; index < half; index = next++) {
      runs.push((await client.submit({ workflow: "soak", id: `posted-${index}`, text: textOf("posted", index) })).run);
    }
  };
  await Promise.all(Array.from({ length: postsAtOnce }, poster));
  return runs;
}

async function allRuns(url: string): Promise<ReadonlyMap<string, string>> {
  const client = createClient({ url });
  const found = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await client.runs({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    for (const { run, status } of page.runs) found.set(run, status);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

it(`${documents} documents through inbox and API at once come to one result each, in bounded memory`, async () => {
  const said: string[] = [];
  service.stdout?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  await expect.poll(() => said.join(""), { timeout: 30_000 }).toContain("\n");
  const url = said.join("").trim();

  const [, posted] = await Promise.all([dropAll(), postAll(url)]);
  const done = path.join(folder, "inbox", "soak", "done");
  const rested = () => readdirSync(done).filter((name) => name.endsWith(".txt")).length;
  await expect.poll(rested, { timeout: 400_000, interval: 500 }).toBe(half);
  await expect
    .poll(async () => Object.groupBy((await allRuns(url)).values(), (status) => status)["succeeded"]?.length, {
      timeout: 120_000,
      interval: 1_000,
    })
    .toBe(documents);

  // One run each, whichever way it came, and its result beside each file.
  const runs = await allRuns(url);
  expect(runs.size).toBe(documents);
  expect(new Set(posted).size).toBe(half);
  const dropped = Array.from({ length: half }, (_, index) => {
    const result = resultSchema.parse(JSON.parse(readFileSync(path.join(done, `${index}.txt.result.json`), "utf8")));
    return [result.document.name, result.status, result.run] as const;
  });
  expect(dropped.map(([name, status]) => [name, status])).toEqual(
    Array.from({ length: half }, (_, index) => [`${index}.txt`, "succeeded"]),
  );
  expect(new Set([...posted, ...dropped.map(([, , run]) => run)])).toEqual(new Set(runs.keys()));
  expect(readdirSync(path.join(folder, "inbox", ".weir", "claimed"))).toEqual([]);

  // Nobody was killed: each step of each run was done exactly once.
  const executed = readFileSync(path.join(folder, "executions.log"), "utf8").trimEnd().split("\n");
  expect(executed).toHaveLength(documents * steps.length);
  expect(new Set(executed)).toEqual(new Set([...runs.keys()].flatMap((run) => steps.map((step) => `${run} ${step}`))));

  service.kill("SIGTERM");
  await expect.poll(() => said.join("").trim().split("\n").length, { timeout: 30_000 }).toBe(2);
  const { heap, peakBytes } = JSON.parse(said.join("").trim().split("\n")[1] ?? "") as {
    heap: number[];
    peakBytes: number;
  };
  expect(peakBytes).toBeLessThan(peakBytesMax);
  const early = heap[Math.floor(heap.length / 4)] ?? 0;
  expect((heap.at(-1) ?? 0) - early).toBeLessThan(growthBytesMax);
}, 600_000);
