import { type SchemaDraft, Validator } from "@cfworker/json-schema";
import type { Json, JsonObject } from "../../core/index.ts";
import { objectOf } from "./keywords.ts";

export type Draft = SchemaDraft;

/** The draft of JSON Schema that a document names; the present one where it names none. */
export function draftOf(schema: Json): Draft {
  const uri = String(objectOf(schema)["$schema"] ?? "");
  if (/draft-0[34]/.test(uri)) return "4";
  if (/draft-0[67]/.test(uri)) return "7";
  return uri.includes("2019-09") ? "2019-09" : "2020-12";
}

/** Whether a value is one of the schema's, by a check that knows nothing of grammars. */
export function fits(schema: JsonObject, draft: Draft = draftOf(schema)): (value: Json) => boolean {
  const validator = new Validator(schema as object, draft);
  return (value) => validator.validate(value).valid;
}

/** What is wrong with a value, in one line; null where nothing is. */
export function faultOf(schema: JsonObject, value: Json): string | null {
  const { valid, errors } = new Validator(schema as object, draftOf(schema)).validate(value);
  if (valid) return null;
  const last = errors.at(-1);
  return `${last?.instanceLocation.replace(/^#\/?/, "").replaceAll("/", ".") || "the whole"}: ${last?.error ?? "not as the schema says"}`;
}
