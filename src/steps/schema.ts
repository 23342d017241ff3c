import { z } from "zod";
import type { Schema } from "../ports/index.ts";

/** What extract can decide of a schema, found out when the workflow loads. */

export interface Leaf {
  /** "lines.*.amount". */
  readonly path: string;
  readonly schema: z.core.$ZodType;
  readonly nullable: boolean;
}

/** Paths whose absence is an answer, as the schema names them: nullable themselves, or within something nullable. */
export function optionalPaths(schema: Schema): readonly string[] {
  return leavesOf(schema, "", false)
    .filter(({ nullable }) => nullable)
    .map(({ path }) => path);
}

/** Leaves of a type that no reader can decide. */
export function unsupportedPaths(schema: Schema): readonly { readonly path: string; readonly type: string }[] {
  return leavesOf(schema, "", false)
    .filter((leaf) => !isSupported(leaf))
    .map((leaf) => ({ path: leaf.path, type: typeOf(leaf.schema) }));
}

/** What zod calls it. */
function typeOf(schema: z.core.$ZodType): string {
  return schema instanceof z.ZodType ? schema.type : "unknown";
}

function isSupported({ path, schema }: Leaf): boolean {
  const nested = path.split("*").length > 2;
  const kinds = [z.ZodString, z.ZodStringFormat, z.ZodNumber, z.ZodBoolean, z.ZodEnum];
  return !nested && kinds.some((kind) => schema instanceof kind);
}

export function leavesOf(schema: z.core.$ZodType, path: string, within: boolean): readonly Leaf[] {
  const { inner, nullable } = unwrapped(schema, within);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([key, child]) =>
      leavesOf(child, path === "" ? key : `${path}.${key}`, nullable),
    );
  }
  if (inner instanceof z.ZodArray) return leavesOf(inner.element, `${path}.*`, nullable);
  return [{ path, schema: inner, nullable }];
}

function unwrapped(
  schema: z.core.$ZodType,
  within: boolean,
): { readonly inner: z.core.$ZodType; readonly nullable: boolean } {
  let inner = schema;
  let nullable = within;
  for (;;) {
    if (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
      nullable = true;
      inner = inner.unwrap();
    } else if (inner instanceof z.ZodReadonly) inner = inner.unwrap();
    else if (inner instanceof z.ZodPipe) inner = inner.in;
    else return { inner, nullable };
  }
}
