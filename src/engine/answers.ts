import { z } from "zod";
import {
  type Decision,
  type Decisions,
  type DraftData,
  type Json,
  WeirError,
  canonicalJson,
  jsonSchema,
} from "../core/index.ts";
import type { Schema } from "../ports/index.ts";

/** What a person says about a path: a value in printed form, or that the machine's is right. */
type Answer = { readonly value: Json } | "accept";

export type Answers = Readonly<Record<string, Answer>>;

/**
 * A person's answers as decisions, checked against the schema leaf by leaf.
 * @throws WeirError `review.invalid` naming the path and the form its value must have
 */
export function toDecisions(schema: Schema, draft: DraftData, answers: Answers): Decisions {
  return Object.fromEntries(
    Object.entries(answers).map(([path, answer]) => [path, toDecision(schema, draft, path, answer)]),
  );
}

function toDecision(schema: Schema, draft: DraftData, path: string, answer: Answer): Decision {
  const known = draft.decisions[path];
  const leaf = schemaAt(schema, path);
  if (!leaf) throw invalid(`The workflow has no field "${path}".`);
  if (answer === "accept" && !known) throw invalid(`There is nothing to accept at "${path}": give a value.`);
  const value = answer === "accept" ? (known?.value ?? null) : answer.value;
  check(leaf, path, value, draft.optional.includes(path));
  if (known && canonicalJson(known.value) === canonicalJson(value)) {
    return { ...known, status: "accepted", by: "human" };
  }
  const alternatives = known ? [{ value: known.value, confidence: known.confidence }, ...known.alternatives] : [];
  return { value, confidence: null, status: "accepted", by: "human", source: [], alternatives, evidence: {} };
}

function check(leaf: z.ZodType, path: string, value: Json, optional: boolean): void {
  if (value === null) {
    if (optional || leaf.safeParse(null).success) return;
    throw invalid(`"${path}" must be stated: give ${formOf(leaf)}.`);
  }
  const parsed = leaf.safeParse(value);
  if (!parsed.success) throw invalid(`"${path}" must be ${formOf(leaf)}, not ${JSON.stringify(value)}.`);
}

function invalid(message: string): WeirError {
  return new WeirError("review.invalid", message);
}

/** The field or list a dotted path names; null for objects and unknown names. */
export function schemaAt(schema: z.ZodType, path: string): z.ZodType | null {
  let here: z.ZodType | undefined = schema;
  for (const key of path.split(".")) {
    const inner: z.ZodType = unwrapped(here);
    if (inner instanceof z.ZodObject) here = Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined;
    else here = inner instanceof z.ZodArray && /^\d+$/.test(key) ? (inner.element as z.ZodType) : undefined;
    if (!here) return null;
  }
  return unwrapped(here) instanceof z.ZodObject ? null : here;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let here = schema;
  while (here instanceof z.ZodNullable || here instanceof z.ZodOptional || here instanceof z.ZodDefault) {
    here = here.unwrap() as z.ZodType;
  }
  return here;
}

/** The form of a value in a person's words. */
export function formOf(leaf: z.ZodType): string {
  const { type, format, enum: values, weir } = jsonSchema(unwrapped(leaf));
  if (weir === "money") return 'a decimal number such as "1234.50"';
  if (Array.isArray(values)) return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  if (format === "date") return 'a date such as "2026-01-31"';
  if (typeof format === "string") return `a ${format}`;
  if (type === "boolean") return "true or false";
  if (type === "string") return "text in the form the workflow asks for";
  return type === "array" ? "a list" : `a ${String(type)}`;
}
