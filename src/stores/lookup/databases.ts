import { type ChildProcess, fork } from "node:child_process";
import { WeirError } from "../../core/index.ts";
import type { DatabaseQuery, DatabaseRow, Databases } from "../../ports/index.ts";
import type { PostgresReader } from "./postgres.ts";
import type { QueryRequest, QueryResponse } from "./protocol.ts";

/** Compiled copies run from `.js`. */
const entry = new URL(`../../../workers/lookup-reader${import.meta.url.slice(-3)}`, import.meta.url);

export interface DatabasesOptions {
  /** Whether no byte may leave this machine: then only its own loopback addresses are asked. */
  readonly airgap: boolean;
}

/** SQLite files and PostgreSQL servers of the user. */
export function createDatabases({ airgap }: DatabasesOptions): Databases {
  const files = createFiles();
  let servers: PostgresReader | null = null;
  return {
    query: async (query) => {
      if (!/^postgres(?:ql)?:\/\//.test(query.database)) return await files.query(query);
      if (airgap && !isLoopback(query.database)) {
        throw new WeirError("lookup.refused", "The database was not asked: no byte leaves this machine (airgap).");
      }
      // Loaded only where it is asked.
      servers ??= (await import("./postgres.ts")).createPostgresReader();
      return await servers.query(query);
    },
    close: async () => {
      await Promise.all([files.close(), servers?.close()]);
    },
  };
}

function isLoopback(url: string): boolean {
  const hostname = URL.canParse(url) ? new URL(url).hostname : "";
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * SQLite files, read in a process of their own: SQLite blocks its thread while it works, and leases are
 * renewed on ours. A query that takes too long is ended with the process; the next one gets a new one.
 */
function createFiles(): Databases {
  let child: ChildProcess | null = null;
  let lastId = 0;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();

  const stop = async () => {
    const ending = child;
    child = null;
    if (ending) await kill(ending);
  };

  const work = async (query: DatabaseQuery): Promise<readonly DatabaseRow[]> => {
    if (closed) throw new WeirError("cancelled", "The databases were closed.");
    query.signal?.throwIfAborted();
    if (!child?.connected) child = start();
    const { database, sql, values, rowsMax } = query;
    let response: QueryResponse;
    try {
      response = await exchange(child, { id: ++lastId, database, sql, values, rowsMax }, query);
    } catch (error) {
      await stop();
      throw error;
    }
    if (response.ok) return response.rows;
    throw new WeirError(response.code, response.message);
  };

  return {
    query: async (query) => {
      const done = queue.then(() => work(query));
      queue = done.catch(() => {});
      return await done;
    },
    close: async () => {
      closed = true;
      await stop();
      await queue;
    },
  };
}

function start(): ChildProcess {
  const child = fork(entry, {
    serialization: "advanced",
    execArgv: ["--no-warnings"],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // A process that dies while it rests is noticed at the next query.
  child.on("error", () => {});
  return child;
}

/** One request and its response; rejects when the process dies, takes too long, or nobody waits any more. */
async function exchange(child: ChildProcess, request: QueryRequest, query: DatabaseQuery): Promise<QueryResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResponse>();
  const { signal, timeoutMs, database } = query;
  const onMessage = (response: QueryResponse) => {
    if (response.id === request.id) resolve(response);
  };
  const onExit = () => reject(new WeirError("lookup.unreachable", `${database}: the process that reads it died.`));
  const onAbort = () => reject(signal?.reason);
  const timer = setTimeout(
    () => reject(new WeirError("lookup.timeout", `${database} did not answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  child.on("message", onMessage);
  child.on("exit", onExit);
  child.on("error", onExit);
  signal?.addEventListener("abort", onAbort);
  // A resting child does not keep the program alive, a working one does.
  child.ref();
  child.channel?.ref();
  child.send(request, (error) => {
    if (error) onExit();
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off("message", onMessage);
    child.off("exit", onExit);
    child.off("error", onExit);
    signal?.removeEventListener("abort", onAbort);
    child.unref();
    child.channel?.unref();
  }
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.ref();
  child.kill("SIGKILL");
  return promise;
}
