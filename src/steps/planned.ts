import { jsonSchema, WeirError } from "../core/index.ts";
import type { Schema } from "../ports/index.ts";
import { type DecodePlan, planOf, shownLoss, type WindowSize } from "../slm/index.ts";
import { unsupportedPaths } from "./schema.ts";

/** What extract makes of a schema when a workflow loads. */

/** How each path is decided. @throws WeirError `workflow.invalid` naming every path that nothing can decide */
export function planFor(schema: Schema, step: string): DecodePlan {
  const unsupported = unsupportedPaths(schema);
  if (unsupported.length > 0) {
    throw new WeirError(
      "workflow.invalid",
      `Step "${step}" cannot decide ${unsupported.map(({ path, type }) => `"${path}" (${type})`).join(", ")}.`,
      { hint: "Use what JSON can hold: strings, numbers, booleans, enums, dates, money(), objects, arrays, unions." },
    );
  }
  return named(step, () => planOf(jsonSchema(schema)));
}

/** @throws WeirError `workflow.invalid` for a window that no text fits in, or after which none comes */
export function checkWindow({ tokens, overlap, most = 1 }: WindowSize, step: string): void {
  const areWhole = [tokens, overlap, most].every((one) => Number.isInteger(one));
  if (areWhole && tokens >= 1 && overlap >= 0 && overlap <= tokens / 2 && most >= 1) return;
  throw new WeirError(
    "workflow.invalid",
    `Step "${step}" has a window of ${tokens} tokens with an overlap of ${overlap}.`,
    {
      hint: "Give whole numbers of tokens; the overlap is at most half of the window.",
    },
  );
}

/** What of the schema a grammar does not hold, by name; it stands in the step's shape. */
export function lossesOf(schema: Schema, step: string): readonly string[] {
  return named(step, () => planOf(jsonSchema(schema)).losses.map(shownLoss));
}

function named<T>(step: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof WeirError)) throw thrown;
    throw new WeirError(thrown.code, `Step "${step}": ${thrown.message}`, { hint: thrown.hint });
  }
}
