import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/stores/clock.ts";
import { type Storage, openStorage } from "../../src/stores/open.ts";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../support/servers/index.ts";
import { executions, verdictOn } from "../chaos/verdict.ts";

/** Two worker processes on one PostgreSQL, with and without Redis, while things go wrong. */

const script = path.join(import.meta.dirname, "..", "chaos", "house-process.ts");
const patience = { timeout: 60_000, interval: 50 };
const leaseMs = 5_000;

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
  const pids = () => new Set(executions(folder).map(({ pid }) => pid));

  /** Every document came to one result and one delivery, and no step is on record twice. */
  const oneResultEach = async (count: number) => {
    await expect.poll(done, patience).toBe(count);
    const verdict = await verdictOn(storage, folder, count);
    expect(verdict).toMatchObject({ results: count, lost: [], doubled: [], left: 0 });
    return verdict;
  };

  it("share the documents of one API, each once, and end cleanly", async () => {
    const both = [await launch(), await launch()];
    await submit(30);
    expect((await oneResultEach(30)).redone).toBe(0);
    expect(pids()).toEqual(new Set(both.map(({ pid }) => pid)));
    expect(await Promise.all(both.map(async (worker) => await ended(worker, "SIGTERM")))).toEqual([0, 0]);
    expect(said).toBe("");
  }, 150_000);

  it("lose nothing when one is killed: the other goes on after its lease, one step of a run redone at most", async () => {
    const [victim] = [await launch(), await launch()];
    await submit(30);
    await expect.poll(done, patience).toBeGreaterThan(5);
    expect(await ended(victim, "SIGKILL")).toBe("SIGKILL");
    const { redone, redoneMost } = await oneResultEach(30);
    expect(redoneMost).toBeLessThanOrEqual(1);
    // It worked on two runs.
    expect(redone).toBeLessThanOrEqual(2);
  }, 150_000);

  // Politely the first time, as if the power had failed the second.
  it("go on when PostgreSQL is restarted", async () => {
    const signal = kind === "PostgreSQL" ? "SIGINT" : "SIGQUIT";
    await Promise.all([launch(), launch()]);
    await submit(30);
    await expect.poll(done, patience).toBeGreaterThan(5);
    await postgres.stop(signal);
    await postgres.start();
    await submit(10, 30);
    await oneResultEach(40);
    expect(workers.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
  }, 150_000);

  if (kind === "PostgreSQL") return;

  it("go on while Redis is away, and when it comes back empty", async () => {
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
    expect((await oneResultEach(40)).redone).toBe(0);
    expect(said).toContain("PostgreSQL is asked instead");
    expect(said).toContain("Redis answers again.");
  }, 150_000);
});
