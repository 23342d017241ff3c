import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
    databases = createDatabases();
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
