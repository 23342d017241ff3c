import { CompiledQuery, type Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A database or a transaction in it. */
type Asked = Pick<Kysely<Tables>, "executeQuery">;

/**
 * Statements that every step needs are written out: to build one anew takes longer than to run it.
 * @param text `?` stands for a value, in every database
 */
export async function ask<Row>(db: Asked, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  return (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}

/** Writes rows whose columns are the keys of the first; nothing where there are none. @param onConflict what stands behind `values` */
export async function insert(
  db: Asked,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  onConflict = "",
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const places = rows.map(() => `(${columns.map(() => "?").join()})`).join();
  const values = rows.flatMap((row) => columns.map((column) => row[column]));
  await ask(db, `insert into ${table} (${columns.join()}) values ${places} ${onConflict}`, values);
}
