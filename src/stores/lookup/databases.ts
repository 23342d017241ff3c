import { type ChildProcess, fork } from "node:child_process";
import { createChild } from "../../child.ts";
import { WeirError } from "../../core/index.ts";
import type { Databases } from "../../ports/index.ts";
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
 * renewed on ours.
 */
function createFiles(): Databases {
  const child = createChild<Omit<QueryRequest, "id">, QueryResponse>({ start });
  return {
    query: async ({ database, sql, values, rowsMax, timeoutMs, signal }) => {
      const response = await child.ask(
        { database, sql, values, rowsMax },
        {
          timeoutMs,
          ...(signal === undefined ? {} : { signal }),
          onTimeout: () => new WeirError("lookup.timeout", `${database} did not answer within ${timeoutMs} ms.`),
          onDeath: () => new WeirError("lookup.unreachable", `${database}: the process that reads it died.`),
        },
      );
      if (response.ok) return response.rows;
      throw new WeirError(response.code, response.message);
    },
    close: () => child.close(),
  };
}

function start(): ChildProcess {
  return fork(entry, {
    serialization: "advanced",
    execArgv: ["--no-warnings"],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}
