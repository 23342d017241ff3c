import { mkdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { Kysely } from "kysely";
import { WeirError } from "../../core/index.ts";
import type { Clock } from "../../ports/index.ts";
import { migrations } from "../sql/migrations.ts";
import type { SqlContext } from "../sql/context.ts";
import { sqlStore } from "../sql/store.ts";
import type { Tables } from "../sql/tables.ts";
import { compactSqlite } from "./compact.ts";
import { sqliteDialect } from "./dialect.ts";
import { asStoreError } from "./errors.ts";
import { LogSync } from "./log-sync.ts";

export interface SqliteOptions {
  /** The data folder; made with mode 0700 where it is missing. `:memory:` keeps everything in this process. */
  readonly folder: string;
  readonly clock: Clock;
  /** Keeps several tenants apart in one file; default "default". */
  readonly namespace?: string;
  /** How many runs of a workflow may be worked on at the same time, by all workers; not named: any number. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** How long a statement waits for another process, milliseconds; default 5 s. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens or makes `weir.db`. An older file is upgraded.
 * @throws WeirError `store.newer`, `store.unwritable`, `store.full`, `store.busy`, `store.damaged`
 */
export async function openSqlite(options: SqliteOptions): Promise<ReturnType<typeof sqlStore>> {
  const file = options.folder === ":memory:" ? ":memory:" : path.join(options.folder, "weir.db");
  if (file !== ":memory:") makeFolder(options.folder);
  const busyTimeoutMs = options.busyTimeoutMs ?? 5_000;
  const database = openDatabase(file, busyTimeoutMs);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database, busyTimeoutMs) });
  const { clock, namespace = "default", concurrency = {} } = options;
  const compact = async () => await compactSqlite(file, db);
  const log = file === ":memory:" ? null : new LogSync(`${file}-wal`);
  const begin: SqlContext["begin"] = async (work) => await db.transaction().execute(work);
  const transact: SqlContext["transact"] = async (work) => {
    const result = await begin(work);
    await log?.reached();
    return result;
  };
  const context = { db, transact, begin, clock, namespace, concurrency, compact, writers: "one" } as const;
  return sqlStore(context, async () => {
    await log?.close();
    await db.destroy();
    // Kysely closes only what it has used.
    database.close();
  });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new WeirError("store.unwritable", `The data folder ${folder} cannot be made.`, { cause: error });
  }
}

function openDatabase(file: string, busyTimeoutMs: number): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: busyTimeoutMs });
    enterWal(database, busyTimeoutMs);
    // In order, and before the log is emptied. Commits that are to survive a loss of power are brought there by us.
    database.pragma("synchronous = NORMAL");
    database.pragma("foreign_keys = ON");
    upgrade(database);
    return database;
  } catch (error) {
    database?.close();
    throw asStoreError(error, file);
  }
}

/** SQLite does not wait for other processes while the journal mode changes, so we do. */
function enterWal(database: Database.Database, busyTimeoutMs: number): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      database.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!busy || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** Takes the steps that are missing, all or none. */
function upgrade(database: Database.Database): void {
  const versionOf = () => Number(database.pragma("user_version", { simple: true }));
  if (versionOf() === migrations.length) return;
  database
    .transaction(() => {
      // Read again: another process may have upgraded while this one waited for its turn.
      const version = versionOf();
      if (version > migrations.length) {
        throw new WeirError(
          "store.newer",
          `${database.name} has schema ${version}, this Weir knows ${migrations.length}.`,
        );
      }
      for (const statement of migrations.slice(version).flat()) database.exec(statement);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
