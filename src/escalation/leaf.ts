import { z } from "zod";
import type { Schema } from "../ports/index.ts";

/** The schema of one dotted path, or null. */
export function leafAt(schema: Schema, path: string): z.ZodType | null {
  let here: z.ZodType | undefined = schema;
  for (const key of path.split(".")) {
    const inner: z.ZodType = unwrapped(here);
    if (inner instanceof z.ZodObject) here = Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined;
    else here = inner instanceof z.ZodArray && /^\d+$/.test(key) ? (inner.element as z.ZodType) : undefined;
    if (!here) return null;
  }
  return here;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let here = schema;
  while (here instanceof z.ZodNullable || here instanceof z.ZodOptional || here instanceof z.ZodDefault) {
    here = here.unwrap() as z.ZodType;
  }
  return here;
}
