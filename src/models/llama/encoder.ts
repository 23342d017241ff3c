import type { Llama, LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import type { LoadPlan } from "../protocol.ts";

/** A context adds its own begin and end tokens to a text. */
const frameTokens = 2;
const contextsMax = 4;

/**
 * Turns texts into unit vectors. Several small contexts with a thread each: short texts keep one core
 * busy at best, and threads that wait for each other are slower than one alone.
 */
export class Encoder {
  readonly #model: LlamaModel;
  readonly #contexts: readonly LlamaEmbeddingContext[];
  readonly #windowTokens: number;

  private constructor(model: LlamaModel, contexts: readonly LlamaEmbeddingContext[], contextTokens: number) {
    this.#model = model;
    this.#contexts = contexts;
    this.#windowTokens = contextTokens - frameTokens - 1;
  }

  static async load(llama: Llama, plan: LoadPlan): Promise<Encoder> {
    const model = await llama.loadModel({ modelPath: plan.path });
    const contextSize = Math.min(plan.contextTokens, 512);
    const count = Math.max(1, Math.min(contextsMax, llama.maxThreads === 0 ? contextsMax : llama.maxThreads));
    const contexts: LlamaEmbeddingContext[] = [];
    while (contexts.length < count) {
      contexts.push(await model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads: 1 }));
    }
    return new Encoder(model, contexts, contextSize);
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    const waiting = texts.entries();
    await Promise.all(
      this.#contexts.map(async (context) => {
        // One iterator for all: each context takes the next text that nobody has taken.
        for (const [index, text] of waiting) {
          signal.throwIfAborted();
          vectors[index] = await this.#embedOne(context, text);
        }
      }),
    );
    return vectors;
  }

  /** A text longer than the model's window is read in windows, each counting by its length. */
  async #embedOne(context: LlamaEmbeddingContext, text: string): Promise<Float32Array> {
    const read = this.#model.tokenize(text, false);
    // A text without tokens is its frame alone, which the context adds only to what has some.
    const tokens = read.length === 0 ? this.#frame() : read;
    const sum: number[] = [];
    for (let at = 0; at < tokens.length; at += this.#windowTokens) {
      const window: Token[] = tokens.slice(at, at + this.#windowTokens);
      const { vector } = await context.getEmbeddingFor(window);
      const weight = (window.length + frameTokens) / Math.hypot(...vector);
      vector.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value * weight));
    }
    const length = Math.hypot(...sum);
    return Float32Array.from(sum, (value) => value / length);
  }

  #frame(): Token[] {
    const { bos, eos } = this.#model.tokens;
    return [bos ?? eos].filter((token) => token !== null);
  }
}
