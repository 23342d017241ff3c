import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import { type Kysely, sql } from "kysely";
import { WeirError } from "../../core/index.ts";
import type { Tables } from "../sql/tables.ts";
import { asStoreError } from "./errors.ts";

/** What the thread says when it is done: null, or what SQLite had against it. */
export type CompactOutcome = { readonly code: string; readonly message: string } | null;

/**
 * Writes the database anew without what was deleted, and empties the write-ahead log. In a thread of its
 * own, since it takes seconds a gigabyte; writers wait meanwhile.
 */
export async function compactSqlite(file: string, db: Kysely<Tables>): Promise<void> {
  if (file === ":memory:") {
    await sql.raw("vacuum").execute(db);
    return;
  }
  const thread = new Worker(new URL("./compact-thread.ts", import.meta.url), { workerData: file });
  const outcome = await new Promise<CompactOutcome>((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new WeirError("store.busy", `${file} could not be written anew.`)));
  });
  if (outcome) throw asStoreError(new Database.SqliteError(outcome.message, outcome.code), file);
}
