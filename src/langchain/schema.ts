import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema } from "@langchain/core/utils/standard_schema";
import { interopSafeParseAsync, isInteropZodSchema, isZodSchemaV4 } from "@langchain/core/utils/types";
import type { z } from "zod";
import { type Json, type JsonObject, jsonSchema, WeirError } from "../core/index.ts";

/** A schema as LangChain's users write it: zod of either version, a standard schema, or JSON Schema. */
export function jsonSchemaOf(schema: object): JsonObject {
  if (isInteropZodSchema(schema)) {
    // The printed form: what a parser reads, not what it makes of it.
    return isZodSchemaV4(schema) ? jsonSchema(schema as unknown as z.ZodType) : (toJsonSchema(schema) as JsonObject);
  }
  return (isSerializableSchema(schema) ? toJsonSchema(schema) : schema) as JsonObject;
}

/** What the schema makes of an answer; JSON Schema makes nothing of it. @throws WeirError `answer.invalid` */
export async function parsedBy(schema: object, value: Json): Promise<Record<string, unknown>> {
  if (isInteropZodSchema(schema)) {
    const { success, data, error } = await interopSafeParseAsync(schema, value);
    if (success) return data as Record<string, unknown>;
    throw refused(error.issues[0]?.message);
  }
  if (!isSerializableSchema(schema)) return value as JsonObject;
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value as Record<string, unknown>;
  throw refused(result.issues[0]?.message);
}

function refused(why: string | undefined): WeirError {
  return new WeirError("answer.invalid", `What the model wrote does not fit the schema: ${why ?? "it says no more"}`);
}
