import { setImmediate } from "node:timers/promises";
import { type ExampleProblem, type OutOfFold, WeirError } from "../../core/index.ts";
import type { LabelledExample, LearnContext, Lesson } from "../../ports/index.ts";
import {
  type Example,
  answersOf,
  learnSummary,
  packSummary,
  relevanceOf,
  rouge,
  summarize,
  trials,
} from "../../summary/index.ts";
import { sigmoid } from "../../confidence/index.ts";

/** Where a sentence stands, as certificates name it. */
export const sentencePath = "summary.*.sentences.*";

/** Fewer than this say too little about which words matter: the shipped weights know better. */
const examplesMin = 10;

/** Learns from records and the notes people wrote of them which sentences belong in a summary. */
export async function learnToSummarize(
  examples: readonly LabelledExample[],
  context: LearnContext,
  share: number,
): Promise<Lesson> {
  const labelled = examples.flatMap(({ id, text, truth }): Example[] => {
    const { note } = truth;
    if (typeof note !== "string" || note.trim() === "") return [];
    return [{ id, lines: text.pages.flatMap((page) => page.lines), note }];
  });
  if (labelled.length < examplesMin) return nothing(labelled.length);
  const answers = [];
  const scores: { readonly rouge1: number; readonly length: number }[] = [];
  for (const trial of trials(labelled)) {
    // Learning is arithmetic from end to end: only here can anybody else speak, and stop it.
    await setImmediate();
    if (context.signal.aborted) throw new WeirError("cancelled", "Learning was stopped.");
    context.progress("learning to summarise", scores.length / labelled.length);
    answers.push(...answersOf(trial, share));
    scores.push(scoreOf(trial, share));
  }
  const relevance = relevanceOf(answers);
  const [intercept, slope] = relevance ?? [0, 0];
  const outOfFold = answers.map(({ example, text, chance, right }): OutOfFold => {
    const confidence = sigmoid(intercept + slope * chance);
    return { example, path: sentencePath, population: "new", value: text, confidence, right };
  });
  const mean = (of: (one: (typeof scores)[number]) => number) =>
    scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
  return {
    model: packSummary({ ...learnSummary(labelled), relevance }),
    outOfFold,
    problems: [],
    figures: {
      [sentencePath]: {
        examples: labelled.length,
        rouge1: mean((one) => one.rouge1),
        length: mean((one) => one.length),
      },
    },
  };
}

function scoreOf({ example, model }: Parameters<typeof answersOf>[0], share: number) {
  const { sentences } = summarize(example.lines, model, { share });
  const text = sentences.map((sentence) => sentence.text).join("\n");
  const length = example.lines.reduce((sum, line) => sum + line.text.length + 1, 0);
  return { rouge1: rouge(text, example.note).rouge1, length: text.length / length };
}

function nothing(count: number): Lesson {
  if (count === 0) return { model: null, outOfFold: [], problems: [], figures: {} };
  const message = `${count} notes to learn summaries from: at least ${examplesMin} are needed`;
  const problems: readonly ExampleProblem[] = [{ example: "*", path: "note", message }];
  return { model: null, outOfFold: [], problems, figures: {} };
}
