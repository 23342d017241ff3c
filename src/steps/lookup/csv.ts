import { readFile, stat } from "node:fs/promises";
import { dsvFormat } from "d3-dsv";
import { WeirError } from "../../core/index.ts";
import type { Schema } from "../../ports/index.ts";
import { type Setting, pathOf, settingShape } from "./setting.ts";
import { type Source, rowsMax, typedRows } from "./source.ts";

export interface CsvOptions<Row extends Schema> {
  /** A path, or `setting("NAME")` for one that is given with `--set NAME=FILE`. */
  readonly file: string | Setting;
  /** The column a value is looked for in. */
  readonly match: string;
  readonly row: Row;
  /** Default: comma, or semicolon where the first line has more of those. */
  readonly separator?: string;
  /** Larger files are refused; default 50 MB. */
  readonly bytesMax?: number;
}

/** A CSV file with a heading, read anew when it has changed. The value it is asked with is named "key". */
export function csv<Row extends Schema, const Name extends string>(
  name: Name,
  options: CsvOptions<Row>,
): Source<Row, Name> {
  const { file, match, row, separator, bytesMax = 50_000_000 } = options;
  const tables = new Map<string, Table>();
  return {
    name,
    row,
    parameters: ["key"],
    shape: { csv: settingShape(file), match, separator: separator ?? null },
    find: async (values, context) => {
      const path = pathOf(file, context);
      const table = await tableOf(path, { match, separator, bytesMax }, tables.get(path));
      tables.set(path, table);
      const found = table.byKey.get((values["key"] ?? "").trim()) ?? [];
      return typedRows({ name, row }, found.slice(0, rowsMax));
    },
  };
}

interface Table {
  /** Size and time of the file it was read from. */
  readonly state: string;
  readonly byKey: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
}

interface Reading {
  readonly match: string;
  readonly separator: string | undefined;
  readonly bytesMax: number;
}

async function tableOf(path: string, reading: Reading, known: Table | undefined): Promise<Table> {
  let text: string;
  let state: string;
  try {
    const { size, mtimeMs } = await stat(path);
    state = `${size} ${mtimeMs}`;
    if (known?.state === state) return known;
    if (size > reading.bytesMax) throw new WeirError("lookup.misconfigured", `${path} has ${size} bytes: too many.`);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof WeirError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new WeirError("lookup.unreachable", `${path} cannot be read: ${message}`, { cause: error });
  }
  return { state, byKey: indexed(text.replace(/^\uFEFF/, ""), path, reading) };
}

function indexed(text: string, path: string, { match, separator }: Reading): Table["byKey"] {
  const rows = dsvFormat(separator ?? separatorOf(text)).parse(text);
  if (!rows.columns.includes(match)) {
    const has = rows.columns.slice(0, 20).join(", ");
    throw new WeirError("lookup.misconfigured", `${path} has no column "${match}", only ${has}.`);
  }
  return Map.groupBy(rows, (row) => (row[match] ?? "").trim());
}

function separatorOf(text: string): string {
  const head = text.slice(0, text.search(/\r?\n|$/));
  return head.split(";").length > head.split(",").length ? ";" : ",";
}
