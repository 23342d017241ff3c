import { WeirError } from "../../core/index.ts";
import type { Schema } from "../../ports/index.ts";
import type { Secret } from "../secret.ts";
import { type Setting, pathOf, settingShape } from "./setting.ts";
import { type Source, rowsMax, typedRows } from "./source.ts";

/** Where the database is. */
type Place =
  | {
      /** An SQLite file: a path, or `setting("NAME")` for one that is given with `--set NAME=FILE`. */
      readonly file: string | Setting;
    }
  | {
      /** The `postgres://` address of a server, or a function that takes it from where it is kept. */
      readonly postgres: Secret;
    };

export type SqlOptions<Row extends Schema> = Place & {
  /** One statement that only reads; values stand as `:name` and are never part of its text. */
  readonly query: string;
  readonly row: Row;
  /** Default 10 s. */
  readonly timeoutMs?: number;
};

/** A table of a database. It is opened for reading only. */
export function sql<Row extends Schema, const Name extends string>(
  name: Name,
  options: SqlOptions<Row>,
): Source<Row, Name> {
  const { query, row, timeoutMs = 10_000 } = options;
  const parameters = parametersOf(query);
  if (parameters.length === 0) {
    throw new WeirError("workflow.invalid", `The query of ${name} has no value to ask with, e.g. ":key".`);
  }
  return {
    name,
    row,
    parameters,
    shape: { sql: "file" in options ? settingShape(options.file) : "postgres", query, timeoutMs },
    find: async (values, context) => {
      const database = "file" in options ? pathOf(options.file, context) : addressOf(name, options.postgres);
      const { signal } = context;
      const rows = await context.databases.query({ database, sql: query, values, rowsMax, timeoutMs, signal });
      return typedRows({ name, row }, rows);
    },
  };
}

/** @throws WeirError `lookup.misconfigured` */
function addressOf(name: string, postgres: Secret): string {
  const address = typeof postgres === "string" ? postgres : postgres();
  if (address !== undefined && /^postgres(?:ql)?:\/\//.test(address)) return address;
  throw new WeirError("lookup.misconfigured", `The address of the database for ${name} is not set.`, {
    hint: "Set it where the workflow takes it from (postgres://…), then `weir retry RUN`.",
  });
}

/** Names after a colon, outside of quotes and comments. */
function parametersOf(query: string): readonly string[] {
  const bare = query.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, " ");
  return [...new Set([...bare.matchAll(/(?<!:):([A-Za-z_]\w*)/g)].map(([, name = ""]) => name))];
}
