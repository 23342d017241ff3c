import { type DocumentText, type ExampleProblem, type Json, lettersOf } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { kindOf, type RankerProfile, weightsFor } from "../../ranking/ranker.ts";
import { surveyOf } from "../../ranking/survey.ts";
import { chooseFinders, type Finder, holding } from "./finders.ts";
import type { Course } from "./lesson.ts";
import { type Exemplar, likenessTo, tokensOf } from "./memory.ts";
import { keyOf, pageOf } from "./places.ts";
import { answerOf, type Sheet, type SheetMaker, sheetMaker } from "./sheet.ts";
import type { Signal } from "./signals.ts";

/** A labelled document. */
export interface Labelled {
  readonly id: string;
  readonly source: string;
  readonly text: DocumentText;
  readonly truth: Readonly<Record<string, Json>>;
}

export interface CourseOptions {
  readonly ranker: RankerProfile;
  readonly own: Readonly<Record<string, Signal>>;
}

/** More would take minutes, and add little. */
const examplesMax = 2_000;
/** Candidates of all examples and paths together: about a kilobyte each. */
const candidatesMax = 400_000;

/**
 * Prepares examples for learning, and lists what is wrong with them. Of more than can be held in memory
 * the last ones are taken. What is found on a page is worked out page by page and dropped again: only
 * numbers stay.
 */
export function courseOf(
  fields: readonly FieldSpec[],
  examples: readonly Labelled[],
  { ranker, own }: CourseOptions,
): { readonly course: Course; readonly problems: readonly ExampleProblem[] } {
  const labelled = fields.filter((field) => examples.some(({ truth }) => truth[field.path] !== undefined));
  const taken = examples.slice(-examplesMax);
  const surveyed = taken.map((example) => lookOver(labelled, example));
  const first = firstHeld(surveyed.map(({ candidates }) => candidates));
  const held = taken.slice(first);
  const makers = labelled.map((field, column) => {
    const recall = surveyed.slice(first).map(({ holds }) => holds[column] ?? new Set<Finder>());
    const finders = chooseFinders(field, recall, [...held.keys()]);
    const values = valuesOf(held.map(({ truth }) => truth[field.path]));
    return sheetMaker({ field, fields, finders, recall, prior: weightsFor(field, ranker), values });
  });
  const studied = held.map((example) => study(makers, example));
  const sheets = makers.map((maker, column) => maker.sheet(studied.map(({ entries }) => entries[column] ?? null)));
  const exemplars = studied.map(({ tokens, entries }): Exemplar => {
    const answers = makers.flatMap(({ field }, column) => {
      const entry = entries[column] ?? null;
      return entry === null ? [] : [[field.path, answerOf(entry)] as const];
    });
    return { tokens, answers: Object.fromEntries(answers) };
  });
  const likenessOf = likenessTo(exemplars);
  const contradicting = contradictions(held);
  const course: Course = {
    fields: labelled,
    sheets,
    pages: held.map(({ text }) => pageOf(surveyOf(text))),
    truths: held.map(({ truth }) => truth),
    ids: held.map(({ id }) => id),
    remembered: {
      exemplars,
      sources: held.map(({ source }) => source),
      likeness: exemplars.map(({ tokens }) => likenessOf(tokens)),
    },
    sound: new Set([...held.keys()].filter((at) => !contradicting.has(at))),
    own,
  };
  const problems = [
    ...tooMany(examples.length, held.length),
    ...[...contradicting].map(([at, path]) => contradiction(held[at], path)),
    ...nowhere(held, sheets),
    ...unlabelled(fields, labelled),
  ];
  return { course, problems };
}

/** Which finders hold the truths of an example, and how many candidates there are. */
function lookOver(fields: readonly FieldSpec[], { text, truth }: Labelled) {
  const survey = surveyOf(text);
  const holds = fields.map((field) => holding(field, survey, truth[field.path] ?? null));
  const candidates = fields.reduce((sum, field) => {
    const kind = kindOf(field);
    return sum + (kind === null ? 0 : survey.candidates(kind).length);
  }, 0);
  return { holds, candidates };
}

/** From where on the examples fit into memory. */
function firstHeld(sizes: readonly number[]): number {
  let sum = 0;
  for (let at = sizes.length - 1; at >= 0; at -= 1) {
    sum += sizes[at] ?? 0;
    if (sum > candidatesMax) return at + 1;
  }
  return 0;
}

function valuesOf(truths: readonly (Json | undefined)[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const truth of truths) {
    if (typeof truth === "string" && !values.has(keyOf(truth))) values.set(keyOf(truth), truth);
  }
  return values;
}

function study(makers: readonly SheetMaker[], { text, truth }: Labelled) {
  const page = pageOf(surveyOf(text));
  const entries = makers.map(({ field, entryOf }) => {
    const own = truth[field.path];
    return own === undefined ? null : entryOf(page, own);
  });
  return { entries, tokens: tokensOf(page.survey) };
}

function tooMany(count: number, held: number): readonly ExampleProblem[] {
  if (held === count) return [];
  return [{ example: "*", path: null, message: `of ${count} examples only the last ${held} are learned from` }];
}

/** Examples whose page stands among the examples with another answer, and the path they disagree about. */
function contradictions(examples: readonly Labelled[]): ReadonlyMap<number, string> {
  const texts = Map.groupBy(examples.keys(), (at) =>
    (examples[at]?.text.pages ?? []).flatMap((page) => page.lines.map((line) => line.text.trim())).join("\n"),
  );
  const found = new Map<number, string>();
  for (const same of texts.values()) {
    const paths = new Set(same.flatMap((at) => Object.keys(examples[at]?.truth ?? {})));
    for (const path of paths) {
      const answers = same.flatMap((at) => {
        const truth = examples[at]?.truth[path];
        return truth === undefined ? [] : [truth === null ? "" : lettersOf(String(truth))];
      });
      if (new Set(answers).size > 1) for (const at of same) found.set(at, path);
    }
  }
  return found;
}

function contradiction(example: Labelled | undefined, path: string): ExampleProblem {
  const message = "the same document is labelled twice with different answers";
  return { example: example?.id ?? "", path, message };
}

/** Labels that no finder and no earlier document can give: nothing is to be learned from them. */
function nowhere(examples: readonly Labelled[], sheets: readonly Sheet[]): readonly ExampleProblem[] {
  return sheets.flatMap(({ field, entries }) =>
    entries.flatMap((entry, at): readonly ExampleProblem[] => {
      if (entry === null || entry.truth === null || entry.page.some(({ right }) => right)) return [];
      const message = `${JSON.stringify(entry.truth)} was not found on the page in this form`;
      return [{ example: examples[at]?.id ?? "", path: field.path, message }];
    }),
  );
}

function unlabelled(fields: readonly FieldSpec[], labelled: readonly FieldSpec[]): readonly ExampleProblem[] {
  return fields
    .filter((field) => !labelled.includes(field))
    .map(({ path }) => ({
      example: "*",
      path,
      message: "no example says what it is: it is read as without a profile",
    }));
}
