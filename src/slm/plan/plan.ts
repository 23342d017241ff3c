import { type Json, type JsonObject, WeirError } from "../../core/index.ts";
import { toDialect } from "./dialect.ts";
import { arrayOf, objectOf } from "./keywords.ts";
import type { Loss } from "./losses.ts";

/**
 * How each path of a schema is decided:
 * `compute`: only one value is possible. `choose`: one of a set, each scored as the answer.
 * `point`: what stands in the document. `write`: free text. `grammar`: whatever else JSON can hold,
 * written under a grammar of its own.
 */
export type Strategy = "compute" | "choose" | "point" | "write" | "grammar";

export interface PlannedPath {
  /** "seller.name", "lines.*.amount". */
  readonly path: string;
  readonly strategy: Strategy;
  /** What a person would call it: its description, else its name in words. */
  readonly label: string;
  /** The values of `choose`, the only one of `compute`; else empty. */
  readonly values: readonly Json[];
  /** Type of the value where it is no set: string, number, integer, date, … ; "any" for `grammar`. */
  readonly type: string;
  /** Whether null is an answer. */
  readonly nullable: boolean;
  /** Whether it may be left out. */
  readonly optional: boolean;
  /** The part of the schema that says what the value is, in the words a grammar holds. */
  readonly schema: JsonObject;
}

export interface DecodePlan {
  readonly paths: readonly PlannedPath[];
  /** Arrays of flat objects or values: their region of the page is found first, then its rows. */
  readonly arrays: readonly string[];
  /** The whole schema as a grammar holds it. */
  readonly written: JsonObject;
  /** What of the schema neither strategies nor grammar hold: it is checked afterwards, or never written. */
  readonly losses: readonly Loss[];
}

/** @throws WeirError `workflow.invalid` naming what no value can be written for */
export function planOf(schema: JsonObject): DecodePlan {
  const { schema: written, losses } = toDialect(schema);
  if (written === null) {
    const where = losses.filter(({ effect }) => effect === "impossible").map(shownLoss);
    throw new WeirError("workflow.invalid", `No answer can be written for the schema: ${where.join(", ")}.`, {
      hint: "References must stay inside the schema, and at least one value must fit it.",
    });
  }
  const planner = new Planner(objectOf(written["$defs"]));
  planner.visit(written, { path: "", nullable: false, optional: false, rows: false });
  return { paths: planner.paths, arrays: planner.arrays, written, losses };
}

/** "lines.*.amount: multipleOf (unchecked)". */
export function shownLoss({ path, keyword, effect }: Loss): string {
  return `${path === "" ? "the whole" : path}: ${keyword} (${effect})`;
}

interface Place {
  readonly path: string;
  readonly nullable: boolean;
  readonly optional: boolean;
  /** Whether it stands in an array already. */
  readonly rows: boolean;
}

class Planner {
  readonly paths: PlannedPath[] = [];
  readonly arrays: string[] = [];
  readonly #definitions: JsonObject;
  readonly #open = new Set<string>();

  constructor(definitions: JsonObject) {
    this.#definitions = definitions;
  }

  visit(schema: JsonObject, place: Place): void {
    const { $ref: reference } = schema;
    if (typeof reference === "string") return this.#named(schema, reference, place);
    const { inner, nullable } = withoutNull(schema);
    const here = { ...place, nullable: place.nullable || nullable };
    if (inner !== schema) return this.visit(inner, here);
    const { type } = inner;
    const properties = Object.entries(objectOf(inner["properties"]));
    if (type === "object" && properties.length > 0) return this.#object(inner, properties, here);
    if (type === "array" && isTable(inner) && !here.rows) return this.#table(inner, here);
    this.#leaf(inner, here);
  }

  #named(schema: JsonObject, reference: string, place: Place): void {
    const name = reference.replace("#/$defs/", "");
    // What holds itself has no paths of its own.
    if (this.#open.has(name)) return this.#leaf(schema, place);
    this.#open.add(name);
    const target = objectOf(this.#definitions[name]);
    this.visit(
      { ...target, ...("description" in schema ? { description: schema["description"] ?? null } : {}) },
      place,
    );
    this.#open.delete(name);
  }

  #object(schema: JsonObject, properties: readonly (readonly [string, Json])[], place: Place): void {
    const required = new Set(arrayOf(schema["required"]));
    for (const [key, value] of properties) {
      const path = place.path === "" ? key : `${place.path}.${key}`;
      const optional = place.optional || !required.has(key);
      this.visit(objectOf(value), { path, nullable: place.nullable, optional, rows: place.rows });
    }
  }

  #table(schema: JsonObject, place: Place): void {
    this.arrays.push(place.path);
    const path = place.path === "" ? "*" : `${place.path}.*`;
    this.visit(objectOf(schema["items"]), { ...place, path, rows: true });
  }

  #leaf(schema: JsonObject, { path, nullable, optional }: Place): void {
    const { strategy, values } = decided(schema);
    const label = typeof schema["description"] === "string" ? schema["description"] : inWords(path);
    const type =
      typeof schema["format"] === "string"
        ? schema["format"]
        : typeof schema["type"] === "string"
          ? schema["type"]
          : "any";
    const whole = this.#closed(schema);
    this.paths.push({ path, strategy, label, values, type, nullable, optional, schema: whole });
  }

  /** With the definitions it refers to, so that it stands alone. */
  #closed(schema: JsonObject): JsonObject {
    return JSON.stringify(schema).includes('"$ref"') ? { ...schema, $defs: this.#definitions } : schema;
  }
}

function decided(schema: JsonObject): { readonly strategy: Strategy; readonly values: readonly Json[] } {
  if ("const" in schema) return { strategy: "compute", values: [schema["const"] ?? null] };
  const values = choices(schema);
  if (values !== null) return { strategy: values.length === 1 ? "compute" : "choose", values };
  switch (schema["type"]) {
    case "number":
    case "integer":
      return { strategy: "point", values: [] };
    case "string":
      return { strategy: schema["weir"] === "prose" ? "write" : "point", values: [] };
    default:
      return { strategy: "grammar", values: [] };
  }
}

/** The values of a set; null where it is none. */
function choices(schema: JsonObject): readonly Json[] | null {
  if (Array.isArray(schema["enum"])) return schema["enum"];
  if (schema["type"] === "boolean") return [true, false];
  if (schema["type"] === "null") return [null];
  const sets = arrayOf(schema["anyOf"]).map((one) =>
    "const" in objectOf(one) ? [objectOf(one)["const"] ?? null] : choices(objectOf(one)),
  );
  return sets.length > 0 && sets.every((set) => set !== null) ? sets.flat() : null;
}

/** Takes null out of the alternatives. */
function withoutNull(schema: JsonObject): { readonly inner: JsonObject; readonly nullable: boolean } {
  const { anyOf, enum: values, ...rest } = schema;
  if (Array.isArray(anyOf)) {
    const others = anyOf.filter((one: Json) => objectOf(one)["type"] !== "null" && objectOf(one)["const"] !== null);
    if (others.length === anyOf.length || others.length === 0) return { inner: schema, nullable: false };
    const inner = others.length === 1 ? { ...rest, ...objectOf(others[0]) } : { ...rest, anyOf: others };
    return { inner: inner as JsonObject, nullable: true };
  }
  if (Array.isArray(values) && values.length > 1 && values.includes(null)) {
    return { inner: { ...rest, enum: values.filter((value: Json) => value !== null) } as JsonObject, nullable: true };
  }
  return { inner: schema, nullable: false };
}

/** Whether its items are rows: values, or objects of them, all of one kind. */
function isTable(schema: JsonObject): boolean {
  const item = withoutNull(objectOf(schema["items"])).inner;
  if (schema["prefixItems"] !== undefined) return false;
  if (item["type"] !== "object")
    return ["string", "number", "integer"].includes(String(item["type"])) || Array.isArray(item["enum"]);
  const cells = Object.values(objectOf(item["properties"])).map((cell) => withoutNull(objectOf(cell)).inner);
  return cells.length > 0 && cells.every((cell) => decided(cell).strategy !== "grammar");
}

/** "issuedOn" → "issued on", "seller.vatId" → "seller vat id". */
function inWords(path: string): string {
  return path
    .split(".")
    .filter((part) => part !== "*")
    .join(" ")
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase();
}
