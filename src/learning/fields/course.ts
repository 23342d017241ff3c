import { type ExampleProblem, type Json, lettersOf } from "../../core/index.ts";
import type { FieldSpec } from "../../ranking/fields.ts";
import { type RankerProfile, weightsFor } from "../../ranking/ranker.ts";
import type { Survey } from "../../ranking/survey.ts";
import { chooseFinders, recallOf } from "./finders.ts";
import type { Course } from "./lesson.ts";
import { type Exemplar, likenessTo, tokensOf } from "./memory.ts";
import { pageOf } from "./places.ts";
import { answerOf, type Sheet, sheetOf } from "./sheet.ts";
import type { Signal } from "./signals.ts";

/** A labelled document, surveyed. */
export interface Labelled {
  readonly id: string;
  readonly source: string;
  readonly survey: Survey;
  readonly truth: Readonly<Record<string, Json>>;
}

export interface CourseOptions {
  readonly ranker: RankerProfile;
  readonly own: Readonly<Record<string, Signal>>;
}

/** Prepares examples for learning, and lists what is wrong with them. */
export function courseOf(
  fields: readonly FieldSpec[],
  examples: readonly Labelled[],
  { ranker, own }: CourseOptions,
): { readonly course: Course; readonly problems: readonly ExampleProblem[] } {
  const pages = examples.map(({ survey }) => pageOf(survey));
  const labelled = fields.filter((field) => examples.some(({ truth }) => truth[field.path] !== undefined));
  const sheets = labelled.map((field): Sheet => {
    const truths = examples.map(({ truth }) => truth[field.path]);
    const recall = recallOf(
      field,
      examples.map(({ survey }, at) => ({ survey, truth: truths[at] ?? null })),
    );
    const finders = chooseFinders(field, recall, [...examples.keys()]);
    return sheetOf({ field, fields, pages, truths, finders, recall, prior: weightsFor(field, ranker) });
  });
  const tokens = examples.map(({ survey }) => tokensOf(survey));
  const exemplars = examples.map((_, at): Exemplar => {
    const answers = sheets.flatMap((sheet) => {
      const entry = sheet.entries[at] ?? null;
      return entry === null ? [] : [[sheet.field.path, answerOf(entry)] as const];
    });
    return { tokens: tokens[at] ?? [], answers: Object.fromEntries(answers) };
  });
  const likenessOf = likenessTo(exemplars);
  const contradicting = contradictions(examples);
  const course: Course = {
    fields: labelled,
    sheets,
    pages,
    truths: examples.map(({ truth }) => truth),
    ids: examples.map(({ id }) => id),
    remembered: {
      exemplars,
      sources: examples.map(({ source }) => source),
      likeness: tokens.map((own_) => likenessOf(own_)),
    },
    sound: new Set([...examples.keys()].filter((at) => !contradicting.has(at))),
    own,
  };
  const problems = [
    ...[...contradicting].map(([at, path]) => contradiction(examples[at], path)),
    ...nowhere(examples, sheets),
    ...unlabelled(fields, labelled),
  ];
  return { course, problems };
}

/** Examples whose page stands among the examples with another answer, and the path they disagree about. */
function contradictions(examples: readonly Labelled[]): ReadonlyMap<number, string> {
  const texts = Map.groupBy(examples.keys(), (at) =>
    (examples[at]?.survey.layout.rows ?? []).map((row) => row.text.trim()).join("\n"),
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
