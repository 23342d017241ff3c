import { setTimeout as delay } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Pool, PoolClient } from "pg";
import { asStoreError, isAway } from "./errors.ts";

/**
 * Kysely over a pool of PostgreSQL connections. Differs from Kysely's own dialect in two things: a
 * server that restarts is waited for, and errors name their remedy.
 * @param onCommit called after every transaction that changed the database for good
 * @param patienceMs how long whoever needs a connection waits for the server before `store.unreachable`
 */
export function postgresDialect(pool: Pool, patienceMs: number, onCommit: () => void = () => {}): Dialect {
  return {
    createDriver: () => new PostgresDriver(pool, patienceMs, onCommit),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #patienceMs: number;
  readonly #onCommit: () => void;

  constructor(pool: Pool, patienceMs: number, onCommit: () => void) {
    this.#pool = pool;
    this.#patienceMs = patienceMs;
    this.#onCommit = onCommit;
  }

  async init(): Promise<void> {}

  /** Nothing was asked yet, so that trying again repeats nothing. */
  async acquireConnection(): Promise<PostgresConnection> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return new PostgresConnection(await this.#pool.connect());
      } catch (error) {
        if (!isAway(error) || performance.now() > deadline) throw asStoreError(error);
        await delay(pauseMs);
      }
    }
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
    this.#onCommit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    // The end of a connection is the end of its transaction.
    if (!connection.isBroken) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  #broken = false;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const { rows, rowCount } = await this.#client.query(numbered(sql), [...parameters]);
      return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      if (isAway(error)) this.#broken = true;
      throw asStoreError(error);
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  release(): void {
    this.#client.release(this.#broken);
  }
}

const pauseMs = 100;

/** Statements that are written out have `?` for a value; those that Kysely builds have none. */
function numbered(text: string): string {
  let place = 0;
  return text.replaceAll("?", () => `$${++place}`);
}
