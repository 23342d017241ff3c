import type { FieldSpec } from "../../ranking/fields.ts";
import { chooseFinders, type Finder } from "./finders.ts";
import { type Forest, forestScores, learnForest } from "./forest.ts";
import { learnLogit, type Logit, logitScore, type View } from "./logit.ts";
import { type Exemplar, recollect } from "./memory.ts";
import type { Scored } from "./options.ts";
import { type Entry, type Seen, type Sheet, viewOf } from "./sheet.ts";

/** What was learned about one path, in the form that cross-fitting works with. */
export interface PathReaders {
  readonly finders: readonly Finder[];
  /** Whether the page may not state it, by schema or by examples. */
  readonly absence: boolean;
  readonly logit: Logit;
  /** Null with too few examples, and where trees add nothing. */
  readonly forest: Forest | null;
}

/** Labelled documents as the memory sees them. */
export interface Remembered {
  readonly exemplars: readonly Exemplar[];
  /** Senders, by example. */
  readonly sources: readonly string[];
  /** Likeness of each example's page with every exemplar. */
  readonly likeness: readonly Float64Array[];
}

/** Learns one path from the examples at the given positions; those without a label for it are left out. */
export function learnPath(
  sheet: Sheet,
  learn: readonly number[],
  remembered: Remembered,
  { trees }: { readonly trees: boolean },
): PathReaders {
  const labelled = learn.filter((at) => (sheet.entries[at] ?? null) !== null);
  const finders = chooseFinders(sheet.field, sheet.recall, labelled);
  const absence = mayBeAbsent(sheet.field, labelled, sheet.entries);
  const known = new Set(labelled);
  const views: View[] = [];
  for (const at of labelled) {
    const { sources } = remembered;
    const view = (allowed: (other: number) => boolean): View => ({
      source: sources[at] ?? "",
      places: exampleView(sheet, at, { finders, absence }, remembered, allowed),
    });
    // Once as a document of a sender that is known, and once as if its sender were not.
    views.push(view((other) => other !== at && known.has(other)));
    const siblings = labelled.some((other) => other !== at && sources[other] === sources[at]);
    if (siblings) views.push(view((other) => sources[other] !== sources[at] && known.has(other)));
  }
  const logit = learnLogit(views, sheet.names, sheet.prior);
  return { finders, absence, logit, forest: trees ? learnForest(views, sheet.names) : null };
}

function mayBeAbsent(field: FieldSpec, labelled: readonly number[], entries: readonly (Entry | null)[]): boolean {
  return field.nullable || labelled.some((at) => entries[at]?.truth === null);
}

function exampleView(
  sheet: Sheet,
  at: number,
  { finders, absence }: Pick<PathReaders, "finders" | "absence">,
  { exemplars, likeness }: Remembered,
  allowed: (other: number) => boolean,
): readonly Seen[] {
  const entry = sheet.entries[at];
  if (entry === undefined || entry === null) return [];
  const recollection = recollect(exemplars, sheet.field.path, likeness[at] ?? new Float64Array(0), allowed);
  return viewOf(entry, new Set(finders), absence, recollection);
}

/** A place with every reader's score, and whether it is right. */
export interface JudgedPlace extends Scored {
  readonly right: boolean;
}

/** Reads an example with what was learned from others. */
export function readExample(
  sheet: Sheet,
  at: number,
  readers: PathReaders,
  remembered: Remembered,
  allowed: (other: number) => boolean,
): readonly JudgedPlace[] {
  const view = exampleView(sheet, at, readers, remembered, allowed);
  const trees = readers.forest === null ? null : forestScores(readers.forest, view, sheet.names);
  return view.map((seen, place) => ({
    place: seen.packed.place,
    memory: seen.memory,
    right: seen.packed.right,
    scores: {
      generic: seen.packed.score,
      logit: logitScore(seen, readers.logit, sheet.names),
      ...(trees === null ? {} : { trees: trees[place] ?? 0 }),
    },
  }));
}
