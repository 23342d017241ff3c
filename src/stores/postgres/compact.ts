import { type Kysely, sql } from "kysely";
import type { Tables } from "../sql/tables.ts";

/** Tables that hold what documents say. */
const tables = ["runs", "events", "reviews", "checkpoints", "channels", "writes", "contents", "record", "cloud_calls"];

/**
 * Lets PostgreSQL use the space of what was deleted again. What its own log and its backups still hold is
 * theirs to forget.
 */
export async function compactPostgres(db: Kysely<Tables>): Promise<void> {
  for (const table of [...tables, "blobs", "blob_chunks", "profile_files", "profile_notes"]) {
    await sql`vacuum ${sql.table(table)}`.execute(db);
  }
}
