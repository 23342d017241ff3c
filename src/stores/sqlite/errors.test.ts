import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteDialect } from "./dialect.ts";
import { asStoreError } from "./errors.ts";

interface Notes {
  notes: { id: number; text: string };
}

describe("SQLite's troubles as errors with a remedy", () => {
  let folder: string;
  let database: Database.Database;
  let db: Kysely<Notes>;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-errors-"));
    database = new Database(path.join(folder, "notes.db"));
    db = new Kysely<Notes>({ dialect: sqliteDialect(database, 100) });
    await sql`create table notes (id integer primary key, text text not null)`.execute(db);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("a full disk is store.full, undoes the transaction and leaves the connection usable", async () => {
    const pages = Number(database.pragma("page_count", { simple: true }));
    database.pragma(`max_page_count = ${pages + 2}`);
    const filling = db.transaction().execute(async (trx) => {
      await trx.insertInto("notes").values({ id: 1, text: "small" }).execute();
      await trx
        .insertInto("notes")
        .values({ id: 2, text: "large".repeat(50_000) })
        .execute();
    });
    await expect(filling).rejects.toMatchObject({ code: "store.full" });
    expect(await db.selectFrom("notes").selectAll().execute()).toEqual([]);
    await db.insertInto("notes").values({ id: 3, text: "fits" }).execute();
    expect(await db.selectFrom("notes").select("id").execute()).toEqual([{ id: 3 }]);
  });

  it("a read-only file is store.unwritable", async () => {
    database.pragma("query_only = ON");
    await expect(db.insertInto("notes").values({ id: 1, text: "" }).execute()).rejects.toMatchObject({
      code: "store.unwritable",
    });
  });

  it("a mistake of ours passes unchanged", async () => {
    await db.insertInto("notes").values({ id: 1, text: "" }).execute();
    await expect(db.insertInto("notes").values({ id: 1, text: "" }).execute()).rejects.toThrow(/UNIQUE/);
    const bug = new TypeError("not SQLite's");
    expect(asStoreError(bug, "weir.db")).toBe(bug);
  });
});
