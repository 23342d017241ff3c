import { type Line, asWeirError } from "../../core/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { type Sentence, alignmentMin, alignmentOf, supportOf } from "../../summary/index.ts";

/** Sentences put into a note's words by the language model, one by one, each checked like every other. */

export interface Written extends Sentence {
  /** Whether the model wrote it; otherwise it stands in the record's own words. */
  readonly written: boolean;
}

export interface Writing {
  readonly sentences: readonly Written[];
  /** How many the model was asked for and wrote something its lines do not say, or did not end. */
  readonly refused: number;
}

const instruction =
  "Rewrite what is said above as one short sentence of a clinical note, in the third person. " +
  "Use only what is said. Keep every number, unit, drug, side and denial.";
const tokensMax = 64;
/** Longer than the record's own words it is no summary of them. */
const longerMost = 1.2;

/**
 * What the model writes takes the place of a sentence only where both methods find all of it in the
 * sentence's lines; elsewhere the record's own words stay.
 */
export async function writeSentences(
  sentences: readonly Sentence[],
  lines: readonly Pick<Line, "text">[],
  asker: Pick<StepContext, "model" | "signal" | "count">,
): Promise<Writing> {
  const done: Written[] = [];
  let refused = 0;
  for (const sentence of sentences) {
    const text = await rewritten(sentence, asker);
    const sources = [...new Set(sentence.pieces.map(({ line }) => line))].map((line) => lines[line]?.text ?? "");
    const support = supportOf(text, sources);
    const alignment = alignmentOf(text, sources);
    const fits = text !== "" && text.length <= longerMost * sentence.text.length && keeps(sentence.text, text);
    const good = fits && support.problems.length === 0 && alignment >= alignmentMin;
    if (!good) refused += 1;
    done.push(
      good ? { ...sentence, text, support: support.score, alignment, written: true } : { ...sentence, written: false },
    );
  }
  return { sentences: done, refused };
}

/** A sentence that loses what the record's own words say is no better, however true: the other way round it is checked too. */
const keeps = (before: string, after: string) =>
  supportOf(before, [after]).problems.every(({ kind }) => kind === "words");

async function rewritten(
  { text }: Sentence,
  { model, signal, count }: Pick<StepContext, "model" | "signal" | "count">,
) {
  const schema = {
    type: "object",
    properties: { sentence: { type: "string", maxLength: Math.ceil(longerMost * text.length) } },
  };
  try {
    const { text: json, tokens } = await model.write({ document: text, instruction, schema, tokensMax }, { signal });
    count(tokens);
    const answer: unknown = JSON.parse(json);
    return typeof answer === "object" && answer !== null && "sentence" in answer ? String(answer.sentence).trim() : "";
  } catch (thrown) {
    // Not ended, or no JSON: the record's own words stay.
    if (thrown instanceof SyntaxError || asWeirError(thrown).code === "answer.cut-short") return "";
    throw thrown;
  }
}
