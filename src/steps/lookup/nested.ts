import { z } from "zod";
import type { Schema } from "../../ports/index.ts";

/** A row below one key of the output. */
export type RowAt<Into extends string, Row extends Schema> = z.ZodObject<{ [K in Into]: Row }>;

/** A schema below one key: what a row becomes in the output. Each leaf may be missing: the row may not be there. */
export function nested<Into extends string, Row extends Schema>(into: Into, row: Row): RowAt<Into, Row> {
  const shape = { [into]: z.object(nullable(row)) };
  // Types keep the row's own: a rule over a path runs only where the path has a value.
  return z.object(shape) as unknown as RowAt<Into, Row>;
}

function nullable(row: Schema): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(row.shape).map(([key, leaf]) => {
      const schema = leaf as z.ZodType;
      return [key, schema.safeParse(null).success ? schema : schema.nullable()];
    }),
  );
}
