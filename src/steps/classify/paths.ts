import { z } from "zod";
import { type Json, WeirError } from "../../core/index.ts";
import type { Schema } from "../../ports/index.ts";
import { leavesOf } from "../schema.ts";

/** What classify can decide of a schema, found out when the workflow loads. */

/** A path whose value is one of a set. */
export interface ChoicePath {
  readonly path: string;
  readonly nullable: boolean;
  readonly description: string;
  /** The values; null where they come at run time, by the setting of this name. */
  readonly options: readonly string[] | null;
  readonly setting: string | null;
  readonly isBoolean: boolean;
}

/**
 * A value out of a set that comes at run time: from `--set NAME=FILE.json`
 * (`[{"name", "description"}]`), or from the examples that the workflow was taught with.
 */
export function label(setting: string): z.ZodString {
  return z.string().meta({ weir: "label", setting });
}

const labelMeta = z.object({ weir: z.literal("label"), setting: z.string() });

/** @throws WeirError `workflow.invalid` naming what cannot be chosen */
export function choicePaths(schema: Schema, step: string): readonly ChoicePath[] {
  return leavesOf(schema, "", false).map(({ path, schema: leaf, nullable }): ChoicePath => {
    const meta = leaf instanceof z.ZodType ? leaf.meta() : undefined;
    const found = setOf(leaf, meta);
    if (found && !path.includes("*")) {
      return Object.assign(found, { path, nullable, description: meta?.description ?? "" });
    }
    throw new WeirError("workflow.invalid", `Step "${step}" cannot choose a value for "${path}".`, {
      hint: 'classify decides enums, booleans and label("SETTING"); use extract for what stands on the page.',
    });
  });
}

/** What the values of a leaf are, or null where they are no set. */
function setOf(leaf: z.core.$ZodType, meta: unknown): Pick<ChoicePath, "options" | "setting" | "isBoolean"> | null {
  if (leaf instanceof z.ZodEnum) return { options: leaf.options.map(String), setting: null, isBoolean: false };
  if (leaf instanceof z.ZodBoolean) return { options: ["true", "false"], setting: null, isBoolean: true };
  const labelled = labelMeta.safeParse(meta);
  return labelled.success ? { options: null, setting: labelled.data.setting, isBoolean: false } : null;
}

/** Answers are compared as text; the empty one says that the document does not state it. */
export function choiceOf(value: Json): string {
  return value === null ? "" : String(value);
}

export function valueOf(choice: string, { isBoolean }: Pick<ChoicePath, "isBoolean">): Json {
  if (choice === "") return null;
  return isBoolean ? choice === "true" : choice;
}
