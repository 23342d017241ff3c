import { WeirError, type Json, type JsonObject } from "../../core/index.ts";

/**
 * JSON Schema → GBNF, llama.cpp's grammar notation. Answers are compact, one way to write each value:
 * free whitespace costs a small model tokens and multiplies the states that are tracked for each one.
 *
 * Covered: objects (their properties, in order), arrays, enum, const, string (date, short maxLength),
 * number, integer, boolean, null, lists of types, anyOf/oneOf and $ref to #/$defs. Bounds of numbers,
 * patterns and long lengths are left to the schema check afterwards: counted repetition is what makes
 * grammars slow, and llama.cpp refuses large counts.
 */
export function jsonSchemaToGbnf(schema: JsonObject): string {
  const writer = new GrammarWriter(definitionsOf(schema));
  const root = writer.expression(schema);
  return [`root ::= ${root}`, ...writer.rules(), ...sharedRules].join("\n");
}

const sharedRules = [
  String.raw`char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])`,
  String.raw`string ::= "\"" char* "\""`,
  String.raw`date ::= "\"" [0-9] [0-9] [0-9] [0-9] "-" [01] [0-9] "-" [0-3] [0-9] "\""`,
  String.raw`integer ::= "-"? ("0" | [1-9] [0-9]*)`,
  String.raw`number ::= integer ("." [0-9]+)?`,
  String.raw`boolean ::= "true" | "false"`,
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
    if (!isObject(schema)) return "string";
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
      case "integer":
      case "boolean":
        return type;
      case "null":
        return literal("null");
      default:
        throw new WeirError("workflow.invalid", `The grammar cannot write a value of the schema ${shown(schema)}.`);
    }
  }

  #object(schema: JsonObject): string {
    const properties = isObject(schema["properties"] ?? null) ? (schema["properties"] as JsonObject) : {};
    const members = Object.entries(properties).map(([key, value]) => {
      return `${literal(`${JSON.stringify(key)}: `)} ${this.expression(value)}`;
    });
    return members.length === 0 ? literal("{}") : `"{" ${members.join(' ", " ')} "}"`;
  }

  #array(schema: JsonObject): string {
    const item = this.expression(schema["items"] ?? {});
    const [least, most] = [countOf(schema["minItems"]) ?? 0, countOf(schema["maxItems"])];
    const more = most === null ? '(", " ITEM)*' : `(", " ITEM){${Math.max(0, least - 1)},${Math.max(0, most - 1)}}`;
    const filled = `(${item} ${more.replace("ITEM", () => item)})`;
    return `"[" ${filled}${least === 0 ? "?" : ""} "]"`;
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

function stringExpression(schema: JsonObject): string {
  if (schema["format"] === "date") return "date";
  const longest = countOf(schema["maxLength"]);
  return longest === null ? "string" : String.raw`"\"" char{0,${longest}} "\""`;
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
