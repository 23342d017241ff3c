import type { DatabaseQuery, DatabaseRow } from "../../ports/index.ts";

/** What the engine and the process that reads the user's databases say to each other. */

export type QueryRequest = Pick<DatabaseQuery, "database" | "sql" | "values" | "rowsMax"> & { readonly id: number };

export type QueryResponse =
  | { readonly id: number; readonly ok: true; readonly rows: readonly DatabaseRow[] }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: "lookup.unreachable" | "lookup.misconfigured";
      readonly message: string;
    };
