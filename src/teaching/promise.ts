import { type CertifyOptions, certify } from "../confidence/index.ts";
import type { Certificate, OutOfFold } from "../core/index.ts";
import { schemaAt } from "../engine/answers.ts";
import type { LabelledExample, Schema } from "../ports/index.ts";

/** What may be promised of answers to labelled examples. */
export function certificatesOf(
  schema: Schema,
  rows: readonly OutOfFold[],
  examples: readonly LabelledExample[],
  terms: Pick<CertifyOptions, "risk" | "isDrawn" | "isWhole">,
): readonly Certificate[] {
  const sources = new Map(examples.map(({ id, source }) => [id, source]));
  const paths = [...new Set(rows.map(({ path }) => path))];
  const optional = new Set(paths.filter((path) => schemaAt(schema, path)?.safeParse(null).success));
  return certify(rows, { ...terms, optional, sourceOf: (id) => sources.get(id) ?? id });
}
