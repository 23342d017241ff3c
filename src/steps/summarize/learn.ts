import { setImmediate } from "node:timers/promises";
import { type ExampleProblem, type JsonObject, type OutOfFold, WeirError } from "../../core/index.ts";
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
import { hash32, sigmoid } from "../../confidence/index.ts";

import { writeSentences } from "./write.ts";

/** Where a sentence stands, as certificates name it. */
export const sentencePath = "summary.*.sentences.*";

/** Fewer than this say too little about which words matter: the shipped weights know better. */
const examplesMin = 10;

/** Records whose summaries the model writes on trial. */
const writtenMost = 8;
/** What writing must add to ROUGE-1 to be switched on. */
const gainMin = 0.01;

export interface LearnHow {
  /** Length at most, as a share of the record's. */
  readonly share: number;
  readonly write: "never" | "earned" | "always";
}

/** Learns from records and the notes people wrote of them which sentences belong in a summary. */
export async function learnToSummarize(
  examples: readonly LabelledExample[],
  context: LearnContext,
  { share, write }: LearnHow,
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
  // Sentences of one record stand and fall together: a promise may count one of each, whichever it is.
  const drawn = [...Map.groupBy(answers, ({ example }) => example).values()].flatMap((some) =>
    some.toSorted((a, b) => hash32(a.text) - hash32(b.text)).slice(0, 1),
  );
  const outOfFold = drawn.map(({ example, text, chance, right }): OutOfFold => {
    const confidence = sigmoid(intercept + slope * chance);
    return { example, path: sentencePath, population: "new", value: text, confidence, right };
  });
  const written = write === "earned" ? await tryWriting(labelled, share, context) : null;
  const mean = (of: (one: (typeof scores)[number]) => number) =>
    scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
  return {
    model: {
      ...(packSummary({ ...learnSummary(labelled), relevance }) as JsonObject),
      writes: written?.earned ?? false,
    },
    outOfFold,
    problems: [],
    figures: {
      [sentencePath]: {
        examples: labelled.length,
        rouge1: mean((one) => one.rouge1),
        length: mean((one) => one.length),
        ...written?.figures,
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

/** Whether sentences the model writes come nearer to people's notes than those it did not touch. */
async function tryWriting(examples: readonly Example[], share: number, { model, signal, progress }: LearnContext) {
  const drawn = examples.toSorted((a, b) => hash32(a.id) - hash32(b.id)).slice(0, writtenMost);
  const ids = new Set(drawn.map(({ id }) => id));
  const chooser = learnSummary(examples.filter(({ id }) => !ids.has(id)));
  let [kept, wrote, asked, used] = [0, 0, 0, 0];
  for (const [at, { lines, note }] of drawn.entries()) {
    progress("trying what the language model writes", at / drawn.length);
    const { sentences } = summarize(lines, chooser, { share });
    const outcome = await writeSentences(sentences, lines, { model, signal, count: () => {} });
    kept += rouge(sentences.map(({ text }) => text).join("\n"), note).rouge1 / drawn.length;
    wrote += rouge(outcome.sentences.map(({ text }) => text).join("\n"), note).rouge1 / drawn.length;
    asked += sentences.length;
    used += outcome.sentences.filter(({ written }) => written).length;
  }
  const figures = { "written.rouge1": wrote, "unwritten.rouge1": kept, "written.share": used / Math.max(1, asked) };
  return { earned: wrote >= kept + gainMin, figures };
}

function nothing(count: number): Lesson {
  if (count === 0) return { model: null, outOfFold: [], problems: [], figures: {} };
  const message = `${count} notes to learn summaries from: at least ${examplesMin} are needed`;
  const problems: readonly ExampleProblem[] = [{ example: "*", path: "note", message }];
  return { model: null, outOfFold: [], problems, figures: {} };
}
