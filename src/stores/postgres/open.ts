import { Kysely } from "kysely";
import { Pool, types } from "pg";
import type { BlobStore, Clock, ProfileShelf } from "../../ports/index.ts";
import type { SqlContext } from "../sql/context.ts";
import { sqlStore } from "../sql/store.ts";
import type { Tables } from "../sql/tables.ts";
import { type BlobTables, postgresBlobs } from "./blobs.ts";
import { compactPostgres } from "./compact.ts";
import { postgresDialect } from "./dialect.ts";
import { upgrade } from "./migrations.ts";
import { postgresShelf } from "./shelf.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that libpq knows. */
  readonly url: string;
  readonly clock: Clock;
  /** Keeps several tenants apart in one database; default "default". */
  readonly namespace?: string;
  /** How many runs of a workflow may be worked on at the same time, by all workers; not named: any number. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** How long a server that restarts is waited for, milliseconds; default 5 s. */
  readonly patienceMs?: number;
  /** Connections of this process; default 10. */
  readonly connectionsMax?: number;
}

export type PostgresStorage = ReturnType<typeof sqlStore> & {
  readonly blobs: BlobStore;
  readonly shelf: ProfileShelf;
  /** What a queue beside the database builds upon. */
  readonly context: SqlContext;
};

/** For a queue beside the database. */
interface Hooks {
  /** A wake-up was written; its transaction may not be over. */
  readonly onWake?: () => void;
  /** A transaction is over. */
  readonly onCommit?: () => void;
}

/** Limits of one statement and one transaction, milliseconds: what hangs must not hold the locks of others. */
const limits = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 60_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
};

/**
 * Opens a PostgreSQL database (13 or later), makes its tables or upgrades them.
 * @throws WeirError `store.unreachable`, `store.newer`, `store.busy`, `store.full`
 */
export async function openPostgres(options: PostgresOptions, hooks: Hooks = {}): Promise<PostgresStorage> {
  const { clock, namespace = "default", concurrency = {}, patienceMs = 5_000 } = options;
  const pool = openPool(options);
  const db = new Kysely<Tables>({ dialect: postgresDialect(pool, patienceMs, hooks.onCommit) });
  try {
    await upgrade(db);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const { onWake } = hooks;
  const compact = async () => await compactPostgres(db);
  const transact: SqlContext["transact"] = async (work) => await db.transaction().execute(work);
  const context: SqlContext = {
    db,
    transact,
    begin: transact,
    clock,
    namespace,
    concurrency,
    compact,
    writers: "many",
    ...(onWake ? { onWake } : {}),
  };
  const blobs = postgresBlobs({ db: db.withTables<BlobTables>(), clock, namespace });
  return { ...sqlStore(context, async () => await db.destroy()), blobs, shelf: postgresShelf(context), context };
}

function openPool({ url, connectionsMax = 10 }: PostgresOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    keepAlive: true,
    application_name: "weir",
    types: { getTypeParser: parserOf },
    ...limits,
  });
  // A server that restarts ends idle connections too; whoever needs one next asks for another.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Times in milliseconds and counts fit a number. */
const parserOf: typeof types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format as "text");
