import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { asStoreError } from "./errors.ts";

/**
 * Kysely over one better-sqlite3 connection. Differs from Kysely's own dialect in four things:
 * transactions begin IMMEDIATE (a read that later writes must not lose its place to another process),
 * waiting for another process does not block this thread, errors name their remedy, and a transaction
 * that SQLite rolled back by itself is not rolled back again.
 * @param busyTimeoutMs how long a statement waits for another process before it fails with `store.busy`
 */
export function sqliteDialect(database: Database.Database, busyTimeoutMs: number): Dialect {
  // SQLite's own waiting would stop the thread that renews leases, and hang where the holder lives on it too.
  database.pragma("busy_timeout = 0");
  return {
    createDriver: () => new SqliteDriver(database, busyTimeoutMs),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class SqliteDriver implements Driver {
  readonly #database: Database.Database;
  readonly #connection: SqliteConnection;

  constructor(database: Database.Database, busyTimeoutMs: number) {
    this.#database = database;
    this.#connection = new SqliteConnection(database, busyTimeoutMs);
  }

  async init(): Promise<void> {}

  /** Kysely lends the single connection to one caller at a time. */
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk makes SQLite roll back on its own.
    if (this.#database.inTransaction) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: Database.Database;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database, busyTimeoutMs: number) {
    this.#database = database;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const deadline = performance.now() + this.#busyTimeoutMs;
    for (let tries = 1; ; tries++) {
      try {
        return this.#execute<Row>(query);
      } catch (error) {
        // Within a transaction the lock is ours already, and a statement alone could not be repeated.
        const waits = isBusy(error) && !this.#database.inTransaction && performance.now() < deadline;
        if (!waits) throw asStoreError(error, this.#database.name);
        await delay(Math.min(tries, pauseMaxMs));
      }
    }
  }

  #execute<Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    // Lists of values make statements that are never asked again.
    if (this.#statements.size >= statementsMax) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const statementsMax = 200;
const pauseMaxMs = 10;

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}
