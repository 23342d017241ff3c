import type { Json, JsonObject } from "../../../core/index.ts";
import type { DialectWriter } from "../dialect.ts";
import { arrayOf, numberOf, objectOf } from "../keywords.ts";
import { merged } from "../merge.ts";

/**
 * Objects: the properties that are named or required, the others left out; without any named, an object
 * of any keys.
 */
export function objectForm(schema: JsonObject, path: string, writer: DialectWriter): JsonObject | null {
  const required = arrayOf(schema["required"]).map(String);
  const named = [...new Set([...Object.keys(objectOf(schema["properties"])), ...required])];
  if (named.length === 0) return openObject(schema, path, writer);
  const properties: [string, JsonObject][] = [];
  for (const key of named) {
    const inner = path === "" ? key : `${path}.${key}`;
    const before = writer.notes.size;
    const written = writer.write(propertyOf(schema, key, writer, path), inner);
    if (written !== null) properties.push([key, written]);
    else if (required.includes(key)) return null;
    else writer.notes.soften(before, inner); // It is never written, which the schema allows.
  }
  if (schema["additionalProperties"] !== false) writer.lose(path, "additionalProperties", "narrowed");
  if (schema["patternProperties"] !== undefined) writer.lose(path, "patternProperties", "narrowed");
  count(schema, path, writer, properties.length, required.length);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: properties.map(([key]) => key).filter((key) => required.includes(key)),
    additionalProperties: false,
  };
}

/** Everything the schema says about the value of one key. */
function propertyOf(schema: JsonObject, key: string, writer: DialectWriter, path: string): Json {
  const own = objectOf(schema["properties"])[key];
  const matching = Object.entries(objectOf(schema["patternProperties"])).flatMap(([pattern, value]) => {
    const expression = expressionOf(pattern);
    if (expression === null) writer.lose(path, "patternProperties", "unchecked");
    return expression?.test(key) === true ? [value] : [];
  });
  const all = own === undefined ? matching : [own, ...matching];
  if (all.length === 0) return schema["additionalProperties"] ?? true;
  if (all.includes(false)) return false;
  return all
    .filter((one) => one !== true)
    .reduce<JsonObject>((joined, one) => {
      const next = merged(joined, objectOf(one));
      for (const keyword of next.unmerged) writer.lose(path, keyword, "unchecked");
      return next.schema;
    }, {});
}

function expressionOf(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return null;
  }
}

function openObject(schema: JsonObject, path: string, writer: DialectWriter): JsonObject | null {
  const values = schema["additionalProperties"] ?? true;
  const patterns = Object.keys(objectOf(schema["patternProperties"])).length > 0;
  if (patterns) writer.lose(path, "patternProperties", "narrowed");
  const before = writer.notes.size;
  const written = patterns || values === false ? null : writer.write(values, path === "" ? "*" : `${path}.*`);
  if (written === null && !patterns) writer.notes.soften(before, path);
  if (patterns && values !== false) writer.lose(path, "additionalProperties", "narrowed");
  count(schema, path, writer, written === null ? 0 : Number.POSITIVE_INFINITY, 0);
  return { type: "object", additionalProperties: written ?? false };
}

function count(schema: JsonObject, path: string, writer: DialectWriter, most: number, least: number): void {
  if ((numberOf(schema["minProperties"]) ?? 0) > least) writer.lose(path, "minProperties", "unchecked");
  if ((numberOf(schema["maxProperties"]) ?? most) < most) writer.lose(path, "maxProperties", "unchecked");
}
