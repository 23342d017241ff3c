import { WeirError, type Json, type JsonObject } from "../../core/index.ts";

/**
 * JSON Schema → GBNF, llama.cpp's grammar notation. Answers are compact, one way to write each value:
 * free whitespace costs a small model tokens and multiplies the states that are tracked for each one.
 *
 * Covered is what `toDialect` of src/slm makes of any schema: objects (properties in their order, those
 * that are not required may be left out), maps, arrays and tuples, enum, const, anyOf, $ref to #/$defs,
 * string (date, date-time, time, uuid, lengths), number, integer (minimum 0), boolean, null, and {} for
 * any value. Whole numbers have 15 digits at most, which is what JavaScript holds exactly.
 */
export function jsonSchemaToGbnf(schema: JsonObject): string {
  const writer = new GrammarWriter(definitionsOf(schema));
  const root = writer.expression(schema);
  return [`root ::= ${root}`, ...writer.rules(), ...sharedRules].join("\n");
}

const sharedRules = [
  String.raw`char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])`,
  String.raw`string ::= "\"" char* "\""`,
  `leap-year ::= [0-9] [0-9] ("0" [48] | [2468] [048] | [13579] [26]) | ([02468] [048] | [13579] [26]) "00"`,
  `year ::= [0-9] [0-9] [0-9] [0-9]`,
  `day28 ::= "0" [1-9] | "1" [0-9] | "2" [0-8]`,
  `day-of-year ::= year "-" (("01" | "03" | "05" | "07" | "08" | "10" | "12") "-" (day28 | "29" | "30" | "31") | ` +
    `("04" | "06" | "09" | "11") "-" (day28 | "29" | "30") | "02-" day28) | leap-year "-02-29"`,
  `time-of-day ::= ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9] [0-9] [0-9])? ` +
    `("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])`,
  String.raw`date ::= "\"" day-of-year "\""`,
  String.raw`time ::= "\"" time-of-day "\""`,
  String.raw`date-time ::= "\"" day-of-year "T" time-of-day "\""`,
  String.raw`uuid ::= "\"" hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12} "\""`,
  `hex ::= [0-9a-f]`,
  `whole ::= "0" | [1-9] [0-9]{0,14}`,
  `integer ::= "-"? whole`,
  `fraction ::= "." [0-9]{1,12}`,
  `number ::= integer fraction?`,
  `positive ::= whole fraction?`,
  `boolean ::= "true" | "false"`,
  String.raw`any ::= string | number | boolean | "null" | "[" (any (", " any)*)? "]" | "{" (pair (", " pair)*)? "}"`,
  `pair ::= string ": " any`,
];

/** Longest length and largest count that are written into the grammar. */
const repetitionMax = 64;

class GrammarWriter {
  readonly #definitions: Readonly<Record<string, Json>>;
  readonly #rules = new Map<string, string>();

  constructor(definitions: Readonly<Record<string, Json>>) {
    this.#definitions = definitions;
  }

  rules(): string[] {
    return [...this.#rules].map(([name, body]) => `${name} ::= ${body}`);
  }

  expression(schema: Json): string {
    if (!isObject(schema)) return "any";
    const { $ref: reference, const: constant, enum: values, anyOf, oneOf, type } = schema;
    if (typeof reference === "string") return this.#definition(reference);
    if (constant !== undefined) return literal(JSON.stringify(constant));
    if (isArray(values)) return alternatives(values.map((value) => literal(JSON.stringify(value))));
    const choices = anyOf ?? oneOf;
    if (isArray(choices)) return alternatives(choices.map((choice) => this.expression(choice)));
    if (isArray(type)) return alternatives(type.map((one) => this.expression({ ...schema, type: one })));
    switch (type) {
      case "object":
        return this.#object(schema);
      case "array":
        return this.#array(schema);
      case "string":
        return stringExpression(schema);
      case "number":
        return schema["minimum"] === 0 ? "positive" : type;
      case "integer":
        return schema["minimum"] === 0 ? "whole" : type;
      case "boolean":
        return type;
      case "null":
        return literal("null");
      case undefined:
        return "any";
      default:
        throw new WeirError("workflow.invalid", `The grammar cannot write a value of the schema ${shown(schema)}.`);
    }
  }

  #object(schema: JsonObject): string {
    const properties = isObject(schema["properties"] ?? null) ? (schema["properties"] as JsonObject) : {};
    const required = isArray(schema["required"]) ? new Set(schema["required"]) : null;
    const members = Object.entries(properties).map(([key, value]) => ({
      expression: `${literal(`${JSON.stringify(key)}: `)} ${this.expression(value)}`,
      // A schema that says nothing about it wants everything.
      must: required === null || required.has(key),
    }));
    if (members.length > 0) return `"{" ${this.#joined(members)} "}"`;
    const values = schema["additionalProperties"] ?? false;
    if (values === false) return literal("{}");
    const pair = `string ": " ${this.expression(values)}`;
    return `"{" (${pair} (", " ${pair})*)? "}"`;
  }

  /** Members in their order with commas between those that are written. */
  #joined(members: readonly Member[]): string {
    if (members.every(({ must }) => must)) return members.map(({ expression }) => expression).join(' ", " ');
    // From the last: `rest` may follow once something was written, `first` where nothing was.
    let rest = "";
    let first: string | null = null;
    for (const { expression, must } of members.toReversed()) {
      const member = this.#rule("member", expression);
      const begins = `${member} ${rest}`;
      if (must) first = begins;
      else first = this.#rule("first", first === null ? `(${begins})?` : `${begins} | ${first}`);
      rest = this.#rule("rest", must ? `", " ${begins}` : `(", " ${member})? ${rest}`);
    }
    return first ?? "";
  }

  #rule(kind: string, body: string): string {
    const name = `${kind}-${this.#rules.size}`;
    this.#rules.set(name, body);
    return name;
  }

  #array(schema: JsonObject): string {
    const prefix = isArray(schema["prefixItems"]) ? schema["prefixItems"].map((item) => this.expression(item)) : [];
    const rest = schema["items"] === false ? null : this.expression(schema["items"] ?? {});
    const [least, most] = [countOf(schema["minItems"]) ?? 0, countOf(schema["maxItems"])];
    return `"[" ${elements({ prefix, rest, least, most })} "]"`;
  }

  #definition(reference: string): string {
    const name = reference.replace(/^#\/(\$defs|definitions)\//, "");
    const schema = this.#definitions[name];
    if (schema === undefined)
      throw new WeirError("workflow.invalid", `The schema refers to ${reference}, which is not in it.`);
    const rule = `def-${name.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
    if (!this.#rules.has(rule)) {
      this.#rules.set(rule, ""); // Taken before it is written: definitions may refer to themselves.
      this.#rules.set(rule, this.expression(schema));
    }
    return rule;
  }
}

interface Member {
  readonly expression: string;
  readonly must: boolean;
}

interface Elements {
  readonly prefix: readonly string[];
  /** What may follow the prefix; null: nothing. */
  readonly rest: string | null;
  readonly least: number;
  readonly most: number | null;
}

function elements({ prefix, rest, least, most }: Elements): string {
  const [item, ...others] = prefix;
  const limit = most ?? Number.POSITIVE_INFINITY;
  if (limit === 0) return "";
  if (item === undefined) return rest === null ? "" : repeated(rest, least, most);
  // From the last element of the prefix to its first, each optional where fewer are enough.
  let tail = rest === null ? "" : following(rest, least - prefix.length, most === null ? null : most - prefix.length);
  for (let at = others.length; at >= 1; at--) {
    if (at + 1 > limit) continue;
    const inner = `", " ${prefix[at]}${tail === "" ? "" : ` ${tail}`}`;
    tail = at + 1 > least ? `(${inner})?` : inner;
  }
  const all = `${item}${tail === "" ? "" : ` ${tail}`}`;
  return least > 0 ? all : `(${all})?`;
}

function repeated(item: string, least: number, most: number | null): string {
  const more = following(item, least - 1, most === null ? null : most - 1);
  const filled = more === "" ? `(${item})` : `(${item} ${more})`;
  return least === 0 ? `${filled}?` : filled;
}

/** Further items, each with its comma. */
function following(item: string, least: number, most: number | null): string {
  const from = Math.max(0, least);
  if (most === null) return from === 0 ? `(", " ${item})*` : `(", " ${item}){${from},}`;
  return most <= 0 ? "" : `(", " ${item}){${from},${most}}`;
}

function stringExpression(schema: JsonObject): string {
  const { format } = schema;
  if (format === "date" || format === "time" || format === "date-time" || format === "uuid") return format;
  const [shortest, longest] = [countOf(schema["minLength"]) ?? 0, countOf(schema["maxLength"])];
  if (shortest === 0 && longest === null) return "string";
  return String.raw`"\"" char{${shortest},${longest ?? ""}} "\""`;
}

/** A count small enough to be written into the grammar. */
function countOf(value: Json | undefined): number | null {
  return typeof value === "number" && value <= repetitionMax ? value : null;
}

function definitionsOf(schema: JsonObject): Readonly<Record<string, Json>> {
  const found = schema["$defs"] ?? schema["definitions"] ?? {};
  return isObject(found) ? found : {};
}

function alternatives(expressions: readonly string[]): string {
  return `(${expressions.join(" | ")})`;
}

/** Text as a GBNF string. */
function literal(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function shown(schema: JsonObject): string {
  return JSON.stringify(schema).slice(0, 120);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
