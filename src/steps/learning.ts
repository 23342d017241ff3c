import { setImmediate } from "node:timers/promises";
import { courseOf, learnFields, modelOf } from "../learning/fields/index.ts";
import { fieldsOf, genericRanker } from "../ranking/index.ts";
import { type ExampleProblem, WeirError } from "../core/index.ts";
import type { LabelledExample, LearnContext, Lesson, Schema } from "../ports/index.ts";
import { learnSecondReaders } from "./second-opinion.ts";
import type { ExtractOptions } from "./extract.ts";

/** Fewer than this cannot be split into what is learned from and what is answered. */
const examplesMin = 2;

/** Learns to decide the paths of a schema; what comes of it is read again by `readLearned`. */
export async function learnToExtract(
  schema: Schema,
  examples: readonly LabelledExample[],
  context: LearnContext,
  options: ExtractOptions,
): Promise<Lesson> {
  const fields = fieldsOf(schema).filter((field) => field.array === null);
  const paths = new Set(fields.map((field) => field.path));
  const usable = examples.filter(({ truth }) => Object.keys(truth).some((path) => paths.has(path)));
  if (usable.length < examplesMin) return nothing(usable.length, [...paths]);
  context.progress("reading the examples", 0);
  const { course, problems } = courseOf(fields, usable, {
    ranker: options.ranker ?? genericRanker,
    own: options.signals ?? {},
  });
  const parts = await learnFields(course, async (share) => {
    // Learning is arithmetic from end to end: only here can anybody else speak, and stop it.
    await setImmediate();
    if (context.signal.aborted) throw new WeirError("cancelled", "Learning was stopped.");
    context.progress("learning to read fields", share);
  });
  context.progress("asking the models where readers are not sure", 1);
  const second = await learnSecondReaders(
    parts.doubtful,
    parts.outOfFold,
    course.pages.map(({ survey }) => survey.layout.text),
    { ...context, count: () => undefined },
    context.without,
  );
  const model = JSON.parse(JSON.stringify(modelOf(course, parts, second.weights)));
  const figures = Object.fromEntries(
    Object.entries(parts.figures).map(([path, own]) => [path, { ...own, ...second.figures[path] }]),
  );
  return { model, outOfFold: second.outOfFold, problems, figures };
}

function nothing(count: number, paths: readonly string[]): Lesson {
  const message = `${count} examples say what it is: at least ${examplesMin} are needed`;
  const problems: readonly ExampleProblem[] = paths.map((path) => ({ example: "*", path, message }));
  return { model: null, outOfFold: [], problems, figures: {} };
}
