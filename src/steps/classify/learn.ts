import { type Message, messageOf } from "../../candidates/index.ts";
import { type ExampleProblem, type Json, type OutOfFold, WeirError } from "../../core/index.ts";
import {
  type Answer,
  type Learnt,
  type PackedChoice,
  gramsOf,
  joined,
  learnChoices,
  nameText,
  packChoice,
  sortExamples,
  textsOf,
  type Views,
  viewsFor,
} from "../../learning/choices/index.ts";
import type { LabelledExample, LearnContext, Lesson } from "../../ports/index.ts";
import { batchesOf } from "./batches.ts";
import { type ChoicePath, choiceOf, valueOf } from "./paths.ts";

/** What a classify step learned: a model a path, and how messages become vectors. Plain JSON. */
export type PackedChoices = {
  readonly views: Views;
  readonly paths: Readonly<Record<string, PackedChoice>>;
};

export async function learnPaths(
  paths: readonly ChoicePath[],
  examples: readonly LabelledExample[],
  context: LearnContext,
): Promise<Lesson> {
  const messages = examples.map(({ text }) => messageOf(text));
  const views = viewsFor(messages);
  const problems: ExampleProblem[] = [];
  const outOfFold: OutOfFold[] = [];
  const models: Record<string, PackedChoice> = {};
  const figures: Record<string, Record<string, number>> = {};
  const vectors = await vectorsOf(messages, views, context);
  for (const path of paths) {
    const lesson = await learnPath(path, { examples, messages, vectors, views }, context);
    problems.push(...lesson.problems);
    outOfFold.push(...lesson.outOfFold);
    if (lesson.model) models[path.path] = lesson.model;
    if (lesson.figures) figures[path.path] = lesson.figures;
  }
  const model: PackedChoices = { views, paths: models };
  return { model: model as unknown as Json, outOfFold, problems, figures };
}

interface Lessons {
  readonly examples: readonly LabelledExample[];
  readonly messages: readonly Message[];
  readonly vectors: readonly Float32Array[];
  readonly views: Views;
}

interface PathLesson {
  readonly model: PackedChoice | null;
  readonly outOfFold: readonly OutOfFold[];
  readonly problems: readonly ExampleProblem[];
  readonly figures: Record<string, number> | null;
}

async function learnPath(path: ChoicePath, lessons: Lessons, context: LearnContext): Promise<PathLesson> {
  const labelled = lessons.examples.flatMap(({ truth }, at) => (truth[path.path] === undefined ? [] : [at]));
  const named = labelled.map((at) => {
    const { id = "", truth = {} } = lessons.examples[at] ?? {};
    const { head = "", body = "" } = lessons.messages[at] ?? {};
    return { at, id, text: `${head}\n${body}`, choice: choiceOf(truth[path.path] ?? null) };
  });
  const allowed = named.filter(({ choice }) => mayBe(path, choice));
  const refused = named
    .filter(({ choice }) => !mayBe(path, choice))
    .map(({ id, choice }): ExampleProblem => {
      return { example: id, path: path.path, message: `"${choice}" is none of the values ${path.path} can have` };
    });
  const { usable, choices, problems } = sortExamples(path.path, allowed);
  const all = [...refused, ...problems];
  if (choices.length < 2)
    return { model: null, outOfFold: [], problems: [...all, ...tooFew(path, choices)], figures: null };
  const chosen = usable.flatMap((at) => allowed[at] ?? []);
  const width = lessons.vectors[0]?.length ?? 0;
  const material = {
    width,
    classes: choices.length,
    vectors: flattened(
      chosen.map(({ at }) => lessons.vectors[at] ?? new Float32Array(width)),
      width,
    ),
    grams: chosen.map(({ at }) => gramsOf(lessons.messages[at] ?? { head: "", body: "" })),
    labels: Int32Array.from(chosen, ({ choice }) => choices.indexOf(choice)),
    names: await namesOf(choices, lessons.views, width, context),
  };
  context.signal.throwIfAborted();
  const sources = chosen.map(({ at, id }) => ({ id, source: lessons.examples[at]?.source ?? id }));
  const learnt = learnChoices(material, sources, (doing, share) => {
    context.signal.throwIfAborted();
    context.progress(doing, share);
  });
  const rows = rowsOf(path, choices, material.labels, learnt, sources, strangersShare(context.settings));
  return {
    model: packChoice(
      learnt,
      choices,
      material,
      chosen.map(({ id }) => id),
    ),
    outOfFold: rows,
    problems: all,
    figures: {
      choices: choices.length,
      examples: chosen.length,
      accuracy: learnt.answers.filter(({ choice }, at) => choice === material.labels[at]).length / chosen.length,
    },
  };
}

/** `--set strangers=0.1`: one message in ten is of a kind that was never taught, and the promise covers those too. */
function strangersShare({ strangers }: LearnContext["settings"]): number {
  const share = Number(strangers ?? 0);
  if (share >= 0 && share <= 0.5) return share;
  throw new WeirError("input.bad-setting", `strangers=${strangers} is no share of messages: write 0 to 0.5.`);
}

function rowsOf(
  path: ChoicePath,
  choices: readonly string[],
  labels: Int32Array,
  { answers, strangers }: Learnt,
  sources: readonly { readonly id: string; readonly source: string }[],
  share: number,
): readonly OutOfFold[] {
  const siblings = new Set(
    [...Map.groupBy(sources, ({ source }) => source)].flatMap(([source, some]) => (some.length > 1 ? [source] : [])),
  );
  const row = (example: string, { choice, confidence }: Answer, right: boolean): OutOfFold => {
    const value = valueOf(choices[choice] ?? "", path);
    return { example, path: path.path, population: "new", value, confidence, right };
  };
  const known = answers.flatMap((answer, at): OutOfFold[] => {
    const { id = "", source = "" } = sources[at] ?? {};
    const own = row(id, answer, answer.choice === labels[at]);
    return siblings.has(source) ? [own, { ...own, population: "known" }] : [own];
  });
  // So many that they are `share` of all, spread evenly.
  const rate = share / (1 - share);
  const strange = strangers.flatMap((answer, at) => {
    if (Math.floor((at + 1) * rate) === Math.floor(at * rate)) return [];
    return [row(`${sources[at]?.id ?? ""} as a stranger`, answer, false)];
  });
  return [...known, ...strange];
}

function mayBe({ options, nullable }: ChoicePath, choice: string): boolean {
  if (choice === "") return nullable;
  return options === null || options.includes(choice);
}

function tooFew({ path }: ChoicePath, choices: readonly string[]): readonly ExampleProblem[] {
  const [only] = choices;
  const message =
    only === undefined
      ? `no example says what ${path} is: nothing was learned about it`
      : `every example says that ${path} is "${only}": there is nothing to choose, nothing was learned about it`;
  return [{ example: "", path, message }];
}

function flattened(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) all.set(row, at * width);
  return all;
}

async function vectorsOf(
  messages: readonly Message[],
  views: Views,
  { model, signal, progress, without }: LearnContext,
): Promise<readonly Float32Array[]> {
  if (without.has("encoder")) return messages.map(() => new Float32Array(1));
  const texts = messages.flatMap((message) => textsOf(message, views));
  const vectors: Float32Array[] = [];
  for (const batch of batchesOf(texts)) {
    progress("reading messages", vectors.length / texts.length);
    vectors.push(...(await model.embed(batch, { signal })));
  }
  return messages.map((_message, at) => joined(vectors.slice(at * views, (at + 1) * views)));
}

async function namesOf(
  choices: readonly string[],
  views: Views,
  width: number,
  { model, signal, without }: LearnContext,
): Promise<Float32Array> {
  if (without.has("encoder")) return new Float32Array(choices.length * width);
  const vectors = await model.embed(
    choices.map((choice) => nameText(choice)),
    { signal },
  );
  return flattened(
    vectors.map((vector) => joined(Array.from({ length: views }, () => vector))),
    width,
  );
}
