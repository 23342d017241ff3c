import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manualClock } from "../../testing/manual-clock.ts";
import { newRun, takeRun } from "../../testing/storage.ts";
import { migrations } from "../sql/migrations.ts";
import { openSqlite } from "./open.ts";

describe("weir.db", () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "weir-open-"));
    folder = path.join(root, "data");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const open = async (options: { readonly busyTimeoutMs?: number; readonly namespace?: string } = {}) =>
    await openSqlite({ folder, clock: manualClock(), ...options });
  const raw = () => new Database(path.join(folder, "weir.db"));

  it("stands in a folder that only its owner can enter", async () => {
    const { store } = await open();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it("keeps runs over closing and opening, and survives power loss by syncing every commit", async () => {
    const first = await open();
    await first.store.runs.create(newRun("r1"));
    await first.store.close();
    const second = await open();
    expect(await second.store.runs.get("r1")).toMatchObject({ status: "queued" });
    await second.store.close();
    const database = raw();
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(database.pragma("user_version", { simple: true })).toBe(migrations.length);
    database.close();
  });

  it("refuses a file that a newer Weir wrote", async () => {
    await (await open()).store.close();
    const database = raw();
    database.pragma(`user_version = ${migrations.length + 1}`);
    database.close();
    await expect(open()).rejects.toMatchObject({ code: "store.newer" });
  });

  it.each(migrations.map((_, version) => version).slice(1))(
    "upgrades a file of schema %i and keeps its runs",
    async (version) => {
      mkdirSync(folder);
      const old = raw();
      for (const statement of migrations.slice(0, version).flat()) old.exec(statement);
      old.pragma(`user_version = ${version}`);
      const required = { document: "{}", settings: "{}", models: "{}", usage: "{}", status: "succeeded" };
      const columns = old
        .prepare("SELECT name, type FROM pragma_table_info('runs') WHERE \"notnull\" AND dflt_value IS NULL")
        .all() as { name: string; type: string }[];
      const values = columns.map(
        ({ name, type }) => (required as Record<string, string>)[name] ?? (type === "TEXT" ? "default" : 1),
      );
      old
        .prepare(
          `INSERT INTO runs (${columns.map(({ name }) => name).join()}) VALUES (${columns.map(() => "?").join()})`,
        )
        .run(values);
      old.close();
      const { store } = await open();
      expect(await store.runs.get("default")).toMatchObject({ status: "succeeded" });
      await store.close();
      const after = raw();
      expect(after.pragma("user_version", { simple: true })).toBe(migrations.length);
      after.close();
    },
  );

  it("takes an upgrade whole or not at all", async () => {
    await (await open()).store.close();
    const database = raw();
    // As if a step had failed halfway: the version says 0, one table stands in the way.
    const tables = ["writes", "channels", "contents", "checkpoints", "reviews", "events", "wakeups"];
    for (const table of [...tables, "cloud_calls", "record", "tallies"]) database.exec(`DROP TABLE ${table}`);
    database.pragma("user_version = 0");
    database.close();
    await expect(open()).rejects.toThrow(/already exists/);
    const after = raw();
    expect(after.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()).toEqual(["runs"]);
    expect(after.pragma("user_version", { simple: true })).toBe(0);
    after.close();
  });

  it("keeps namespaces apart", async () => {
    const one = await open({ namespace: "one" });
    const two = await open({ namespace: "two" });
    await one.store.runs.create(newRun("r1", { reuseKey: "k" }));
    expect(await two.store.runs.get("r1")).toBeNull();
    expect(await two.queue.take({ worker: "w", leaseMs: 1 })).toBeNull();
    expect((await two.store.runs.create(newRun("r1", { reuseKey: "k" }))).created).toBe(true);
    await one.store.close();
    await two.store.close();
  });

  it("gives each run to one of two connections, and shows each what the other did", async () => {
    const one = { ...(await open()), close: async () => {} };
    const two = { ...(await open()), close: async () => {} };
    await one.store.runs.create(newRun("r1"));
    await two.store.runs.create(newRun("r2"));
    const [first, second] = [await takeRun(one), await takeRun(two)];
    expect([first.id, second.id]).toEqual(["r1", "r2"]);
    await two.store.runs.commit(second, { status: "succeeded" });
    expect(await one.store.runs.get("r2")).toMatchObject({ status: "succeeded" });
    await one.store.close();
    await two.store.close();
  });

  it("says store.busy when another process will not let go", async () => {
    const { store } = await open({ busyTimeoutMs: 20 });
    const other = raw();
    other.exec("BEGIN IMMEDIATE");
    await expect(store.runs.create(newRun("r1"))).rejects.toMatchObject({ code: "store.busy" });
    other.exec("ROLLBACK");
    expect((await store.runs.create(newRun("r1"))).created).toBe(true);
    other.close();
    await store.close();
  });

  it("waits for another connection without stopping this thread, even if that one lives on it", async () => {
    const { store } = await open();
    const other = raw();
    other.exec("BEGIN IMMEDIATE");
    const created = store.runs.create(newRun("r1"));
    await new Promise((resolve) => setImmediate(resolve));
    other.exec("COMMIT");
    expect((await created).created).toBe(true);
    other.close();
    await store.close();
  });

  it("says store.unwritable where it cannot write", async () => {
    writeFileSync(path.join(root, "file"), "");
    await expect(openSqlite({ folder: path.join(root, "file"), clock: manualClock() })).rejects.toMatchObject({
      code: "store.unwritable",
    });
  });

  it("says store.damaged for what is no database", async () => {
    await (await open()).store.close();
    writeFileSync(path.join(folder, "weir.db"), "not a database, but long enough to look at".repeat(100));
    await expect(open()).rejects.toMatchObject({ code: "store.damaged" });
  });
});
