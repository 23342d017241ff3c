import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { WeirError, type Json } from "../core/index.ts";
import type {
  CallOptions,
  Model,
  ModelInfo,
  QuoteRequest,
  QuoteResult,
  ScoreRequest,
  ScoreResult,
  TokenUse,
  WriteRequest,
  WriteResult,
} from "../ports/index.ts";

/** What a scripted model answers. A kind of call that is not set up throws. */
export interface ModelScript {
  /** Mean log-probabilities, in the order of the options. */
  readonly score?: (request: ScoreRequest) => readonly number[];
  /** Share of probability on the options' first tokens; default 0.5. */
  readonly allowedMass?: number;
  /** Texts that stand in the passages, the likeliest first; those that do not are left out, as by any model. */
  readonly quote?: (request: QuoteRequest) => readonly string[];
  readonly write?: (request: WriteRequest) => Json;
  /** A direction; it is brought to unit length. */
  readonly embed?: (text: string) => readonly number[];
  /** Time a call takes, in ms; default 0. */
  readonly latencyMs?: number;
  /** Longest document and question, in words; default 4096. */
  readonly contextWords?: number;
}

export type RecordedCall =
  | { readonly kind: "score"; readonly request: ScoreRequest }
  | { readonly kind: "quote"; readonly request: QuoteRequest }
  | { readonly kind: "write"; readonly request: WriteRequest }
  | { readonly kind: "embed"; readonly texts: readonly string[] };

export interface ScriptedModel extends Model {
  /** Every call that was made, in order. */
  readonly calls: readonly RecordedCall[];
}

/** A model for tests: answers as told, records what it was asked, throws on anything not set up. */
export function scriptedModel(script: ModelScript = {}): ScriptedModel {
  return new Scripted(script);
}

class Scripted implements ScriptedModel {
  readonly calls: RecordedCall[] = [];
  readonly #script: ModelScript;
  #turn: Promise<unknown> = Promise.resolve();
  #lastWords: readonly string[] = [];
  readonly #closed = new AbortController();

  constructor(script: ModelScript) {
    this.#script = script;
  }

  async describe(): Promise<ModelInfo> {
    const sha256 = createHash("sha256").update("scripted").digest("hex");
    return { decoder: { name: "scripted", sha256 }, encoder: { name: "scripted", sha256 } };
  }

  score(request: ScoreRequest, options: CallOptions = {}): Promise<ScoreResult> {
    const { score: answer, allowedMass = 0.5 } = this.#script;
    return this.#call({ kind: "score", request }, options, () => {
      if (answer === undefined) throw notSetUp("score", request.question);
      const tokens = this.#read(`${request.document}\n${request.question}`);
      const means = answer(request);
      if (means.length !== request.options.length) throw new Error("scriptedModel: one score an option is wanted");
      return {
        scores: means.map((meanLogProb) => ({ meanLogProb, logProb: meanLogProb, tokens: 1, allowedMass })),
        tokens,
      };
    });
  }

  quote(request: QuoteRequest, options: CallOptions = {}): Promise<QuoteResult> {
    const { quote: answer, allowedMass = 0.5 } = this.#script;
    return this.#call({ kind: "quote", request }, options, () => {
      if (answer === undefined) throw notSetUp("quote", request.question);
      const tokens = this.#read(`${request.document}\n${request.question}`);
      const quotes = answer(request).flatMap((text, rank) => {
        const passage = request.passages.findIndex((one) => one.includes(text));
        const start = request.passages[passage]?.indexOf(text) ?? -1;
        const meanLogProb = -1 - rank;
        if (start < 0 || text === "") return [];
        return [{ passage, start, end: start + text.length, meanLogProb, logProb: meanLogProb, tokens: 1 }];
      });
      return { quotes: quotes.slice(0, request.quotesMax ?? 4), allowedMass, tokens };
    });
  }

  write(request: WriteRequest, options: CallOptions = {}): Promise<WriteResult> {
    const { write: answer } = this.#script;
    return this.#call({ kind: "write", request }, options, () => {
      if (answer === undefined) throw notSetUp("write", request.instruction);
      const tokens = this.#read(`${request.document}\n${request.instruction}`);
      const said = answer(request);
      const text = request.schema === null && typeof said === "string" ? said : JSON.stringify(said);
      const generated = Math.ceil(text.length / 4);
      if (generated > request.tokensMax)
        throw new WeirError("answer.cut-short", "The script is longer than tokensMax.");
      return { text, tokens: { ...tokens, generated } };
    });
  }

  embed(texts: readonly string[], options: CallOptions = {}): Promise<readonly Float32Array[]> {
    const { embed: answer } = this.#script;
    return this.#call({ kind: "embed", texts }, options, () => {
      if (answer === undefined) throw notSetUp("embed", texts.join(", "));
      return texts.map((text) => {
        const vector = answer(text);
        const length = Math.hypot(...vector);
        return Float32Array.from(vector, (value) => value / length);
      });
    });
  }

  async close(): Promise<void> {
    this.#closed.abort(new WeirError("cancelled", "The models were closed."));
    await this.#turn;
  }

  /** One call after another, each under its own signal and limit. */
  #call<T>(call: RecordedCall, { signal, timeoutMs }: CallOptions, answer: () => T): Promise<T> {
    this.calls.push(call);
    const limits = [this.#closed.signal, ...(signal === undefined ? [] : [signal])];
    const timer = new AbortController();
    const late = () => timer.abort(new WeirError("model.timeout", `No answer within ${timeoutMs} ms.`));
    const timeout = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    const ended = AbortSignal.any([...limits, timer.signal]);
    const work = this.#turn.then(async () => {
      try {
        await delay(this.#script.latencyMs ?? 0, undefined, { signal: ended });
        return answer();
      } catch (thrown) {
        throw ended.aborted ? reasonOf(ended) : thrown;
      } finally {
        clearTimeout(timeout);
      }
    });
    this.#turn = work.catch(() => {});
    return work;
  }

  #read(text: string): TokenUse {
    const words = text.split(/\s+/);
    if (words.length > (this.#script.contextWords ?? 4096)) {
      throw new WeirError("model.context-overflow", `The text has ${words.length} words.`);
    }
    const differs = words.findIndex((word, i) => word !== this.#lastWords[i]);
    this.#lastWords = words;
    return { prompt: words.length, reused: differs < 0 ? words.length : differs, generated: 0 };
  }
}

function reasonOf({ reason }: AbortSignal): WeirError {
  return reason instanceof WeirError
    ? reason
    : new WeirError("cancelled", "The call was cancelled.", { cause: reason });
}

function notSetUp(call: string, about: string): Error {
  return new Error(`scriptedModel: ${call} was called and nothing is set up for it (${about.slice(0, 80)})`);
}
