import { stemOf } from "./context.ts";
import { quantitiesOf } from "./numbers.ts";
import { isConditionLike, isDrugLike } from "./shapes.ts";

/** What of a text must not be lost: numbers, drugs and conditions, to count what a summary leaves out. */

export const factKinds = ["number", "drug", "condition"] as const;
export type FactKind = (typeof factKinds)[number];

export interface Fact {
  readonly kind: FactKind;
  /** Everything it may be meant by: "one twenty" is 120, or 1 and 20. */
  readonly keys: readonly string[];
}

/** Each fact once. */
export function factsOf(text: string): readonly Fact[] {
  const facts = new Map<string, Fact>();
  const add = (kind: FactKind, keys: readonly string[]) => facts.set(`${kind} ${keys.join()}`, { kind, keys });
  for (const { values } of quantitiesOf(text)) add("number", [...values]);
  for (const word of text.toLowerCase().match(/\p{L}{3,}/gu) ?? []) {
    if (isDrugLike(word)) add("drug", [word]);
    else if (isConditionLike(word)) add("condition", [stemOf(word)]);
  }
  return [...facts.values()];
}

/** Facts of one text that another one states too. */
export function statedIn(facts: readonly Fact[], text: string): readonly Fact[] {
  const known = new Set(factsOf(text).flatMap(({ kind, keys }) => keys.map((key) => `${kind} ${key}`)));
  return facts.filter(({ kind, keys }) => keys.some((key) => known.has(`${kind} ${key}`)));
}
