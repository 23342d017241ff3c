import type { OutOfFold, Scope } from "../core/index.ts";
import { oneOfEach } from "./votes.ts";

/** Which labelled answers witness for which documents to come. */

/**
 * The answers that speak of a scope. Of `any`: one to each example and path (to each of a list's items),
 * by readers that knew its sender where the sender has other examples, else by readers that did not. So
 * would the example have been met had it come after all others, and the share of senders seen once
 * estimates the share of documents whose senders were never seen (Good and Turing).
 */
export function answersOf<Row extends Pick<OutOfFold, "example" | "path" | "population">>(
  rows: readonly Row[],
  scope: Scope,
): readonly Row[] {
  if (scope !== "any") return rows.filter(({ population }) => population === scope);
  const keyOf = ({ example, path }: Row) => `${example}\n${path}`;
  const met = new Set(rows.filter(({ population }) => population === "known").map(keyOf));
  return rows.filter((row) => row.population === "known" || !met.has(keyOf(row)));
}

/**
 * The answers that count as independent ones: one a document (lists have many), and about new senders
 * one a sender. Further documents of known senders come from the very senders that were labelled, and
 * documents as they come from the same mix, so that each document stands for itself.
 */
export function counted<Row extends { readonly example: string }>(
  rows: readonly Row[],
  scope: Scope,
  sourceOf: (example: string) => string,
): readonly Row[] {
  return oneOfEach(rows, ({ example }) => (scope === "new" ? sourceOf(example) : example));
}
