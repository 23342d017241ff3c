import type { JsonObject } from "../../../core/index.ts";
import type { DialectWriter } from "../dialect.ts";
import { numberOf } from "../keywords.ts";
import { repetitionMax } from "../limits.ts";

/** Numbers: a small range of whole ones value by value, else without a sign where none may be negative. */
export function numberForm(
  type: "number" | "integer",
  schema: JsonObject,
  path: string,
  writer: DialectWriter,
): JsonObject | null {
  const { multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  const minimum = numberOf(schema["minimum"]);
  const maximum = numberOf(schema["maximum"]);
  // In draft 4 these are switches, later bounds.
  const exclusive = [exclusiveMinimum, exclusiveMaximum].some((value) => value !== undefined && value !== false);
  const plain = multipleOf === undefined && !exclusive;
  if (type === "integer" && plain && minimum !== null && maximum !== null) {
    const [least, most] = [Math.ceil(minimum), Math.floor(maximum)];
    if (most < least) {
      writer.lose(path, "maximum", "impossible");
      return null;
    }
    if (most - least < repetitionMax) return { enum: Array.from({ length: most - least + 1 }, (_, i) => least + i) };
  }
  for (const keyword of ["multipleOf", "exclusiveMinimum", "exclusiveMaximum", "maximum"] as const) {
    if (schema[keyword] !== undefined && schema[keyword] !== false) writer.lose(path, keyword, "unchecked");
  }
  if (minimum !== null && minimum !== 0) writer.lose(path, "minimum", "unchecked");
  return { type, ...(minimum !== null && minimum >= 0 ? { minimum: 0 } : {}) };
}
