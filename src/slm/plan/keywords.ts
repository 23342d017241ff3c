import type { Json, JsonObject } from "../../core/index.ts";

/** Reading JSON Schema, whatever somebody wrote into it. */

export const valueTypes = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
export type ValueType = (typeof valueTypes)[number];

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function arrayOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

const keywordsOf: Readonly<Partial<Record<ValueType, readonly string[]>>> = {
  object: ["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"],
  array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
};

/** The types a value may have; `inferred` where no type is said and the other keywords speak of some. */
export function typesOf(schema: JsonObject): { readonly types: readonly ValueType[]; readonly inferred: boolean } {
  const { type } = schema;
  if (type !== undefined) {
    const named = (Array.isArray(type) ? type : [type]).filter(isValueType);
    // Integers are numbers.
    return { types: named.filter((one) => one !== "integer" || !named.includes("number")), inferred: false };
  }
  const spoken = valueTypes.filter((one) => keywordsOf[one]?.some((keyword) => keyword in schema));
  return spoken.length === 0 ? { types: valueTypes, inferred: false } : { types: spoken, inferred: true };
}

function isValueType(value: Json): value is ValueType {
  return valueTypes.some((type) => type === value);
}
