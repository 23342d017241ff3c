import { open } from "node:fs/promises";
import { lock } from "proper-lockfile";
import { type Json, valueAt } from "../../core/index.ts";
import type { Schema } from "../../ports/index.ts";

/** One CSV a workflow version: a row a run, columns from the schema, appended once however often it is delivered. */

export interface CsvRow {
  readonly run: string;
  readonly id: string;
  readonly document: string;
  readonly output: { readonly [key: string]: Json };
}

const fixedColumns = ["run", "id", "document"] as const;

/** Columns of the CSV: the leaves of the schema that are not in arrays. */
export function csvColumns(schema: Schema): readonly string[] {
  return [...fixedColumns, ...leaves(schema, "")];
}

function leaves(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.shape).flatMap(([key, value]) => {
    let field: unknown = value;
    while (hasUnwrap(field)) field = field.unwrap();
    if (isArray(field)) return [];
    return isObject(field) ? leaves(field, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

const hasUnwrap = (schema: unknown): schema is { unwrap: () => unknown } =>
  typeof (schema as { unwrap?: unknown }).unwrap === "function" && !isArray(schema);
const isArray = (schema: unknown): boolean => (schema as { type?: unknown }).type === "array";
const isObject = (schema: unknown): schema is Schema => (schema as { type?: unknown }).type === "object";

/**
 * Adds the row unless the run already has one. A row cut off by a crash is removed first.
 * @throws Error when the file's columns are other ones
 */
export async function appendCsvRow(path: string, columns: readonly string[], row: CsvRow): Promise<void> {
  const file = await open(path, "a+");
  try {
    const release = await lock(path, { retries: { retries: 400, minTimeout: 5, maxTimeout: 50 } });
    try {
      const text = await file.readFile("utf8");
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      const header = `${columns.map(cell).join(",")}\n`;
      if (whole !== "" && !whole.startsWith(header)) throw new Error(`${path} has other columns. Move it away first.`);
      if (whole.includes(`\n${row.run},`)) return;
      if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
      await file.appendFile(
        `${whole === "" ? header : ""}${columns.map((column) => cell(cellValue(row, column))).join(",")}\n`,
      );
      await file.sync();
    } finally {
      await release();
    }
  } finally {
    await file.close();
  }
}

function cellValue(row: CsvRow, column: string): Json {
  if (column === "run" || column === "id" || column === "document") return row[column];
  return valueAt(row.output, column) ?? null;
}

/** RFC 4180, and nothing a spreadsheet would run as a formula. */
function cell(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const isNumber = /^[-+]?\d+([.,]\d+)?$/.test(text);
  const safe = /^[=+\-@\t\r]/.test(text) && !isNumber ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
