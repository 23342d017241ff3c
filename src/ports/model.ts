import type { JsonObject } from "../core/index.ts";
import type { TokenPrice } from "./cloud.ts";

/**
 * Local models: one decoder that can score given answers and write under a grammar, one encoder.
 * Calls are queued; each has a hard time limit, after which the host is killed and the call fails
 * with `model.timeout`. A host that dies fails the call with `model.host-crashed`.
 */
export interface Model {
  /** What is loaded, for the record of each run. Does not wake the model. */
  describe(): Promise<ModelInfo>;
  /**
   * Scores each option as the continuation of `document` + `question` by its own tokens.
   * The document's state is kept, so that the next question about it costs only its own tokens.
   * @throws WeirError `model.context-overflow`
   */
  score(request: ScoreRequest, options?: CallOptions): Promise<ScoreResult>;
  /**
   * Answers with words that stand in the given passages: the model chooses where the answer begins, and goes on
   * only as one of the passages does. @throws WeirError `model.context-overflow`
   */
  quote(request: QuoteRequest, options?: CallOptions): Promise<QuoteResult>;
  /** Writes JSON that fits the schema, or text, greedily. @throws WeirError `answer.cut-short` at the token limit */
  write(request: WriteRequest, options?: CallOptions): Promise<WriteResult>;
  /** One unit-length vector a text, in order. */
  embed(texts: readonly string[], options?: CallOptions): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** A larger local model, asked about what the first one leaves in doubt: dearer by the time it takes. */
export interface LargeModel extends Model {
  /** By its speed so far and what the machine costs an hour; nothing before the first question. */
  readonly price: TokenPrice;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Hard limit for the whole call, waiting included. */
  readonly timeoutMs?: number;
  /** Calls of a higher priority are answered first; default 0. Who waits long enough has a turn all the same. */
  readonly priority?: number;
  /** Told how far the call is: tokens read or written, and how many there will be at most. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ModelInfo {
  readonly decoder: { readonly name: string; readonly sha256: string };
  readonly encoder: { readonly name: string; readonly sha256: string };
}

export interface ScoreRequest {
  /** Comes first in the prompt and is tokenised without special tokens: it cannot inject a turn. */
  readonly document: string;
  readonly question: string;
  /** How the answer begins ("The total is"): each option is scored as what comes next. */
  readonly lead?: string;
  readonly options: readonly string[];
  /** Tokens of an option that are scored at most; default 8. */
  readonly optionTokensMax?: number;
  /**
   * Scores an option no further than the token that tells it from the others: for values of a closed set, whose other
   * tokens follow by themselves; default false.
   */
  readonly apart?: boolean;
  /**
   * How many of the best options are scored to their ends; default: all. The others may have the score that they
   * could still have come to when they could come before these no more: never less than their own.
   */
  readonly best?: number;
  /** Path of a LoRA adapter of the decoder; default: none. @throws WeirError `model.adapter` */
  readonly adapter?: string;
}

export interface OptionScore {
  /** Mean raw log-probability (natural, before any mask) of the option's scored tokens. */
  readonly meanLogProb: number;
  /** The same added up, and of how many tokens. */
  readonly logProb: number;
  readonly tokens: number;
  /** Share of probability the model gave to any of the options at the first token, 0..1. */
  readonly allowedMass: number;
}

export interface ScoreResult {
  /** In the order of the request. */
  readonly scores: readonly OptionScore[];
  readonly tokens: TokenUse;
}

export interface QuoteRequest extends Pick<ScoreRequest, "document" | "question" | "lead" | "adapter"> {
  /** What may be quoted, most often the lines of the document. A quote never goes over the end of one. */
  readonly passages: readonly string[];
  /** Quotes that are followed to their end at most, each with another beginning; default 4. */
  readonly quotesMax?: number;
  /** Tokens of a quote at most; default 32. */
  readonly quoteTokensMax?: number;
}

/** Words of a passage: `passages[passage].slice(start, end)`. */
export interface Quote extends Omit<OptionScore, "allowedMass"> {
  readonly passage: number;
  readonly start: number;
  readonly end: number;
}

export interface QuoteResult {
  /** The likeliest a token first; empty where no passage holds a word. */
  readonly quotes: readonly Quote[];
  /** Share of probability the model gave to any word of the passages at the first token, 0..1. */
  readonly allowedMass: number;
  readonly tokens: TokenUse;
}

export interface WriteRequest {
  readonly document: string;
  readonly instruction: string;
  /** JSON Schema of the answer, as `planOf(…).written` puts it; null: free text. */
  readonly schema: JsonObject | null;
  readonly tokensMax: number;
  /** What was said before, first to last; a system text among it takes the place of Weir's own. */
  readonly history?: readonly Said[];
  /** Path of a LoRA adapter of the decoder; default: none. @throws WeirError `model.adapter` */
  readonly adapter?: string;
}

/** One turn of a conversation. */
export interface Said {
  readonly by: "system" | "user" | "model";
  readonly text: string;
}

export interface WriteResult {
  readonly text: string;
  readonly tokens: TokenUse;
}

export interface TokenUse {
  readonly prompt: number;
  /** Prompt tokens that were already in the model's state. */
  readonly reused: number;
  readonly generated: number;
}
