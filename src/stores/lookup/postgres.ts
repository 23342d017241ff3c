import { Pool, type PoolClient } from "pg";
import { WeirError } from "../../core/index.ts";
import type { DatabaseQuery, DatabaseRow } from "../../ports/index.ts";

/** PostgreSQL, asked within transactions that only read. */

const connectionsMax = 4;

export interface PostgresReader {
  query(query: DatabaseQuery): Promise<readonly DatabaseRow[]>;
  close(): Promise<void>;
}

export function createPostgresReader(): PostgresReader {
  const pools = new Map<string, Pool>();
  const poolOf = (connectionString: string, connectionTimeoutMillis: number) => {
    const known = pools.get(connectionString);
    if (known) return known;
    const pool = new Pool({ connectionString, connectionTimeoutMillis, max: connectionsMax, allowExitOnIdle: true });
    // A connection that is lost while it rests is noticed at the next query.
    pool.on("error", () => {});
    pools.set(connectionString, pool);
    return pool;
  };
  return {
    query: async (query) => {
      query.signal?.throwIfAborted();
      try {
        const client = await poolOf(query.database, query.timeoutMs).connect();
        return await within(client, query);
      } catch (error) {
        query.signal?.throwIfAborted();
        throw asLookupError(error, query);
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map(async (pool) => await pool.end()));
    },
  };
}

/** The connection is given back clean, or thrown away where the query was left in the middle. */
async function within(client: PoolClient, query: DatabaseQuery): Promise<readonly DatabaseRow[]> {
  const { signal, timeoutMs } = query;
  const { promise: left, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason as Error);
  // The server has a limit of its own; a connection that hangs has none.
  const timer = setTimeout(() => reject(timeout(query)), timeoutMs + graceMs);
  signal?.addEventListener("abort", abort, { once: true });
  const work = rowsOf(client, query);
  try {
    const rows = await Promise.race([work, left]);
    client.release();
    return rows;
  } catch (error) {
    work.catch(() => {});
    client.release(true);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

const graceMs = 1_000;

/** Through a cursor: it takes nothing but what reads, and no further rows are sent than are wanted. */
async function rowsOf(client: PoolClient, query: DatabaseQuery): Promise<readonly DatabaseRow[]> {
  const { text, values } = positional(query);
  await client.query(`begin transaction read only`);
  await client.query(`set local statement_timeout = ${Math.max(1, Math.ceil(query.timeoutMs))}`);
  await client.query({ text: `declare found no scroll cursor for ${text}`, values: [...values] });
  const fetched = await client.query<DatabaseRow>({ text: `fetch ${query.rowsMax} from found`, types: printed });
  await client.query("rollback");
  return fetched.rows;
}

/** `:name` as PostgreSQL has it, outside of quotes, comments and casts. */
function positional({ sql, values }: DatabaseQuery): { readonly text: string; readonly values: readonly string[] } {
  const names: string[] = [];
  const skipped = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_]\w*)/g;
  const text = sql
    .trim()
    .replace(/;$/, "")
    .replaceAll(skipped, (whole, name: string | undefined) => {
      if (name === undefined) return whole;
      if (!names.includes(name)) names.push(name);
      return `$${names.indexOf(name) + 1}`;
    });
  return { text, values: names.map((name) => values[name] ?? "") };
}

const numbers = new Set([21, 23, 700, 701]);
const boolean = 16;

/** As the server prints it: what has no exact JavaScript number stays text. */
const printed = {
  getTypeParser: (type: number) => (text: string) => {
    if (numbers.has(type)) return Number(text);
    return type === boolean ? (text === "t" ? "true" : "false") : text;
  },
};

function timeout({ timeoutMs }: DatabaseQuery): WeirError {
  return new WeirError("lookup.timeout", `The database did not answer within ${timeoutMs} ms.`);
}

/** SQLSTATE: what does not fit the database, or would write to it. */
const unfit = /^(?:0A|22|25006|42(?!501)|3F)/;

/** Never with the address: it may hold a password. */
function asLookupError(error: unknown, query: DatabaseQuery): unknown {
  if (error instanceof WeirError || !(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "57014") return timeout(query);
  const said = error instanceof AggregateError ? String(error.errors[0]?.message ?? error.message) : error.message;
  if (unfit.test(code)) return new WeirError("lookup.misconfigured", `The query does not fit: ${said}`);
  return new WeirError("lookup.unreachable", `The database cannot be asked: ${said}`);
}
