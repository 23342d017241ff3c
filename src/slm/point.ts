import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { absentWords, fieldPrompt } from "./prompts.ts";
import { type Reading, readingsOf } from "./readings.ts";

export interface PointRequest {
  readonly document: string;
  /** What the field is called in plain words, e.g. "invoice number". */
  readonly label: string;
  /** Texts that stand in the document. */
  readonly options: readonly string[];
  readonly optionTokensMax?: number;
  /** How many of the best are scored to their ends; default: all (`ScoreRequest.best`). */
  readonly best?: number;
  /** Whether the document may not state it: absence is then one of the candidates. */
  readonly absent?: boolean;
}

export interface Pointing {
  /** In the order of the options. */
  readonly readings: readonly Reading[];
  /** What the model makes of absence; null where that was not asked. */
  readonly absence: Reading | null;
  readonly tokens: TokenUse;
}

const noTokens: TokenUse = { prompt: 0, reused: 0, generated: 0 };

/** Lets the model point at one of several candidates for a field. Without candidates it is not asked. */
export async function point(model: Model, request: PointRequest, options: CallOptions = {}): Promise<Pointing> {
  if (request.options.length === 0) return { readings: [], absence: null, tokens: noTokens };
  const { document, optionTokensMax, best, absent = false } = request;
  // The same text twice would share its probability with itself.
  const distinct = [...new Set([...request.options, ...(absent ? [absentWords] : [])])];
  const { scores, tokens } = await model.score(
    {
      document,
      ...fieldPrompt(request.label),
      options: distinct,
      ...(optionTokensMax === undefined ? {} : { optionTokensMax }),
      ...(best === undefined ? {} : { best }),
    },
    options,
  );
  const byOption = new Map(readingsOf(distinct, scores).map((reading) => [reading.option, reading]));
  const readings = request.options.flatMap((option) => byOption.get(option) ?? []);
  return { readings, absence: absent ? (byOption.get(absentWords) ?? null) : null, tokens };
}
