import {
  getLlama,
  type Llama,
  LlamaChatSession,
  type LlamaContext,
  type LlamaModel,
  LlamaLogLevel,
} from "node-llama-cpp";
import type { Json, JsonObject } from "../../src/core/index.ts";

/**
 * How a small model is usually asked for data in Node: a chat session that writes JSON under the grammar of a
 * JSON schema (node-llama-cpp's own), with the same file, in the best order for reuse: document first.
 */
const system = "You read documents and answer in JSON with exact words from the document.";
const question = (schema: JsonObject) => {
  const properties = Object.entries(schema["properties"] as Record<string, JsonObject>);
  const fields = properties.map(([key, field]) => `- ${key}: ${String(field["description"] ?? key)}`);
  return `Extract these fields as JSON:\n${fields.join("\n")}`;
};
const tokensMax = 160;

export class Baseline {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #grammars = new Map<JsonObject, Awaited<ReturnType<Llama["createGrammarForJsonSchema"]>>>();

  private constructor(llama: Llama, model: LlamaModel, context: LlamaContext) {
    this.#llama = llama;
    this.#model = model;
    this.#context = context;
  }

  static async open(modelPath: string, threads: number): Promise<Baseline> {
    const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error });
    llama.maxThreads = threads;
    const model = await llama.loadModel({ modelPath });
    return new Baseline(llama, model, await model.createContext({ contextSize: 4096, threads }));
  }

  set threads(threads: number) {
    this.#llama.maxThreads = threads;
  }

  /** @returns null where what it wrote is no JSON at the limit of tokens */
  async ask(document: string, schema: JsonObject): Promise<Json> {
    const known = this.#grammars.get(schema);
    const grammar = known ?? (await this.#llama.createGrammarForJsonSchema(schema as never));
    this.#grammars.set(schema, grammar);
    const contextSequence = this.#context.getSequence();
    const session = new LlamaChatSession({ contextSequence, systemPrompt: system, autoDisposeSequence: false });
    try {
      const text = await session.prompt(`${document}\n\n${question(schema)}`, {
        grammar: grammar as never,
        maxTokens: tokensMax,
        temperature: 0,
      });
      return JSON.parse(text) as Json;
    } catch (thrown) {
      if (thrown instanceof SyntaxError) return null;
      throw thrown;
    } finally {
      session.dispose({ disposeSequence: true });
    }
  }

  /** Two calls on one sequence: what a second step on the same document costs after a first. */
  async askAgain(document: string, schemas: readonly JsonObject[]): Promise<readonly number[]> {
    const contextSequence = this.#context.getSequence();
    const times: number[] = [];
    for (const schema of schemas) {
      const grammar = await this.#llama.createGrammarForJsonSchema(schema as never);
      const begun = performance.now();
      const session = new LlamaChatSession({ contextSequence, systemPrompt: system, autoDisposeSequence: false });
      await session.prompt(`${document}\n\n${question(schema)}`, {
        grammar: grammar as never,
        maxTokens: tokensMax,
        temperature: 0,
      });
      times.push(performance.now() - begun);
      session.dispose({ disposeSequence: false });
    }
    contextSequence.dispose();
    return times;
  }

  /** node-llama-cpp's own way to decide among values: warm, all questions of one document. */
  async decide(document: string, fields: Readonly<Record<string, readonly string[]>>): Promise<number> {
    const context = await this.#model.createDecisionContext();
    const questions = Object.fromEntries(
      Object.entries(fields).map(([key, values]) => [
        key,
        {
          type: "choice",
          instruction: `What is the ${key}?`,
          criteria: Object.fromEntries(values.map((one) => [one, null])),
        },
      ]),
    );
    await context.decide(document, questions as never);
    const begun = performance.now();
    await context.decide(document, questions as never);
    const ms = performance.now() - begun;
    await context.dispose();
    return ms;
  }

  /** Tokens a second of the bare engine, reading 1,024 tokens and writing 48. */
  async raw(threads: number): Promise<{ readonly read: number; readonly write: number }> {
    this.#llama.maxThreads = threads;
    const sequence = this.#context.getSequence();
    const tokens = this.#model
      .tokenize("One more line of a receipt: 3 rolls at 1.20 each, paid in cash.\n".repeat(60), false)
      .slice(0, 1024);
    let begun = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    const read = (tokens.length / (performance.now() - begun)) * 1000;
    begun = performance.now();
    let written = 0;
    for await (const token of sequence.evaluate(this.#model.tokenize("The", false), {
      temperature: 0,
      yieldEogToken: true,
    })) {
      written += Number(token !== null);
      if (written === 48) break;
    }
    const write = (written / (performance.now() - begun)) * 1000;
    sequence.dispose();
    return { read, write };
  }

  async close(): Promise<void> {
    await this.#context.dispose();
    await this.#model.dispose();
    await this.#llama.dispose();
  }
}
