import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/stores/clock.ts";
import { type Storage, openStorage } from "../../src/stores/open.ts";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../support/servers/index.ts";
import { stepNames } from "./steps.ts";

/** Two worker processes on one PostgreSQL, with and without Redis, while things go wrong. */

const script = path.join(import.meta.dirname, "house-process.ts");
const patience = { timeout: 20_000, interval: 50 };
const leaseMs = 2_000;

let postgres: TestPostgres;
let redis: TestServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => {
  await Promise.all([postgres.remove(), redis.remove()]);
});

describe.each(["PostgreSQL", "PostgreSQL and Redis"])("two workers on %s", (kind) => {
  const redisUrl = () => (kind === "PostgreSQL" ? null : redis.url);
  let folder: string;
  /** Only looks. */
  let storage: Storage;
  let workers: ChildProcess[];
  let said: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-scale-"));
    const name = `weir_${path.basename(folder).replaceAll(/\W/g, "_").toLowerCase()}`;
    await postgres.query(`create database ${name}`);
    databaseUrl = postgres.url.replace(/postgres$/, name);
    const database = { folder, databaseUrl, redisUrl: redisUrl(), clock: systemClock, onTrouble: () => {} };
    storage = await openStorage(database);
    workers = [];
    said = "";
  });
  let databaseUrl: string;
  afterEach(async () => {
    await Promise.all(workers.map(async (worker) => await ended(worker, "SIGKILL")));
    await storage.store.close();
    rmSync(folder, { recursive: true });
  });

  const started = (...role: readonly string[]) => {
    const child = spawn(process.execPath, [script, folder, databaseUrl, redisUrl() ?? "", ...role], {
      env: { ...process.env, LEASE_MS: String(leaseMs) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (some: string) => (said += some));
    return child;
  };
  const launch = async (): Promise<ChildProcess> => {
    const worker = started("worker");
    workers.push(worker);
    await once(worker.stdout, "data");
    return worker;
  };
  const ended = async (worker: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> => {
    if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode ?? worker.signalCode;
    const exit = once(worker, "exit");
    worker.kill(signal);
    const [code, by] = (await exit) as [number | null, string | null];
    return by ?? code;
  };
  const submit = async (count: number, from = 0): Promise<void> => {
    const [code] = (await once(started("submit", String(count), String(from)), "exit")) as [number | null];
    expect(code).toBe(0);
  };
  const done = async () => (await storage.store.runs.counts()).succeeded;
  const executions = () =>
    readFileSync(path.join(folder, "executions.log"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" "));

  /** Every document came to one result and one delivery, and no step is on record twice. */
  const expectOneResultEach = async (count: number) => {
    await expect.poll(done, patience).toBe(count);
    const { runs } = await storage.store.runs.list({ limit: 200 });
    const items = Array.from({ length: count }, (_, index) => `item${index}`);
    expect(runs.map(({ itemId }) => itemId).toSorted()).toEqual(items.toSorted());
    for (const { id } of runs) {
      const types = (await storage.store.events.list(id)).map(({ type }) => type);
      expect(types.filter((type) => type === "step.done")).toHaveLength(stepNames.length);
      expect(types.filter((type) => type === "run.succeeded")).toHaveLength(1);
    }
    expect(await storage.queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
    const delivered = readdirSync(folder).filter((name) => name.startsWith("delivered-"));
    expect(delivered.map((name) => readFileSync(path.join(folder, name), "utf8")).toSorted()).toEqual(items.toSorted());
  };
  /** How many steps were begun more than once. */
  const redone = () => executions().length - new Set(executions().map(([, item, step]) => `${item} ${step}`)).size;

  it("share the documents of one API, each once, and end cleanly", async () => {
    const both = [await launch(), await launch()];
    await submit(30);
    await expectOneResultEach(30);
    expect(redone()).toBe(0);
    expect(new Set(executions().map(([pid]) => Number(pid)))).toEqual(new Set(both.map(({ pid }) => pid)));
    expect(await Promise.all(both.map(async (worker) => await ended(worker, "SIGTERM")))).toEqual([0, 0]);
    expect(said).toBe("");
  }, 60_000);

  it("lose nothing when one is killed: the other goes on after its lease, one step of a run redone at most", async () => {
    const [victim] = [await launch(), await launch()];
    await submit(30);
    await expect.poll(done, patience).toBeGreaterThan(5);
    expect(await ended(victim, "SIGKILL")).toBe("SIGKILL");
    await expectOneResultEach(30);
    // It worked on two runs.
    expect(redone()).toBeLessThanOrEqual(2);
  }, 60_000);

  it.each(["SIGINT", "SIGQUIT"] as const)(
    "go on when PostgreSQL is restarted (%s)",
    async (signal) => {
      await Promise.all([launch(), launch()]);
      await submit(30);
      await expect.poll(done, patience).toBeGreaterThan(5);
      await postgres.stop(signal);
      await postgres.start();
      await submit(10, 30);
      await expectOneResultEach(40);
      expect(workers.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
    },
    90_000,
  );

  it.runIf(kind !== "PostgreSQL")(
    "go on while Redis is away, and when it comes back empty",
    async () => {
      await Promise.all([launch(), launch()]);
      await submit(20);
      await expect.poll(done, patience).toBeGreaterThan(3);
      await redis.stop("SIGKILL");
      await submit(10, 20);
      await expect.poll(done, patience).toBe(30);
      await redis.start();
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      await submit(10, 30);
      await expectOneResultEach(40);
      expect(redone()).toBe(0);
      expect(said).toContain("PostgreSQL is asked instead");
      expect(said).toContain("Redis answers again.");
    },
    90_000,
  );
});
