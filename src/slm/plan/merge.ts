import type { Json, JsonObject } from "../../core/index.ts";
import { arrayOf, numberOf, objectOf } from "./keywords.ts";

/** Two schemas that a value has to fit both. */
export interface Merged {
  readonly schema: JsonObject;
  /** Keywords of the second that could not be joined with the first's and were left out. */
  readonly unmerged: readonly string[];
}

type Join = (one: Json, other: Json) => Json | undefined;

const larger: Join = (one, other) => numbers(one, other, Math.max);
const smaller: Join = (one, other) => numbers(one, other, Math.min);
const both: Join = (one, other) => ({ allOf: [one, other] });
const second: Join = (_one, other) => other;
const either: Join = (one, other) => (one === true || other === true ? true : undefined);

const joins: Readonly<Record<string, Join>> = {
  title: second,
  description: second,
  default: second,
  examples: second,
  $comment: second,
  required: (one, other) => [...new Set([...arrayOf(one), ...arrayOf(other)])],
  properties: (one, other) => eachKey(objectOf(one), objectOf(other)),
  patternProperties: (one, other) => eachKey(objectOf(one), objectOf(other)),
  $defs: (one, other) => ({ ...objectOf(one), ...objectOf(other) }),
  definitions: (one, other) => ({ ...objectOf(one), ...objectOf(other) }),
  allOf: (one, other) => [...arrayOf(one), ...arrayOf(other)],
  type: sharedTypes,
  enum: (one, other) => arrayOf(one).filter((value) => arrayOf(other).some((another) => same(value, another))),
  items: (one, other) => (Array.isArray(one) || Array.isArray(other) ? undefined : both(one, other)),
  uniqueItems: either,
  minimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
};

/** Joins two schemas keyword by keyword. */
export function merged(one: JsonObject, other: JsonObject): Merged {
  const schema: Record<string, Json> = { ...one };
  const unmerged: string[] = [];
  for (const [keyword, value] of Object.entries(other)) {
    const mine = schema[keyword];
    if (mine === undefined || same(mine, value)) schema[keyword] = value;
    else if (keyword === "oneOf" || keyword === "anyOf" || keyword === "$ref") {
      schema["allOf"] = [...arrayOf(schema["allOf"]), { [keyword]: value }];
      // Of two choices the second waits until the first is made.
      if (keyword !== "$ref") unmerged.push(...postponed(schema, keyword, value));
    } else {
      const joined = joins[keyword]?.(mine, value);
      if (joined === undefined) unmerged.push(keyword);
      else schema[keyword] = joined;
    }
  }
  if (closes(one, other) || closes(other, one)) unmerged.push("additionalProperties");
  return { schema, unmerged };
}

/** Two lists of alternatives are not multiplied out: the second is left to the check. */
function postponed(schema: Record<string, Json>, keyword: string, value: Json): readonly string[] {
  const rest = arrayOf(schema["allOf"]).filter((one) => objectOf(one)[keyword] !== value);
  if (rest.length === 0) delete schema["allOf"];
  else schema["allOf"] = rest;
  return [keyword];
}

/** Whether `one` allows no properties but its own, and `other` has some. */
function closes(one: JsonObject, other: JsonObject): boolean {
  const own = objectOf(one["properties"]);
  const open = one["additionalProperties"] === undefined || one["additionalProperties"] === true;
  return !open && Object.keys(objectOf(other["properties"])).some((key) => !(key in own));
}

function eachKey(one: JsonObject, other: JsonObject): JsonObject {
  const joined: Record<string, Json> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const mine = joined[key];
    joined[key] = mine === undefined || same(mine, value) ? value : { allOf: [mine, value] };
  }
  return joined;
}

function sharedTypes(one: Json, other: Json): Json {
  const [mine, theirs] = [one, other].map((types) => (Array.isArray(types) ? types : [types]));
  const has = (types: readonly Json[] | undefined, type: Json) =>
    types?.includes(type) === true || (type === "integer" && types?.includes("number") === true);
  return [...new Set([...(mine ?? []), ...(theirs ?? [])])].filter((type) => has(mine, type) && has(theirs, type));
}

function numbers(one: Json, other: Json, pick: (a: number, b: number) => number): number | undefined {
  const [a, b] = [numberOf(one), numberOf(other)];
  return a === null || b === null ? undefined : pick(a, b);
}

function same(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
