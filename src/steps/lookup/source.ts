import { z } from "zod";
import { type Json, type JsonObject, WeirError, jsonSchema } from "../../core/index.ts";
import type { Schema, StepContext } from "../../ports/index.ts";

/** A system of the user that a workflow asks for facts. It is only read. */
export interface Source<Row extends Schema, Name extends string = string> {
  /** What a row is, e.g. "order": names the paths it becomes and the tool that asks for it. */
  readonly name: Name;
  /** The form of a row. An answer of another form is no answer. */
  readonly row: Row;
  /** Names of the values it is asked with. */
  readonly parameters: readonly string[];
  readonly shape: JsonObject;
  /**
   * Rows that belong to the values, none where there are none.
   * @throws WeirError `lookup.*`
   */
  readonly find: (values: Readonly<Record<string, string>>, context: SourceContext) => Promise<readonly SourceRow[]>;
}

/** In printed form, as the source's row schema says. */
export type SourceRow = JsonObject;

/** What a source may use. */
export type SourceContext = Pick<StepContext, "web" | "databases" | "settings" | "folder" | "signal">;

/** Rows of one answer; more are not read. */
export const rowsMax = 100;

/**
 * Rows as the schema wants them. Sources print numbers and texts as they like: what reads as the wanted
 * type is taken, an empty text where nothing may stand is nothing, anything else is refused.
 * @throws WeirError `lookup.bad-answer`
 */
export function typedRows(source: Pick<Source<Schema>, "name" | "row">, rows: readonly unknown[]): SourceRow[] {
  return rows.map((raw) => {
    if (raw === null || typeof raw !== "object" || Array.isArray(raw)) throw badAnswer(source.name, "is no object");
    const printed = Object.fromEntries(
      Object.entries(source.row.shape).flatMap(([key, schema]): [string, unknown][] => {
        const value = (raw as Record<string, unknown>)[key];
        return value === undefined ? [] : [[key, printedAs(schema, value)]];
      }),
    );
    const checked = source.row.safeParse(printed);
    if (checked.success) return printed as SourceRow;
    const [issue] = checked.error.issues;
    throw badAnswer(source.name, `has a wrong "${issue?.path.join(".")}": ${issue?.message}`);
  });
}

function printedAs(schema: z.core.$ZodType, value: unknown): unknown {
  const { type, anyOf } = jsonSchema(schema as z.ZodType);
  const kinds = new Set([type, ...(Array.isArray(anyOf) ? anyOf.map(typeOf) : [])]);
  if (value === "" && kinds.has("null")) return null;
  if (typeof value === "number" && !kinds.has("number") && !kinds.has("integer")) return String(value);
  if (typeof value !== "string" || kinds.has("string")) return value;
  if ((kinds.has("number") || kinds.has("integer")) && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return kinds.has("boolean") && /^(true|false)$/.test(value) ? value === "true" : value;
}

function typeOf(schema: Json): Json | undefined {
  return schema !== null && typeof schema === "object" && "type" in schema ? schema["type"] : undefined;
}

function badAnswer(name: string, what: string): WeirError {
  return new WeirError("lookup.bad-answer", `A row of ${name} ${what}.`);
}

/** @throws WeirError `workflow.invalid` when the source asks for values that nobody gives it, or the other way round */
export function checkParameters(source: Source<Schema>, given: readonly string[]): void {
  const missing = source.parameters.filter((name) => !given.includes(name));
  const spare = given.filter((name) => !source.parameters.includes(name));
  if (missing.length === 0 && spare.length === 0) return;
  const wanted = source.parameters.map((name) => `"${name}"`).join(", ");
  throw new WeirError(
    "workflow.invalid",
    `${source.name} is asked with ${wanted}, and is given ${given.map((name) => `"${name}"`).join(", ") || "nothing"}.`,
  );
}
