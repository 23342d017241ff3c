import { z } from "zod";
import { schemaAt, formOf } from "../engine/answers.ts";
import { type ExampleProblem, type Json, sameValue } from "../core/index.ts";
import type { ProfileExample, Schema } from "../ports/index.ts";

/** Labels as they come, in order: of one document once, under one id, with what is wrong about them. */

export interface Labels {
  readonly examples: readonly ProfileExample[];
  readonly problems: readonly ExampleProblem[];
}

/**
 * @param kept what an earlier profile was learned from
 * @param given new labels, which win over the earlier ones of the same document
 */
export function gatherLabels(kept: readonly ProfileExample[], given: readonly ProfileExample[]): Labels {
  const problems: ExampleProblem[] = [];
  const fresh = merged(given, problems);
  const earlier = new Map(kept.map((one) => [one.document.sha256, one]));
  const renewed = fresh.flatMap((one) => {
    const known = earlier.get(one.document.sha256);
    return known ? united([one, known]) : [one];
  });
  const given256 = new Set(fresh.map(({ document }) => document.sha256));
  const rest = kept.filter(({ document }) => !given256.has(document.sha256));
  return { examples: withOwnIds([...renewed, ...rest]), problems };
}

/** One example a document. Where two labels of one path differ, neither is learned from. */
function merged(given: readonly ProfileExample[], problems: ExampleProblem[]): readonly ProfileExample[] {
  const byDocument = Map.groupBy(given, ({ document }) => document.sha256);
  return [...byDocument.values()].flatMap((same) => {
    const [first] = same;
    if (!first || same.length === 1) return same;
    const truth: Record<string, Json> = {};
    for (const path of new Set(same.flatMap((one) => Object.keys(one.truth)))) {
      const labels = same.filter((one) => path in one.truth);
      const [label] = labels;
      const value = label?.truth[path] ?? null;
      const other = labels.find((one) => !sameValue(one.truth[path] ?? null, value));
      if (other === undefined) truth[path] = value;
      else problems.push(contradiction(first, path, label ?? first, other));
    }
    return [withDoubted({ ...first, truth }, doubtedInAll(same))];
  });
}

/** The labels of one document together; the first word on a path counts. */
export function united(labels: readonly ProfileExample[]): readonly ProfileExample[] {
  const [first] = labels;
  if (!first) return [];
  const truth = Object.assign({}, ...labels.map((one) => one.truth).toReversed()) as ProfileExample["truth"];
  return [withDoubted({ ...first, truth }, doubtedInAll(labels))];
}

/** Paths that no label of the document names but for their doubts; null: none was chosen so. */
function doubtedInAll(labels: readonly ProfileExample[]): readonly string[] | null {
  const drawn = new Set(
    labels.flatMap(({ truth, doubted = [] }) => Object.keys(truth).filter((path) => !doubted.includes(path))),
  );
  const doubted = [...new Set(labels.flatMap((one) => one.doubted ?? []))].filter((path) => !drawn.has(path));
  return doubted.length > 0 || labels.every((one) => one.doubted !== undefined) ? doubted : null;
}

export function withDoubted(label: ProfileExample, doubted: readonly string[] | null): ProfileExample {
  const { doubted: _before, ...rest } = label;
  return doubted === null ? rest : { ...rest, doubted };
}

function contradiction(
  first: ProfileExample,
  path: string,
  label: ProfileExample,
  other: ProfileExample,
): ExampleProblem {
  const [a, b] = [label, other].map((one) => `${shown(one.truth[path] ?? null)} (${one.id})`);
  return { example: first.id, path, message: `the same document is labelled ${a} and ${b}` };
}

const shown = (value: Json) => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

/** Two files may number their items alike: the later document keeps its id, the earlier one gets a piece of its hash. */
function withOwnIds(examples: readonly ProfileExample[]): readonly ProfileExample[] {
  const taken = new Set<string>();
  return examples.map((one) => {
    const id = taken.has(one.id) ? `${one.id} ${one.document.sha256.slice(0, 8)}` : one.id;
    taken.add(id);
    return id === one.id ? one : { ...one, id };
  });
}

/** Nested truth under the dotted paths of the schema; lists stay lists. */
export function flatTruth(truth: Readonly<Record<string, Json>>, prefix = ""): Record<string, Json> {
  const entries = Object.entries(truth).flatMap(([key, value]): (readonly [string, Json])[] =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(flatTruth(value as Readonly<Record<string, Json>>, `${prefix}${key}.`))
      : [[prefix + key, value]],
  );
  return Object.fromEntries(entries);
}

/**
 * Labels of paths the workflow has, and of whole texts it can be compared with: the others are problems and left out. A value that does not have
 * its path's form stays, as a label no answer can match, and is a problem too.
 */
export function checkLabels(
  examples: readonly ProfileExample[],
  schema: Schema,
  texts: ReadonlyMap<string, string> = new Map(),
): Labels {
  const problems: ExampleProblem[] = [];
  const checked = examples.map((one) => {
    const truth = Object.entries(one.truth).filter(([path, value]) => {
      const problem = (message: string) => void problems.push({ example: one.id, path, message });
      if (texts.has(path)) {
        if (typeof value !== "string") problem(`must be a text, not ${shown(value)}`);
        return typeof value === "string";
      }
      const leaf = schemaAt(schema, path);
      if (!leaf) problem("the workflow has no such field");
      else if (value !== null && !isNames(leaf, value) && !leaf.safeParse(value).success)
        problem(`must be ${formOf(leaf)}, not ${shown(value)}`);
      return leaf !== null;
    });
    return { ...one, truth: Object.fromEntries(truth) };
  });
  return { examples: checked, problems };
}

/** A list of entries may be labelled by what its entries are called. */
function isNames(leaf: z.ZodType, value: Json): boolean {
  const ofEntries = leaf instanceof z.ZodArray && leaf.element instanceof z.ZodObject;
  return ofEntries && Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** "a17, total: …"; a problem of all labels together names no example. */
export function problemText({ example, path, message }: ExampleProblem): string {
  const where = [example === "*" ? "" : example, path ?? ""].filter((part) => part !== "");
  return where.length === 0 ? message : `${where.join(", ")}: ${message}`;
}
