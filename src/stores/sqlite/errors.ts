import Database from "better-sqlite3";
import { WeirError } from "../../core/index.ts";

/** SQLite's troubles with its surroundings as errors a user can act on; anything else is a bug and passes unchanged. */
export function asStoreError(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const options = { cause: thrown };
  const { code } = thrown;
  // With a full disk the memory-mapped index of the write-ahead log fails first, and in its own way.
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") {
    return new WeirError("store.full", `No space left for ${file}.`, options);
  }
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM") {
    return new WeirError("store.unwritable", `${file} cannot be written: ${thrown.message}.`, options);
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new WeirError("store.busy", `${file} stayed locked by another process.`, options);
  }
  if (code === "SQLITE_CORRUPT" || code.startsWith("SQLITE_CORRUPT_") || code === "SQLITE_NOTADB") {
    return new WeirError("store.damaged", `${file} is damaged: ${thrown.message}.`, options);
  }
  return thrown;
}
