import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { crashPoints } from "../../src/engine/crash-points.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openStorage } from "../../src/stores/open.ts";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../support/servers/index.ts";
import { verdictOn } from "../chaos/verdict.ts";

/** What test/engine/crash.test.ts asks of SQLite; `npm run chaos` has it at length. */

const documents = 10;
const script = path.join(import.meta.dirname, "..", "chaos", "house-process.ts");

let postgres: TestPostgres;
let redis: TestServer;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-scale-"));
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => {
  await Promise.all([postgres.remove(), redis.remove()]);
  rmSync(folder, { recursive: true });
});

/** How a process ended that takes the documents in and works on them: an exit code or a signal. */
async function ended(environment: Record<string, string>): Promise<number | string | null> {
  const args = [script, folder, postgres.url, redis.url, "all", String(documents)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code;
}

test("kill -9 at every crash point on PostgreSQL and Redis loses nothing and doubles nothing", async () => {
  for (const point of crashPoints) {
    const turn = point === "blob-stored" || point === "run-created" ? 4 : 2;
    expect([point, await ended({ CRASH_AT: `${point}:${turn}` })]).toEqual([point, "SIGKILL"]);
  }
  expect(await ended({})).toBe(0);
  const storage = await openStorage({
    folder,
    databaseUrl: postgres.url,
    redisUrl: null,
    clock: systemClock,
    onTrouble: () => {},
  });
  expect(await verdictOn(storage, folder, documents)).toMatchObject({
    results: documents,
    lost: [],
    doubled: [],
    left: 0,
  });
  await storage.store.close();
}, 400_000);
