import { z } from "zod";
import type { JsonObject } from "./json.ts";

/** JSON Schema of the printed form: what state, results and the model's grammar hold. */
export function jsonSchema(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
}
