import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { type Result, resultSchema } from "../../src/core/index.ts";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../support/servers/index.ts";
import { isAlive, killAll } from "../support/process-group.ts";

/**
 * Weir as docker-compose.yml starts it, with real models: `weir api`, `weir inbox` and workers, each a
 * process with a data folder of its own as on machines of their own, on one PostgreSQL and one Redis.
 */

const launcher = join(import.meta.dirname, "..", "..", "bin", "weir.mjs");
const patienceMs = 120_000;

let postgres: TestPostgres;
let redis: TestServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => {
  await Promise.all([postgres.remove(), redis.remove()]);
});

let folder = "";
let processes: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-service-"));
});
afterEach(async () => {
  killAll(processes);
  processes = [];
  await rm(folder, { recursive: true, force: true });
});

/** In a process group of its own, so that what it leaves behind can be seen. */
function start(
  machine: string,
  args: readonly string[],
): { readonly child: ChildProcess; readonly text: () => string } {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      WEIR_CACHE: readConfig().cacheDir,
      WEIR_DATA: join(folder, machine),
      WEIR_DATABASE_URL: postgres.url,
      WEIR_REDIS_URL: redis.url,
      WEIR_LOG: "warn",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  processes.push(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (some: string) => (text += some));
  return { child, text: () => text };
}

/** Waits until the process says where it is. */
async function serving(machine: string, ...args: readonly string[]) {
  const { child, text } = start(machine, [...args, "--json"]);
  await expect.poll(text, { timeout: patienceMs }).toContain("\n");
  return { child, told: JSON.parse(text()) as Record<string, string> };
}

async function runs(): Promise<readonly Result[]> {
  const { child, text } = start("operator", ["ls", "--json"]);
  await once(child, "close");
  const lines = text().split("\n");
  return lines.filter((line) => line !== "").map((line) => resultSchema.parse(JSON.parse(line)));
}

const invoice = (number: string) =>
  `Harbour Lamps Ltd\n\nInvoice No. ${number}\nInvoice date: 4 March 2026\n\nTotal due: EUR 120.00\n`;

test(
  "documents by HTTP and inbox are read once each by two workers, of which one is killed",
  { timeout: 4 * patienceMs },
  async () => {
    const [api, inbox, victim, other] = await Promise.all([
      serving("one", "api", "--port", "0"),
      serving("one", "inbox", "--inbox", join(folder, "scans")),
      serving("two", "worker"),
      serving("three", "worker"),
    ]);
    await mkdir(join(folder, "scans", "invoice"), { recursive: true });
    const numbers = Array.from({ length: 6 }, (_, index) => `N-${1001 + index}`);
    const [dropped, posted] = [numbers.slice(0, 3), numbers.slice(3)];
    for (const number of dropped) await writeFile(join(folder, "scans", "invoice", `${number}.txt`), invoice(number));
    for (const number of posted) {
      const answer = await fetch(new URL("/v1/runs", api.told["url"]), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ workflow: "invoice", text: invoice(number) }),
      });
      expect(answer.status).toBe(202);
    }

    const settled = async () =>
      (await runs()).filter(({ status }) => status === "review" || status === "succeeded").length;
    await expect.poll(settled, { timeout: patienceMs, interval: 500 }).toBeGreaterThan(0);
    process.kill(-(victim.child.pid ?? 0), "SIGKILL");
    // As a container that is started again: it takes back at once what it had.
    const again = await serving("two", "worker");
    await expect.poll(settled, { timeout: patienceMs, interval: 1_000 }).toBe(numbers.length);
    const all = await runs();
    expect(all.map(({ decisions }) => decisions["number"]?.value).toSorted()).toEqual(numbers);

    for (const { child } of [api, inbox, other, again]) {
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      expect((await exit)[0]).toBe(130);
      await expect.poll(() => isAlive(child), { timeout: 10_000 }).toBe(false);
    }
  },
);
