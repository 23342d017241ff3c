import type { Json, JsonObject } from "../../core/index.ts";
import { type Loss, type LossEffect, Notes } from "./losses.ts";
import { arrayOf, objectOf, typesOf, valueTypes, type ValueType } from "./keywords.ts";
import { merged } from "./merge.ts";
import { fits } from "./check.ts";
import { References } from "./references.ts";
import { arrayForm } from "./forms/array.ts";
import { numberForm } from "./forms/number.ts";
import { objectForm } from "./forms/object.ts";
import { stringForm } from "./forms/string.ts";

/**
 * What of a JSON Schema can be written under a grammar: the same schema in the few keywords that a
 * grammar holds exactly, and by name everything that is lost on the way.
 */
export interface Written {
  /**
   * `type` (one), `properties`, `required`, `additionalProperties`, `prefixItems`, `items`, `minItems`, `maxItems`,
   * `minLength`, `maxLength`, `format` (date, date-time, time, uuid), `minimum` (0), `enum`, `const`, `anyOf`, `$ref` to
   * `#/$defs`; an empty schema is any JSON value. Null where no value can be written at all.
   */
  readonly schema: JsonObject | null;
  readonly losses: readonly Loss[];
}

export function toDialect(schema: Json): Written {
  const writer = new DialectWriter(schema);
  const root = writer.write(schema, "");
  const { definitions } = writer;
  const whole = root === null || Object.keys(definitions).length === 0 ? root : { ...root, $defs: definitions };
  return { schema: whole, losses: writer.notes.all() };
}

/** How large a schema may grow when its alternatives are multiplied out. */
const nodesMax = 2_000;
/** How deep references with words of their own are copied to where they stand: they may lead back to themselves. */
const depthMax = 8;

export class DialectWriter {
  readonly notes = new Notes();
  readonly references: References;
  readonly #definitions = new Map<string, JsonObject | null>();
  #nodes = 0;
  #depth = 0;

  constructor(root: Json) {
    this.references = new References(root);
  }

  /** Referred to by `#/$defs/NAME`, as far as something can be written for them. */
  get definitions(): JsonObject {
    return Object.fromEntries([...this.#definitions].filter(([, schema]) => schema !== null)) as JsonObject;
  }

  /** @returns null where no value of the schema can be written */
  write(schema: Json, path: string): JsonObject | null {
    this.#depth += 1;
    const written = this.#write(schema, path);
    this.#depth -= 1;
    return written;
  }

  #write(schema: Json, path: string): JsonObject | null {
    if (schema === true) return {};
    if (schema === false || typeof schema !== "object" || schema === null || Array.isArray(schema)) {
      return this.#impossible(path, schema === false ? "false" : "schema");
    }
    if (++this.#nodes > nodesMax) return this.#impossible(path, "size");
    const named = this.#reference(schema as JsonObject, path);
    if (named !== undefined) return named;
    const flat = this.#flattened(schema as JsonObject, path);
    if (flat === null) return null;
    const alternatives = this.#alternatives(flat, path);
    if (alternatives !== undefined) return alternatives;
    this.notes.unwritten(flat, path);
    const written = this.#values(flat, path) ?? this.#types(flat, path);
    return written === null ? null : { ...told(flat), ...written };
  }

  lose(path: string, keyword: string, effect: LossEffect): void {
    this.notes.add({ path, keyword, effect });
  }

  #impossible(path: string, keyword: string): null {
    this.lose(path, keyword, "impossible");
    return null;
  }

  /** A schema that only refers to another one is written once, under a name: it may refer to itself. */
  #reference(schema: JsonObject, path: string): JsonObject | null | undefined {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return undefined;
    if (this.references.hasOwnWords(schema)) {
      const ignored = this.references.ignoresSiblings;
      if (!ignored && this.#depth < depthMax) return undefined;
      this.lose(path, "beside $ref", ignored ? "unknown" : "unchecked");
    }
    const target = this.references.target(reference);
    if (target === undefined) return this.#impossible(path, "$ref");
    const name = this.references.nameOf(reference);
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, {}); // Taken before it is written.
      this.#definitions.set(name, this.write(target, path));
    }
    return this.#definitions.get(name) === null ? null : { ...told(schema), $ref: `#/$defs/${name}` };
  }

  /** `allOf` and references with words of their own become one schema. */
  #flattened(schema: JsonObject, path: string): JsonObject | null {
    let flat = schema;
    for (let turns = 0; turns < 64; turns++) {
      const { $ref: reference, allOf, ...rest } = flat;
      if (reference === undefined && allOf === undefined) return flat;
      let next: JsonObject | null = rest as JsonObject;
      if (reference !== undefined) {
        const target = this.references.target(String(reference));
        if (target === undefined) return this.#impossible(path, "$ref");
        next = this.#merged(next, target, path);
      }
      for (const branch of arrayOf(allOf)) next = next && this.#merged(next, branch, path);
      if (next === null) return null;
      flat = next;
    }
    return this.#impossible(path, "$ref");
  }

  #merged(one: JsonObject, other: Json, path: string): JsonObject | null {
    if (other === true) return one;
    if (other === false) return this.#impossible(path, "allOf");
    const { schema, unmerged } = merged(one, objectOf(other));
    for (const keyword of unmerged) this.lose(path, keyword, "unchecked");
    return schema;
  }

  #alternatives(schema: JsonObject, path: string): JsonObject | null | undefined {
    for (const keyword of ["anyOf", "oneOf"] as const) {
      const { [keyword]: branches, ...base } = schema;
      if (!Array.isArray(branches)) continue;
      const before = this.notes.size;
      const written = branches.flatMap((branch: Json) => {
        const whole = this.#merged(base as JsonObject, branch, path);
        const form = whole === null ? null : this.write(whole, path);
        return form === null ? [] : [form];
      });
      // A branch that cannot be written only narrows the choice.
      if (written.length > 0) this.notes.soften(before, path);
      if (keyword === "oneOf" && !exclusive(written)) this.lose(path, "oneOf", "unchecked");
      if (written.length === 0) return this.#impossible(path, keyword);
      return written.length === 1 ? { ...told(schema), ...written[0] } : { ...told(schema), anyOf: written };
    }
    return undefined;
  }

  #values(schema: JsonObject, path: string): JsonObject | null | undefined {
    const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
    if (!Array.isArray(values)) return undefined;
    const { enum: _values, const: _value, ...rest } = schema;
    const left = values.filter((value: Json) => this.#allows(rest as JsonObject, value, path));
    if (left.length === 0) return this.#impossible(path, "enum");
    return left.length === 1 ? { const: left[0] ?? null } : { enum: left };
  }

  #allows(schema: JsonObject, value: Json, path: string): boolean {
    try {
      return fits(schema, this.references.draft)(value);
    } catch {
      // It refers to what is not here, or holds a pattern that is none.
      this.lose(path, "beside enum", "unchecked");
      return true;
    }
  }

  #types(schema: JsonObject, path: string): JsonObject | null {
    const { types, inferred } = typesOf(schema);
    if (types.length === 0) return this.#impossible(path, "type");
    if (types.length === valueTypes.length) return {};
    if (inferred) this.lose(path, "type", "narrowed");
    const forms = types.flatMap((type) => {
      const form = this.#form(type, schema, path);
      return form === null ? [] : [form];
    });
    if (forms.length === 0) return null;
    return forms.length === 1 ? (forms[0] ?? null) : { anyOf: forms };
  }

  #form(type: ValueType, schema: JsonObject, path: string): JsonObject | null {
    switch (type) {
      case "object":
        return objectForm(schema, path, this);
      case "array":
        return arrayForm(schema, path, this);
      case "string":
        return stringForm(schema, path, this);
      case "number":
      case "integer":
        return numberForm(type, schema, path, this);
      case "boolean":
      case "null":
        return { type };
    }
  }
}

/** What a model or a reader is told about a value, whatever its form. */
function told(schema: JsonObject): JsonObject {
  const words = ["title", "description", "weir", "setting"] as const;
  return Object.fromEntries(words.flatMap((word) => (schema[word] === undefined ? [] : [[word, schema[word]]])));
}

/** Whether no value can be of two of the alternatives. */
function exclusive(written: readonly JsonObject[]): boolean {
  if (written.length < 2) return true;
  const values = written.map((one) => ("const" in one ? [one["const"]] : one["enum"]));
  if (values.every((one) => Array.isArray(one))) {
    const all = values.flat().map((value) => JSON.stringify(value));
    return new Set(all).size === all.length;
  }
  const kinds = written.map((one) => kindOf(one));
  if (kinds.every((kind) => kind !== null) && new Set(kinds).size === kinds.length) return true;
  return discriminated(written);
}

function kindOf(schema: JsonObject): string | null {
  const { type } = schema;
  return typeof type !== "string" ? null : type === "integer" ? "number" : type;
}

/** Objects that differ in a property each of them must have. */
function discriminated(written: readonly JsonObject[]): boolean {
  const [first] = written;
  return arrayOf(first?.["required"]).some((key) => {
    const values = written.map((one) => {
      const property = objectOf(objectOf(one["properties"])[String(key)]);
      const must = one["type"] === "object" && arrayOf(one["required"]).includes(key);
      return must ? JSON.stringify(property["const"]) : undefined;
    });
    return values.every((value) => value !== undefined) && new Set(values).size === values.length;
  });
}
