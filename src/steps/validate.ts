import type { z } from "zod";
import {
  type Doubt,
  type DraftData,
  type Json,
  InvariantBroken,
  nestBest,
  raise,
  valueAt,
  withdraw,
} from "../core/index.ts";
import type { Draft, PathOf, Schema, Step, ValueAt } from "../ports/index.ts";

/** What a rule is given: for each path it names, the parsed value. */
export type RuleValues<S extends Schema, P extends string> = { readonly [K in P]: ValueAt<S, K> };

/** Says why the named paths may be wrong, in plain words. */
export type RaiseDoubt = (message: string) => void;

/**
 * A rule over paths that must agree. It runs when all of them are present and of the right form; a
 * doubt it raises falls on all of them. It reads the best answers, accepted or not, and is asked
 * again when a person changes one.
 * @param name names the step and the doubt's code, `rule.NAME`
 */
export function validate<S extends Schema, const P extends PathOf<S>>(
  name: string,
  paths: readonly P[],
  rule: (values: RuleValues<S, P>, doubt: RaiseDoubt) => void,
): Step<Draft<S>, Draft<S>> {
  const recheck = (before: DraftData, schema: Schema): DraftData => {
    const draft = withdraw(before, name);
    const values = parsedValues(draft, paths, schema);
    if (!values) return draft;
    const doubts: Doubt[] = [];
    rule(values as RuleValues<S, P>, (message) => {
      doubts.push({ code: `rule.${name}`, paths: leavesUnder(draft, paths), message, step: name });
    });
    return doubts.reduce(raise, draft);
  };
  return {
    name,
    kind: "validate",
    shape: { paths: [...paths], rule: String(rule) },
    run: async (state, { schema }) => {
      if (!schema) throw new InvariantBroken("A rule in a workflow without a schema.");
      return { ...state, draft: recheck(state.draft, schema) };
    },
    recheck,
  };
}

/** The parsed form of every path, or null when one is absent or not of its form. */
function parsedValues(draft: DraftData, paths: readonly string[], schema: Schema): Record<string, unknown> | null {
  const best: Json = nestBest(draft.decisions);
  const values: Record<string, unknown> = {};
  for (const path of paths) {
    const value = valueAt(best, path) ?? null;
    if (value === null) return null;
    const parsed = schemaAt(schema, path).safeParse(value);
    if (!parsed.success || parsed.data === null || parsed.data === undefined) return null;
    values[path] = parsed.data;
  }
  return values;
}

function schemaAt(schema: Schema, path: string): z.ZodType {
  let here: z.ZodType = schema;
  for (const key of path.split(".")) {
    while ("unwrap" in here && typeof here.unwrap === "function") here = here.unwrap() as z.ZodType;
    const next: z.ZodType | undefined = "shape" in here ? (here as Schema).shape[key] : undefined;
    if (!next) throw new InvariantBroken(`No path "${path}" in the schema.`);
    here = next;
  }
  return here;
}

/** "lines" stands for every leaf below it that was decided. */
function leavesUnder(draft: DraftData, paths: readonly string[]): string[] {
  const decided = Object.keys(draft.decisions);
  return paths.flatMap((path) => decided.filter((leaf) => leaf === path || leaf.startsWith(`${path}.`)));
}
