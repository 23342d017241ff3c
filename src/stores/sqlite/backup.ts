import { existsSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { asStoreError } from "./errors.ts";

/** A copy of the database of a data folder, as it was at one moment. */
export interface DatabaseCopy {
  readonly runs: number;
  /** sha256 of the stored files that its runs need. */
  readonly blobs: readonly string[];
}

/**
 * Copies the database beside whoever works with it: one read of one state, without what was deleted.
 * @returns null where there is none
 */
export function copySqlite(folder: string, to: string): DatabaseCopy | null {
  const file = path.join(folder, "weir.db");
  if (!existsSync(file)) return null;
  try {
    using source = closing(new Database(file, { timeout: waitMs }));
    source.database.prepare("VACUUM INTO ?").run(to);
    using copy = closing(new Database(to, { readonly: true }));
    const list = (statement: string) => copy.database.prepare(statement).pluck().all();
    return { runs: Number(list("SELECT count(*) FROM runs")[0]), blobs: list(neededBlobs) as string[] };
  } catch (error) {
    throw asStoreError(error, file);
  }
}

const waitMs = 60_000;
const neededBlobs = `
  SELECT document_sha256 FROM runs WHERE keeps_document = 1
  UNION SELECT reading_sha256 FROM runs WHERE pruned_at IS NULL AND reading_sha256 IS NOT NULL`;

function closing(database: Database.Database) {
  return { database, [Symbol.dispose]: () => void database.close() };
}
