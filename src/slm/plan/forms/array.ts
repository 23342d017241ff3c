import type { Json, JsonObject } from "../../../core/index.ts";
import type { DialectWriter } from "../dialect.ts";
import { numberOf } from "../keywords.ts";
import { repetitionMax } from "../limits.ts";

/** Arrays: a fixed beginning, items of one kind after it, and how many as far as a grammar counts. */
export function arrayForm(schema: JsonObject, path: string, writer: DialectWriter): JsonObject | null {
  const { items } = schema;
  const first = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : Array.isArray(items) ? items : [];
  const rest = Array.isArray(items) ? (schema["additionalItems"] ?? true) : (items ?? true);
  const inner = path === "" ? "*" : `${path}.*`;
  const prefix: JsonObject[] = [];
  const before = writer.notes.size;
  for (const one of first) {
    const written = writer.write(one, inner);
    if (written === null) break;
    prefix.push(written);
  }
  const whole = prefix.length === first.length;
  const item = whole && rest !== false ? writer.write(rest, inner) : null;
  const most = item === null ? prefix.length : Number.POSITIVE_INFINITY;
  const least = numberOf(schema["minItems"]) ?? 0;
  if (least > most) return null;
  if (item === null) writer.notes.soften(before, inner);
  return {
    type: "array",
    ...(prefix.length === 0 ? {} : { prefixItems: prefix }),
    items: item ?? false,
    ...counted("minItems", schema, path, writer),
    ...counted("maxItems", schema, path, writer),
  };
}

function counted(
  keyword: "minItems" | "maxItems",
  schema: JsonObject,
  path: string,
  writer: DialectWriter,
): Record<string, Json> {
  const value = numberOf(schema[keyword]);
  if (value === null || (keyword === "minItems" && value <= 0)) return {};
  if (value <= repetitionMax) return { [keyword]: value };
  writer.lose(path, keyword, "unchecked");
  return {};
}
