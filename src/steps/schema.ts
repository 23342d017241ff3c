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

/** Lists that the document may not have, as the schema names them. */
export function optionalLists(schema: z.core.$ZodType, path = "", within = false): readonly string[] {
  const { inner, nullable } = unwrapped(schema, within);
  if (inner instanceof z.ZodArray) return nullable ? [path] : [];
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([key, child]) =>
    optionalLists(child, path === "" ? key : `${path}.${key}`, nullable),
  );
}

/** Kinds of values that JSON holds; a union or a map is as good as what it is made of. */
const kinds = [z.ZodString, z.ZodStringFormat, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodNull];

function isSupported({ schema }: Leaf): boolean {
  const made = madeOf(schema);
  if (made === null) return kinds.some((kind) => schema instanceof kind);
  return made.every((part) => leavesOf(part, "", false).every((leaf) => isSupported(leaf)));
}

/** Null for what is not made of other schemas. */
function madeOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] | null {
  if (schema instanceof z.ZodUnion) return schema.options;
  if (schema instanceof z.ZodTuple) return schema.def.items;
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return null;
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
