import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../../../test/support/servers/index.ts";
import type { Clock } from "../../ports/index.ts";
import { type ManualClock, manualClock } from "../../testing/manual-clock.ts";
import { queueSuite } from "../../testing/queue.ts";
import { type StorageOptions, leaseMs, newRun, takeRun } from "../../testing/storage.ts";
import { storeSuite } from "../../testing/store.ts";
import { systemClock } from "../clock.ts";
import { openWithRedis } from "./open.ts";

let postgres: TestPostgres;
let redis: TestServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => {
  await Promise.all([postgres.remove(), redis.remove()]);
});

const open = async (
  clock: Clock,
  namespace: string = randomUUID(),
  onTrouble: (message: string) => void = () => {},
  options: StorageOptions = {},
) => {
  const opened = await openWithRedis({
    url: postgres.url,
    redisUrl: redis.url,
    clock,
    namespace,
    connectionsMax: 4,
    onTrouble,
    ...options,
  });
  return { ...opened, namespace, close: async () => await opened.store.close() };
};
type Opened = Awaited<ReturnType<typeof open>>;

queueSuite("BullMQ and PostgreSQL", async (clock, options) => await open(clock, randomUUID(), () => {}, options));
storeSuite("BullMQ and PostgreSQL", async (clock) => await open(clock));

describe("wake-ups in Redis", () => {
  let clock: ManualClock;
  let here: Opened;
  let told: string[];
  beforeEach(async () => {
    clock = manualClock();
    told = [];
    here = await open(clock, randomUUID(), (message) => told.push(message));
  });
  afterEach(async () => {
    await here.close();
    await redis.start();
  });

  const take = async (from: Opened = here) => (await from.queue.take({ worker: "w", leaseMs }))?.runId ?? null;
  /** What Redis knows, without asking the database. */
  const inRedis = async (): Promise<readonly string[]> => {
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const queue = new Queue<{ run: string }>(`wakeups-${here.namespace}`, { connection, prefix: "weir" });
    const jobs = await queue.getJobs(["waiting", "prioritized", "active", "delayed"]);
    await queue.close();
    connection.disconnect();
    return jobs.map(({ data }) => data.run).toSorted();
  };
  const relayed = async () => {
    const rows = await postgres.query(
      `select run_id from wakeups where namespace = '${here.namespace}' and relayed = 1 order by run_id`,
    );
    return rows.map((row) => row["run_id"]);
  };

  it("are told by one worker and taken by another that asks nobody else", async () => {
    for (const id of ["r1", "r2", "r3"]) await here.store.runs.create(newRun(id));
    const other = await open(clock, here.namespace);
    expect(await take(other)).toBe("r1");
    await expect.poll(inRedis).toEqual(["r2", "r3"]);
    expect(await relayed()).toEqual(["r2", "r3"]);
    // The table would give r3 first now; Redis was told of r2 before.
    await postgres.query(`update wakeups set priority = 9 where namespace = '${here.namespace}' and run_id = 'r3'`);
    expect(await take(other)).toBe("r2");
    await other.close();
  });

  it("carry the id of a run and nothing of its document", async () => {
    await here.store.runs.create(newRun("r1", { itemId: "secret name.pdf" }));
    await here.store.runs.create(newRun("r2"));
    await take();
    const client = new Redis(redis.url);
    const [key] = await client.keys(`weir:wakeups-${here.namespace}:r2-*`);
    expect((await client.hgetall(key ?? ""))["data"]).toBe('{"run":"r2"}');
    client.disconnect();
  });

  it("are all there again after Redis was flushed", async () => {
    for (const id of ["r1", "r2", "r3"]) await here.store.runs.create(newRun(id));
    expect(await take()).toBe("r1");
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    expect(await inRedis()).toEqual([]);
    await clock.advance(5_000);
    expect(await take()).toBe("r2");
    await expect.poll(inRedis).toEqual(["r3"]);
    expect(await take()).toBe("r3");
    expect(await take()).toBeNull();
  });

  it("of which Redis lost one come to their turn all the same", async () => {
    for (const id of ["r1", "r2", "r3"]) await here.store.runs.create(newRun(id));
    expect(await take()).toBe("r1");
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const queue = new Queue(`wakeups-${here.namespace}`, { connection, prefix: "weir" });
    for (const job of await queue.getJobs(["prioritized"])) await job.remove();
    await queue.close();
    connection.disconnect();
    // At the sweep Redis is told again of the first in line.
    await clock.advance(5_000);
    expect([await take(), await take()]).toEqual(["r2", "r3"]);
  });

  it("that Redis gives out twice are taken once", async () => {
    await here.store.runs.create(newRun("r1"));
    await here.store.runs.create(newRun("r2"));
    expect(await take()).toBe("r1");
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const queue = new Queue(`wakeups-${here.namespace}`, { connection, prefix: "weir" });
    for (const copy of ["a", "b", "c"]) await queue.add("wake-up", { run: "r1" }, { jobId: copy, priority: 1 });
    await queue.close();
    connection.disconnect();
    expect(await take()).toBe("r2");
    expect(await take()).toBeNull();
    await expect.poll(inRedis).toEqual([]);
  });

  it("are taken from PostgreSQL while Redis is away, and from Redis when it is back", async () => {
    await redis.stop();
    const live = await open(systemClock, here.namespace, (message) => told.push(message));
    for (const id of ["r1", "r2", "r3"]) await live.store.runs.create(newRun(id));
    expect(await take(live)).toBe("r1");
    expect(told.filter((message) => message.includes("PostgreSQL is asked instead"))).toHaveLength(1);
    await redis.start();
    const held: (string | null)[] = [];
    await expect
      .poll(
        async () => {
          held.push(await take(live));
          return told;
        },
        { timeout: 10_000 },
      )
      .toContain("Redis answers again.");
    held.push(await take(live));
    expect(held.filter((id) => id !== null).toSorted()).toEqual(["r2", "r3"]);
    await live.close();
  });

  it("of a worker that died after Redis gave it a run come back", async () => {
    const live = await open(systemClock, here.namespace);
    await live.store.runs.create(newRun("r1"));
    const dying = await takeRun(live);
    expect(await live.store.runs.freeLeases(() => true)).toEqual([dying.runId]);
    await expect.poll(async () => await take(live), { timeout: 5_000 }).toBe("r1");
    await live.close();
  });
});

describe("an API alone", () => {
  it("tells Redis of what it takes in, so that workers need not look", async () => {
    const api = await open(systemClock);
    await api.store.runs.create(newRun("r1"));
    const client = new Redis(redis.url);
    await expect.poll(async () => await client.keys(`weir:wakeups-${api.namespace}:r1-*`)).toHaveLength(1);
    client.disconnect();
    await api.close();
  });

  it("accepts and counts documents without Redis", async () => {
    const away = await openWithRedis({
      url: postgres.url,
      redisUrl: "redis://127.0.0.1:1",
      clock: systemClock,
      namespace: randomUUID(),
    });
    await away.store.runs.create(newRun("r1"));
    expect(await away.queue.depth()).toEqual({ due: 1, later: 0, held: 0 });
    await away.store.close();
  });
});
