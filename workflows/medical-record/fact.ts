import type { Json, Span } from "weir";
import { spanOf } from "../../src/core/index.ts";
import type { Stretch } from "./lines/stretch.ts";
import { Facts, type ListName } from "./schema.ts";

/** A fact of a record: one entry of a list, each of its values with the place it was read from. */

export interface Value {
  readonly value: Json;
  /** Empty where the words around it, not words of its own, say so. */
  readonly source: readonly Span[];
}

export interface Fact {
  readonly list: ListName;
  /** By the paths of an entry: "name", "dose". What is not stated is left out. */
  readonly values: Readonly<Record<string, Value>>;
  /** Where the whole entry stands. */
  readonly source: readonly Span[];
  /** Coded data of the file, or rules over its lines. */
  readonly by: "embedded" | "rule";
  /** What the text calls it, where the data of the file or its code calls it something else. */
  readonly printed?: string;
  /** Signals in 0..1. */
  readonly evidence: Readonly<Record<string, number>>;
}

/** What an entry of a list is called. */
export const nameKey: Readonly<Record<ListName, string>> = {
  problems: "name",
  diagnoses: "name",
  pastHistory: "name",
  medications: "name",
  allergies: "substance",
  immunizations: "name",
  procedures: "name",
  results: "name",
  vitals: "name",
  familyHistory: "name",
  followUp: "description",
};

export function nameOf(fact: Pick<Fact, "list" | "values">): string {
  return String(fact.values[nameKey[fact.list]]?.value ?? "");
}

export const spanAt = ({ line, start, end }: Stretch): Span => spanOf(line, start, end);

/** The words of a stretch as they stand there; undefined where it is empty. */
export function said(stretch: Stretch | null | undefined): Value | undefined {
  if (!stretch || stretch.end <= stretch.start) return undefined;
  return { value: stretch.line.text.slice(stretch.start, stretch.end), source: [spanAt(stretch)] };
}

/** A reading of a stretch in another form: an ISO date, a status. */
export function readAs(value: Json | null | undefined, stretch: Stretch): Value | undefined {
  return value === null || value === undefined ? undefined : { value, source: [spanAt(stretch)] };
}

/** What the entries of a list hold, in the schema's order; what is not stated is left out. */
export function stated(
  list: ListName,
  values: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> {
  const keys = Object.keys(Facts.shape[list].element.shape);
  return Object.fromEntries(keys.flatMap((key) => (values[key] ? [[key, values[key]]] : [])));
}

/** Facts with their paths, "problems.0", in the order of the record, list by list. */
export function withPaths(found: readonly Fact[]): readonly (readonly [path: string, fact: Fact])[] {
  const next = new Map<ListName, number>();
  return found.map((fact) => {
    const at = next.get(fact.list) ?? 0;
    next.set(fact.list, at + 1);
    return [`${fact.list}.${at}`, fact] as const;
  });
}
