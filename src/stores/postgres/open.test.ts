import { randomUUID } from "node:crypto";
import { Kysely, sql } from "kysely";
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestPostgres, startPostgres } from "../../../test/support/servers/index.ts";
import { manualClock } from "../../testing/manual-clock.ts";
import { newRun, takeRun } from "../../testing/storage.ts";
import { postgresDialect } from "./dialect.ts";
import { schemaParts, upgrade } from "./migrations.ts";
import { openPostgres } from "./open.ts";

describe("a PostgreSQL database", () => {
  let server: TestPostgres;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.remove());
  beforeEach(async () => {
    const name = `weir_${randomUUID().replaceAll("-", "")}`;
    await server.query(`create database ${name}`);
    url = server.url.replace(/postgres$/, name);
  });

  const open = async (options: { readonly namespace?: string; readonly patienceMs?: number } = {}) => {
    const opened = await openPostgres({ url, clock: manualClock(), ...options });
    return { ...opened, close: async () => await opened.store.close() };
  };
  /** Works on the database past the store. */
  const raw = async <T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T> => {
    const db = new Kysely<unknown>({ dialect: postgresDialect(new Pool({ connectionString: url, max: 1 }), 1_000) });
    return await work(db).finally(async () => await db.destroy());
  };
  const versions = async () =>
    await raw(async (db) => (await sql`select part, version from weir_schema order by part`.execute(db)).rows);
  const newest = schemaParts
    .map(({ name, migrations }) => ({ part: name, version: migrations.length }))
    .toSorted((a, b) => (a.part < b.part ? -1 : 1));

  it("keeps runs over closing and opening", async () => {
    const first = await open();
    await first.store.runs.create(newRun("r1"));
    await first.close();
    const second = await open();
    expect(await second.store.runs.get("r1")).toMatchObject({ status: "queued" });
    await second.close();
    expect(await versions()).toEqual(newest);
  });

  it("is made once by several processes that open it at the same time", async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, async () => await open()));
    expect(await versions()).toEqual(newest);
    await Promise.all(opened.map(async ({ close }) => await close()));
  });

  it("is refused when a newer Weir wrote it", async () => {
    await (await open()).close();
    await raw(async (db) => await sql`update weir_schema set version = version + 1 where part = 'runs'`.execute(db));
    await expect(open()).rejects.toMatchObject({ code: "store.newer" });
  });

  it.each((schemaParts[0]?.migrations ?? []).map((_, version) => version).slice(1))(
    "is upgraded from schema %i",
    async (version) => {
      const older = schemaParts.map(({ name, migrations }) => ({ name, migrations: migrations.slice(0, version) }));
      await raw(async (db) => await upgrade(db, older));
      const { store, close } = await open();
      expect((await store.runs.create(newRun("r1"))).created).toBe(true);
      expect(await versions()).toEqual(newest);
      await close();
    },
  );

  it("takes an upgrade whole or not at all", async () => {
    await raw(async (db) => await sql`create table record (something text)`.execute(db));
    await expect(open()).rejects.toThrow(/already exists/);
    const tables = await raw(
      async (db) => (await sql`select tablename from pg_tables where schemaname = 'public'`.execute(db)).rows,
    );
    expect(tables).toEqual([{ tablename: "record" }]);
  });

  it("keeps namespaces apart", async () => {
    const one = await open({ namespace: "one" });
    const two = await open({ namespace: "two" });
    await one.store.runs.create(newRun("r1", { reuseKey: "k" }));
    const sha256 = await one.blobs.put(new Uint8Array([1, 2, 3]));
    expect(await two.store.runs.get("r1")).toBeNull();
    expect(await two.queue.take({ worker: "w", leaseMs: 1 })).toBeNull();
    expect(await two.blobs.has(sha256)).toBe(false);
    expect((await two.store.runs.create(newRun("r1", { reuseKey: "k" }))).created).toBe(true);
    await one.close();
    await two.close();
  });

  it("gives each run to one of several processes that take at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 4 }, async () => await open()));
    const ids = Array.from({ length: 20 }, (_, index) => `r${String(index).padStart(2, "0")}`);
    for (const id of ids) await all[0]?.store.runs.create(newRun(id));
    const taken = await Promise.all(
      all.flatMap((one) => Array.from({ length: 5 }, async () => (await takeRun(one)).runId)),
    );
    expect(taken.toSorted()).toEqual(ids);
    await Promise.all(all.map(async ({ close }) => await close()));
  });

  it("keeps a document of several megabytes in chunks, and gives it back whole", async () => {
    const { blobs, close } = await open();
    const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31 + (index >> 8)) % 256);
    const sha256 = await blobs.put(bytes);
    expect(Buffer.compare(await blobs.get(sha256), bytes)).toBe(0);
    const sizes = await raw(
      async (db) => (await sql`select length(bytes) as size from blob_chunks order by number`.execute(db)).rows,
    );
    expect(sizes).toEqual([{ size: 1_048_576 }, { size: 1_048_576 }, { size: 402_848 }]);
    await close();
  });

  it("is waited for while it restarts, and is store.unreachable when it stays away", async () => {
    const { store, close } = await open({ patienceMs: 200 });
    await store.runs.create(newRun("r1"));
    await server.stop();
    const missed = { code: "store.unreachable" };
    await expect(store.runs.get("r1")).rejects.toMatchObject(missed);
    await expect(open({ patienceMs: 100 })).rejects.toMatchObject(missed);
    const waiting = open({ patienceMs: 20_000 });
    await server.start();
    const second = await waiting;
    expect(await second.store.runs.get("r1")).toMatchObject({ status: "queued" });
    expect(await store.runs.get("r1")).toMatchObject({ status: "queued" });
    await close();
    await second.close();
  });

  it("says store.unreachable for a user or a database that is not let in", async () => {
    await expect(
      openPostgres({ url: server.url.replace("weir@", "nobody@"), clock: manualClock() }),
    ).rejects.toMatchObject({ code: "store.unreachable" });
    await expect(openPostgres({ url: `${url}_missing`, clock: manualClock() })).rejects.toMatchObject({
      code: "store.unreachable",
    });
  });
});
