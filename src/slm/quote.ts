import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { point } from "./point.ts";
import { quotePrompt } from "./prompts.ts";
import type { Reading } from "./readings.ts";

/** Words of a passage, from one offset up to another. */
export interface Stretch {
  readonly passage: number;
  readonly start: number;
  readonly end: number;
}

export interface QuotingRequest {
  readonly document: string;
  /** What the field is called in plain words, e.g. "kind of damage". */
  readonly label: string;
  /** What may be quoted: the lines of the document. */
  readonly passages: readonly string[];
  /** What else around a quote may be meant, such as the whole cell of a table. */
  readonly around?: (quote: Stretch) => readonly Stretch[];
  /** Whether the document may not state it: absence then stands against the quotes. */
  readonly absent?: boolean;
}

export interface Quoted {
  /** Each with what the model makes of it beside the others. */
  readonly quotes: readonly (Stretch & { readonly text: string; readonly reading: Reading })[];
  /** What the model makes of absence; null where that was not asked. */
  readonly absence: Reading | null;
  readonly tokens: TokenUse;
}

/** Stretches that begin alike have to be told apart. */
const optionTokensMax = 16;

/**
 * Lets the model answer with words of the passages: a value that no finder proposes, and that stands on the
 * page. Where a quote ends is what a small model knows least, so that its quotes and what stands around them are
 * scored once more against each other.
 */
export async function quote(model: Model, request: QuotingRequest, options: CallOptions = {}): Promise<Quoted> {
  const { document, label, passages, around = () => [], absent = false } = request;
  const { quotes, tokens } = await model.quote({ document, ...quotePrompt(label), passages }, options);
  const stretches = new Map<string, Stretch>();
  for (const { passage, start, end } of [...quotes, ...quotes.flatMap(around)]) {
    const text = passages[passage]?.slice(start, end).replaceAll(/\s+/g, " ") ?? "";
    if (!stretches.has(text)) stretches.set(text, { passage, start, end });
  }
  const texts = [...stretches.keys()];
  const pointing = await point(model, { document, label, options: texts, optionTokensMax, absent }, options);
  return {
    quotes: pointing.readings.flatMap((reading) => {
      const stretch = stretches.get(reading.option);
      return stretch === undefined ? [] : [{ ...stretch, text: reading.option, reading }];
    }),
    absence: pointing.absence,
    tokens: {
      prompt: tokens.prompt + pointing.tokens.prompt,
      reused: tokens.reused + pointing.tokens.reused,
      generated: 0,
    },
  };
}
