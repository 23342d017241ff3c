import { z } from "zod";
import { type Meaning, meaningOf } from "./labels.ts";

/** What the values of a field are; says which candidates can be one. */
export type FieldType =
  | "money"
  | "date"
  | "iban"
  | "vat"
  | "currency"
  | "identifier"
  | "name"
  | "address"
  | "place"
  | "duration"
  | "text"
  | "integer"
  | "decimal"
  | "enum"
  | "boolean";

/** One path of a schema as something to look for on a page. */
export interface FieldSpec {
  /** "seller.name"; inside an array "lines.*.amount". */
  readonly path: string;
  readonly type: FieldType;
  readonly description: string;
  /** Whether the page may not state it. */
  readonly nullable: boolean;
  /** The path of the array it is a column of, or null. */
  readonly array: string | null;
  /** The values of an enum; empty otherwise. */
  readonly options: readonly string[];
  /** Whether the printed form is a JSON number. */
  readonly numeric: boolean;
  /** What its path and description say. */
  readonly meaning: Meaning;
  /** What its path alone says. */
  readonly named: Meaning;
}

const types = new Set<string>([
  "money",
  "date",
  "iban",
  "vat",
  "currency",
  "identifier",
  "name",
  "address",
  "place",
  "duration",
  "text",
  "integer",
  "decimal",
]);

/**
 * The leaves of a schema. A type is taken from `.meta({ weir: "identifier" })`, else from the zod type,
 * else from the words of the path and the description.
 */
export function fieldsOf(schema: z.ZodObject): readonly FieldSpec[] {
  return leavesOf(schema, { path: [], nullable: false, array: null, description: "" });
}

interface Place {
  readonly path: readonly string[];
  readonly nullable: boolean;
  readonly array: string | null;
  readonly description: string;
}

function leavesOf(schema: z.core.$ZodType, place: Place): readonly FieldSpec[] {
  const { inner, nullable, description, hint } = unwrapped(schema, place.description);
  const here = { ...place, nullable: place.nullable || nullable, description };
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, child]) =>
      leavesOf(child, { ...here, path: [...here.path, key], description: "" }),
    );
  }
  if (inner instanceof z.ZodArray) {
    const array = here.path.join(".");
    return leavesOf(inner.element, { ...here, path: [...here.path, "*"], array, description: "" });
  }
  return [specOf(inner, hint, here)];
}

interface Unwrapped {
  readonly inner: z.core.$ZodType;
  readonly nullable: boolean;
  readonly description: string;
  readonly hint: string | null;
}

/** Takes off nullable, optional, default and codec; the outermost description and hint count. */
function unwrapped(schema: z.core.$ZodType, outer: string): Unwrapped {
  let inner = schema;
  let nullable = false;
  let description = "";
  let hint: string | null = null;
  for (;;) {
    const meta = z.globalRegistry.get(inner) ?? {};
    if (description === "" && typeof meta.description === "string") description = meta.description;
    const weir = meta["weir"];
    if (hint === null && typeof weir === "string" && types.has(weir)) hint = weir;
    if (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
      nullable = true;
      inner = inner.unwrap();
    } else if (inner instanceof z.ZodPipe || inner instanceof z.ZodCodec) {
      inner = inner.in;
    } else if (inner instanceof z.ZodReadonly) {
      inner = inner.unwrap();
    } else {
      return { inner, nullable, description: description === "" ? outer : description, hint };
    }
  }
}

function specOf(schema: z.core.$ZodType, hint: string | null, place: Place): FieldSpec {
  const path = place.path.join(".");
  const named = meaningOf(spoken(place.path));
  const meaning = meaningOf(`${spoken(place.path)} ${place.description}`);
  const options = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
  const numeric = schema instanceof z.ZodNumber;
  const type = (hint as FieldType | null) ?? typeOf(schema, meaning, place.path);
  return {
    path,
    type,
    description: place.description,
    nullable: place.nullable,
    array: place.array,
    options,
    numeric,
    meaning,
    named,
  };
}

/** "seller.vatId" → "seller vat id"; array signs say nothing. */
function spoken(path: readonly string[]): string {
  return path
    .filter((key) => key !== "*")
    .join(" ")
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ")
    .replaceAll(/[_-]/g, " ");
}

function typeOf(schema: z.core.$ZodType, meaning: Meaning, path: readonly string[]): FieldType {
  if (schema instanceof z.ZodEnum) return "enum";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodNumber) return schema.format === "safeint" ? "integer" : "decimal";
  if (schema instanceof z.ZodISODate || schema instanceof z.ZodISODateTime) return "date";
  return typeOfWords(meaning, spoken(path.slice(-1)).toLowerCase());
}

function typeOfWords(meaning: Meaning, last: string): FieldType {
  if (meaning.has("iban")) return "iban";
  if (meaning.has("currency")) return "currency";
  if (meaning.has("tax") && (meaning.has("identity") || meaning.has("number"))) return "vat";
  const own = meaningOf(last);
  if (own.has("address")) return "address";
  if (/\b(?:on|date|from|until|at)\b/.test(last) && own.has("date")) return "date";
  if (own.has("amount") || own.has("total") || own.has("unitPrice")) return "money";
  if (own.has("number") || own.has("identity") || own.has("reference") || own.has("order")) return "identifier";
  if (own.has("name") || own.has("seller") || own.has("buyer") || own.has("customer")) return "name";
  if (/\b(?:jurisdiction|country|governing law)\b/.test(last)) return "place";
  if (/\b(?:duration|term)\b/.test(last)) return "duration";
  if (meaning.has("number") || meaning.has("reference")) return "identifier";
  return "text";
}
