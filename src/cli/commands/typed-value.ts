import type { Json, JsonObject } from "../../core/index.ts";

/**
 * A value typed on the command line as the schema of its path wants it: text unless a number, a
 * truth value or a list is meant. What does not fit is left to the review's own check.
 * @param schema JSON Schema of the whole output; null: unknown
 */
export function typedValue(schema: JsonObject | null, path: string, text: string): Json {
  if (text === "null") return null;
  const types = typesAt(schema, path.split("."));
  if (types.length === 0 || types.includes("string")) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function typesAt(schema: JsonObject | null, keys: readonly string[]): readonly string[] {
  if (schema === null) return [];
  const options = schema["anyOf"];
  if (Array.isArray(options)) return options.flatMap((option) => typesAt(option as JsonObject, keys));
  const [key, ...rest] = keys;
  if (key === undefined) return [schema["type"] ?? []].flat().map(String);
  const properties = schema["properties"] as JsonObject | undefined;
  const next = properties?.[key] ?? (/^\d+$/.test(key) ? schema["items"] : undefined);
  return next === undefined ? [] : typesAt(next as JsonObject, rest);
}
