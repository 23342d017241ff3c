import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestPostgres, startPostgres } from "../../../test/support/servers/index.ts";
import type { DatabaseQuery, Databases } from "../../ports/index.ts";
import { createDatabases } from "./databases.ts";

describe("a database of the user", () => {
  let folder: string;
  let file: string;
  let databases: Databases;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "weir-lookup-"));
    file = join(folder, "shop.sqlite");
    const shop = new Database(file);
    shop.exec("create table orders (number text, total real); insert into orders values ('1', 2.5), ('2', null)");
    shop.close();
    databases = createDatabases({ airgap: false });
  });
  afterEach(async () => {
    await databases.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (change: Partial<DatabaseQuery> = {}) =>
    databases.query({
      database: file,
      sql: "select * from orders where number = :key",
      values: { key: "1" },
      rowsMax: 10,
      timeoutMs: 10_000,
      ...change,
    });

  test("answers with rows; a value is a value, whatever it looks like", async () => {
    expect(await ask()).toEqual([{ number: "1", total: 2.5 }]);
    expect(await ask({ values: { key: "1' or '1' = '1" } })).toEqual([]);
    expect(await ask({ sql: "select * from orders", rowsMax: 1 })).toHaveLength(1);
  });

  test("is never written to", async () => {
    const writes = ["delete from orders where number = :key returning *", "insert into orders values (:key, 1)"];
    for (const sql of writes) await expect(ask({ sql })).rejects.toMatchObject({ code: "lookup.misconfigured" });
    expect(await ask()).toHaveLength(1);
  });

  test("that is gone, or none, can be tried again; a statement that does not fit cannot", async () => {
    await expect(ask({ database: join(folder, "none") })).rejects.toMatchObject({ code: "lookup.unreachable" });
    writeFileSync(join(folder, "text"), "no database at all, and long enough to be looked at as one");
    await expect(ask({ database: join(folder, "text") })).rejects.toMatchObject({ code: "lookup.unreachable" });
    await expect(ask({ sql: "select * from order" })).rejects.toMatchObject({ code: "lookup.misconfigured" });
  });

  test("that takes too long is left, and the next question is answered", async () => {
    const endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    await expect(ask({ sql: endless, values: {}, timeoutMs: 200 })).rejects.toMatchObject({ code: "lookup.timeout" });
    expect(await ask()).toHaveLength(1);
    const reason = new Error("cancelled");
    const stop = new AbortController();
    const asking = ask({ sql: endless, values: {}, signal: stop.signal });
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });

  test("that was replaced by another file is read anew", async () => {
    await ask();
    rmSync(file);
    const shop = new Database(file);
    shop.exec("create table orders (number text); insert into orders values ('1')");
    shop.close();
    expect(await ask()).toEqual([{ number: "1" }]);
  });
});

describe("a PostgreSQL server of the user", () => {
  let server: TestPostgres;
  const databases = createDatabases({ airgap: true });
  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`
      create table orders (number text, total numeric(12, 2), items int, paid boolean, on_day date);
      insert into orders values ('1', 1234567890.10, 3, true, '2026-03-12'), ('2', null, null, false, null);
    `);
  }, 120_000);
  afterAll(async () => {
    await databases.close();
    await server.remove();
  });

  const ask = (sql: string, change: Partial<DatabaseQuery> = {}) =>
    databases.query({ database: server.url, sql, values: { key: "1" }, rowsMax: 10, timeoutMs: 10_000, ...change });

  test("answers with rows, exact amounts as text; a value is a value, whatever it looks like", async () => {
    const sql = "select total, items, paid, on_day::text as day, ':key' as said from orders where number = :key;";
    expect(await ask(sql)).toEqual([
      { total: "1234567890.10", items: 3, paid: "true", day: "2026-03-12", said: ":key" },
    ]);
    expect(await ask(sql, { values: { key: "1' or '1' = '1" } })).toEqual([]);
    expect(await ask("select * from orders where number <> :key or true", { rowsMax: 1 })).toHaveLength(1);
  });

  test("is never written to", async () => {
    const writes = [
      "delete from orders where number = :key returning *",
      "with gone as (delete from orders where number = :key returning *) select * from gone",
      "select 1 where :key = ''; delete from orders",
      "select nextval('serial') where :key <> ''",
    ];
    await server.query("create sequence serial");
    for (const sql of writes) await expect(ask(sql)).rejects.toMatchObject({ code: "lookup.misconfigured" });
    expect(await server.query("select count(*)::int as n from orders")).toEqual([{ n: 2 }]);
  });

  test("that takes too long is left, by its time and by its signal, and the next question is answered", async () => {
    const slow = "select pg_sleep(60)::text, :key::text";
    await expect(ask(slow, { timeoutMs: 300 })).rejects.toMatchObject({ code: "lookup.timeout" });
    const stop = new AbortController();
    const asking = ask(slow, { signal: stop.signal });
    const reason = new Error("cancelled");
    setImmediate(() => stop.abort(reason));
    await expect(asking).rejects.toBe(reason);
    expect(await ask("select number from orders where number = :key")).toEqual([{ number: "1" }]);
  });

  test("that is not there can be tried again, one that is elsewhere is not asked under airgap, and no password is told", async () => {
    const gone = { database: "postgres://weir:s3cret@127.0.0.1:1/none", timeoutMs: 2_000 };
    const error: unknown = await ask("select :key", gone).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "lookup.unreachable" });
    expect(String(error)).not.toContain("s3cret");
    await expect(ask("select :key", { database: "postgres://erp.example/orders" })).rejects.toMatchObject({
      code: "lookup.refused",
    });
    await expect(ask("select nothing from nowhere where :key = ''")).rejects.toMatchObject({
      code: "lookup.misconfigured",
    });
  });
});
