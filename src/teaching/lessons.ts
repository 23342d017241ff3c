import { baselineOf, sourceIndexOf, sourcesOf } from "../confidence/index.ts";
import type { Certificate, ExampleProblem, Json, OutOfFold, Profile, Promised } from "../core/index.ts";
import { labelledSteps } from "../engine/deciding.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import type { LabelledExample, LearnContext, Lesson, Model, ModelInfo } from "../ports/index.ts";
import { certificatesOf } from "./promise.ts";
import type { ReadExample } from "./reading.ts";

/** What the steps of a workflow made of labelled examples, and what may be promised of it. */
export interface Taught {
  readonly steps: Profile["steps"];
  readonly sources: Json;
  /** Senders among the examples. */
  readonly sourceCount: number;
  readonly certificates: readonly Certificate[];
  /** How confidences were spread, by path. */
  readonly confidences: Profile["watch"]["confidences"];
  /** Models the steps asked while they learned. */
  readonly asked: readonly AskedModel[];
  /** Answers by readers that did not see the example. */
  readonly outOfFold: readonly OutOfFold[];
  readonly problems: readonly ExampleProblem[];
  /** By path. */
  readonly figures: Lesson["figures"];
}

/** Which model: those of the small host by their role, or the larger one. */
export type AskedModel = keyof ModelInfo | "large";

export interface Dial {
  readonly risk: number;
  readonly promise: Promised;
}

/** Lets every step that can learn its paths learn them, one after the other. Same examples, same lesson. */
export async function teachSteps(
  definition: WorkflowDefinition,
  read: readonly ReadExample[],
  dial: Dial,
  context: LearnContext,
): Promise<Taught> {
  const { schema } = definition;
  const texts = read.map(({ text }) => text);
  const sources = sourcesOf(texts);
  const examples = read.map(({ id, text, truth }, at): LabelledExample => ({
    id,
    text,
    truth,
    source: sources[at] ?? id,
  }));
  const asked = new Set<AskedModel>();
  const model = noted(context.model, { decoder: "decoder", encoder: "encoder" }, asked);
  const large = context.large && noted(context.large, { decoder: "large", encoder: "encoder" }, asked);
  const steps: Record<string, Json> = {};
  const outOfFold: OutOfFold[] = [];
  const problems: ExampleProblem[] = [];
  const figures: Record<string, Readonly<Record<string, number>>> = {};
  const learners = labelledSteps(definition).filter(({ step }) => step.learn !== undefined);
  for (const [at, { label, step }] of learners.entries()) {
    context.signal.throwIfAborted();
    const lesson = await step.learn?.(examples, {
      ...context,
      model,
      ...(large ? { large } : {}),
      progress: scaled(context.progress, at, learners.length),
    });
    if (!lesson) continue;
    problems.push(...lesson.problems);
    // A step that found nothing to learn leaves the profile as if it could not learn at all.
    if (lesson.outOfFold.length === 0) continue;
    steps[label] = lesson.model;
    outOfFold.push(...lesson.outOfFold);
    Object.assign(figures, lesson.figures);
  }
  const doubted = new Map(read.flatMap((one) => (one.doubted ? [[one.id, new Set(one.doubted)]] : [])));
  const isDrawn = ({ example, path }: OutOfFold) => doubted.get(example)?.has(path) !== true;
  const isWhole = (example: string) => !doubted.has(example);
  return {
    steps,
    sources: sourceIndexOf(texts),
    sourceCount: new Set(sources).size,
    certificates: schema ? certificatesOf(schema, outOfFold, examples, { risk: dial.risk, isDrawn, isWhole }) : [],
    confidences: spreadOf(outOfFold.filter((row) => isDrawn(row))),
    asked: [...asked].toSorted(),
    outOfFold,
    problems: unique(problems),
    figures,
  };
}

/** As documents come in: of known senders where there are such answers. */
function spreadOf(rows: readonly OutOfFold[]): Readonly<Record<string, Json>> {
  const byPath = Map.groupBy(asTheyCome(rows), ({ path }) => path);
  const spread = [...byPath].flatMap(([path, some]): (readonly [string, Json])[] => {
    const baseline = baselineOf(some.map(({ confidence }) => confidence));
    return baseline ? [[path, baseline]] : [];
  });
  return Object.fromEntries(spread);
}

/**
 * One answer an example and path. Where there is one with and one without the sender's other documents,
 * it is the one with them: a document of that sender would be met so.
 */
export function asTheyCome(rows: readonly OutOfFold[]): readonly OutOfFold[] {
  const found = new Map<string, OutOfFold>();
  for (const row of rows) {
    const key = `${row.example}\n${row.path}`;
    if (!found.has(key) || row.population === "known") found.set(key, row);
  }
  return [...found.values()];
}

/** The model, with a note of which part of it was asked. */
function noted(model: Model, as: Readonly<Record<keyof ModelInfo, AskedModel>>, asked: Set<AskedModel>): Model {
  return {
    describe: async () => await model.describe(),
    score: async (request, options) => {
      asked.add(as.decoder);
      return await model.score(request, options);
    },
    quote: async (request, options) => {
      asked.add(as.decoder);
      return await model.quote(request, options);
    },
    write: async (request, options) => {
      asked.add(as.decoder);
      return await model.write(request, options);
    },
    embed: async (texts, options) => {
      asked.add(as.encoder);
      return await model.embed(texts, options);
    },
    close: async () => await model.close(),
  };
}

function scaled(progress: LearnContext["progress"], at: number, count: number): LearnContext["progress"] {
  return (doing, share) => progress(doing, (at + share) / count);
}

/** Several steps may find the same fault in one label. */
export function unique(problems: readonly ExampleProblem[]): readonly ExampleProblem[] {
  return [...new Map(problems.map((one) => [`${one.example}\n${one.path}\n${one.message}`, one])).values()];
}
