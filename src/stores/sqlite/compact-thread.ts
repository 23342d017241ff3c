import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { CompactOutcome } from "./compact.ts";

/** How long others are waited for, milliseconds. */
const waitMs = 60_000;

function compact(file: string): CompactOutcome {
  const database = new Database(file, { timeout: waitMs });
  try {
    // What pages have room for beyond their rows is written as zeros.
    database.pragma("secure_delete = ON");
    database.exec("VACUUM");
    // Until nobody reads from the log any more, the old pages are in it.
    const deadline = performance.now() + waitMs;
    while (isBusy(database) && performance.now() < deadline) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
    return isBusy(database) ? { code: "SQLITE_BUSY", message: "the log could not be emptied" } : null;
  } catch (error) {
    if (error instanceof Database.SqliteError) return { code: error.code, message: error.message };
    throw error;
  } finally {
    database.close();
  }
}

function isBusy(database: Database.Database): boolean {
  const [outcome] = database.pragma("wal_checkpoint(TRUNCATE)") as readonly { readonly busy: number }[];
  return outcome?.busy !== 0;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(compact(workerData as string));
