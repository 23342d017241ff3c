import { statSync } from "node:fs";
import Database from "better-sqlite3";
import type { DatabaseRow } from "../../ports/index.ts";
import type { QueryRequest, QueryResponse } from "./protocol.ts";

/** The child's side: one query after the other until the parent is gone. */
export function serveQueries(): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", (request: QueryRequest) => void process.send?.(answer(request)));
}

const busyTimeoutMs = 1_000;
/** Databases kept open at once. */
const openMax = 8;
const open = new Map<string, { readonly database: Database.Database; readonly inode: number }>();

function answer({ id, database, sql, values, rowsMax }: QueryRequest): QueryResponse {
  try {
    const statement = connect(database).prepare<[Readonly<Record<string, string>>], DatabaseRow>(sql);
    if (!statement.reader || !statement.readonly) {
      return { id, ok: false, code: "lookup.misconfigured", message: "The statement does not only read." };
    }
    const rows: DatabaseRow[] = [];
    for (const row of statement.iterate(values)) {
      rows.push(row);
      if (rows.length === rowsMax) break;
    }
    return { id, ok: true, rows };
  } catch (error) {
    return { id, ok: false, ...reasonOf(error, database) };
  }
}

/** A file that was replaced since is opened anew. */
function connect(file: string): Database.Database {
  const known = open.get(file);
  const inode = statSync(file).ino;
  if (known?.inode === inode) return known.database;
  known?.database.close();
  const [oldest] = open.keys();
  if (oldest !== undefined && open.size >= openMax) {
    open.get(oldest)?.database.close();
    open.delete(oldest);
  }
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  // Also what a statement would do through a function or a trigger.
  database.pragma("query_only = ON");
  open.set(file, { database, inode });
  return database;
}

/** A statement that does not fit is the workflow's fault, a file that is busy or gone is not. */
function reasonOf(error: unknown, file: string) {
  const message = error instanceof Error ? error.message : String(error);
  const passing = /^(?:SQLITE_(?:BUSY|LOCKED|CANTOPEN|IOERR|CORRUPT|NOTADB|READONLY)|ENOENT|EACCES|ENOTDIR)/;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (passing.test(code)) return { code: "lookup.unreachable" as const, message: `${file}: ${message}` };
  return { code: "lookup.misconfigured" as const, message: `${message} (${file})` };
}
