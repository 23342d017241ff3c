import type { CallOptions, Model, OptionScore, TokenUse } from "../ports/index.ts";
import { fieldPrompt } from "./prompts.ts";

/** What the model makes of one candidate. */
export interface Reading {
  readonly option: string;
  /** Mean raw log-probability of the option's own tokens. */
  readonly meanLogProb: number;
  /** Share of this option among all, from the mean log-probabilities; sums to 1. Not calibrated. */
  readonly probability: number;
  /** Its probability minus that of the best other option, -1..1; 1 for an only one. */
  readonly margin: number;
  /** Probability the model gave to any option's first token: low where it wants to say something else. */
  readonly allowedMass: number;
  /** From 1 for the best; ties share the better rank. */
  readonly rank: number;
}

export interface PointRequest {
  readonly document: string;
  /** What the field is called in plain words, e.g. "invoice number". */
  readonly label: string;
  /** Texts that stand in the document. */
  readonly options: readonly string[];
  readonly optionTokensMax?: number;
}

export interface Pointing {
  /** In the order of the options. */
  readonly readings: readonly Reading[];
  readonly tokens: TokenUse;
}

const noTokens: TokenUse = { prompt: 0, reused: 0, generated: 0 };

/** Lets the model point at one of several candidates for a field. Without candidates it is not asked. */
export async function point(model: Model, request: PointRequest, options: CallOptions = {}): Promise<Pointing> {
  if (request.options.length === 0) return { readings: [], tokens: noTokens };
  const { document, optionTokensMax } = request;
  // The same text twice would share its probability with itself.
  const distinct = [...new Set(request.options)];
  const { scores, tokens } = await model.score(
    {
      document,
      ...fieldPrompt(request.label),
      options: distinct,
      ...(optionTokensMax === undefined ? {} : { optionTokensMax }),
    },
    options,
  );
  const byOption = new Map(readingsOf(distinct, scores).map((reading) => [reading.option, reading]));
  return { readings: request.options.flatMap((option) => byOption.get(option) ?? []), tokens };
}

/** Ranks scored options against each other. */
export function readingsOf(options: readonly string[], scores: readonly OptionScore[]): readonly Reading[] {
  const means = scores.map((score) => score.meanLogProb);
  const largest = Math.max(...means);
  const weights = means.map((mean) => Math.exp(mean - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const probabilities = weights.map((weight) => weight / total);
  return options.map((option, i) => {
    const mine = probabilities[i] ?? 0;
    const others = probabilities.filter((_, j) => j !== i);
    return {
      option,
      meanLogProb: means[i] ?? Number.NEGATIVE_INFINITY,
      probability: mine,
      margin: mine - Math.max(0, ...others),
      allowedMass: scores[i]?.allowedMass ?? 0,
      rank: 1 + others.filter((other) => other > mine).length,
    };
  });
}
