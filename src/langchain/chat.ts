import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import type { z } from "zod";
import { readConfig } from "../config.ts";
import type { JsonObject } from "../core/index.ts";
import { createModelHost } from "../models/host.ts";
import { resolveDecoder, resolveEncoder, type ModelSettings } from "../models/library.ts";
import type { CallOptions, Model, TokenUse } from "../ports/index.ts";
import { checkedObject, planOf } from "../slm/index.ts";
import { conversationOf, messagesOf } from "./conversation.ts";
import { jsonSchemaOf, parsedBy } from "./schema.ts";

export interface ChatWeirFields extends BaseChatModelParams {
  /** A catalogue name, an `hf:` URI or a path; default: WEIR_MODEL, the model in use, the default one. */
  readonly model?: string;
  /** Path of a LoRA adapter of that model. */
  readonly adapter?: string;
  /** Tokens of an answer at most; default 512. */
  readonly tokensMax?: number;
  /** Time for a call, waiting included; default two minutes. */
  readonly timeoutMs?: number;
  /** Models that are open already, e.g. one host for several chat models. */
  readonly host?: Model;
}

// eslint-disable-next-line typescript/no-explicit-any -- as LangChain's own signature has it
type Parsed = Record<string, any>;
type Input = BaseLanguageModelInput;
type Plain = StructuredOutputMethodOptions<false>;
type Raw = StructuredOutputMethodOptions<true>;

interface WithRaw<Output> {
  readonly raw: BaseMessage;
  readonly parsed: Output;
}

/**
 * Weir's local model as a LangChain chat model: no key, no server, no byte that leaves. It answers greedily,
 * and `withStructuredOutput` holds: the answer is written under a grammar of the schema, and what a grammar
 * cannot hold is checked afterwards.
 */
export class ChatWeir extends BaseChatModel<BaseChatModelCallOptions> {
  readonly #fields: ChatWeirFields;
  #host: Model | null;

  constructor(fields: ChatWeirFields = {}) {
    super(fields);
    this.#fields = fields;
    this.#host = fields.host ?? null;
  }

  override _llmType(): string {
    return "weir";
  }

  /** @throws WeirError `model.*`, `answer.cut-short` */
  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const { history, last } = conversationOf(messages);
    const { text, tokens } = await this.#model().write(
      { document: "", instruction: last, history, schema: null, ...this.#limits() },
      this.#callOptions(options.signal),
    );
    const message = messageOf(text, tokens);
    return { generations: [{ text, message }], llmOutput: { tokenUsage: usageOf(tokens) } };
  }

  /**
   * A model whose answers are of the schema's form: a zod schema, which also parses them, or a JSON Schema.
   * @throws WeirError `workflow.invalid` at once where no answer can be written; the runnable `answer.invalid`
   * for an answer that breaks what the grammar does not hold
   */
  override withStructuredOutput<S extends z.ZodType>(schema: S, config?: Plain): Runnable<Input, z.output<S>>;
  override withStructuredOutput<S extends z.ZodType>(schema: S, config: Raw): Runnable<Input, WithRaw<z.output<S>>>;
  override withStructuredOutput<Output extends Parsed = Parsed>(
    schema: object,
    config?: Plain,
  ): Runnable<Input, Output>;
  override withStructuredOutput<Output extends Parsed = Parsed>(
    schema: object,
    config: Raw,
  ): Runnable<Input, WithRaw<Output>>;
  override withStructuredOutput(
    schema: object,
    config: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<Input, Parsed> {
    const wanted = jsonSchemaOf(schema);
    planOf(wanted); // What cannot be answered is said now, not at the first call.
    return RunnableLambda.from(async (input: Input, options): Promise<Parsed> => {
      const { value, raw } = await this.#object(messagesOf(input), wanted, options?.signal);
      const parsed = await parsedBy(schema, value);
      return config.includeRaw === true ? { raw, parsed } : parsed;
    });
  }

  /** Ends the process of the model, unless it was handed in. An idle one ends with the program. */
  async close(): Promise<void> {
    if (this.#fields.host === undefined) await this.#host?.close();
  }

  async #object(messages: readonly BaseMessage[], schema: JsonObject, signal: AbortSignal | undefined) {
    const { history, last } = conversationOf(messages);
    const request = { document: last, history, schema, ...this.#limits() };
    const { value, tokens } = await checkedObject(this.#model(), request, this.#callOptions(signal));
    return { value, raw: messageOf(JSON.stringify(value), tokens) };
  }

  #model(): Model {
    if (this.#host !== null) return this.#host;
    const { cacheDir, model } = readConfig();
    const decoder = this.#fields.model ?? model;
    const settings: ModelSettings = { cacheFolder: cacheDir, decoder, encoder: null };
    this.#host = createModelHost({
      files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
    });
    return this.#host;
  }

  #limits(): { readonly tokensMax: number; readonly adapter?: string } {
    const { tokensMax = 512, adapter } = this.#fields;
    return { tokensMax, ...(adapter === undefined ? {} : { adapter }) };
  }

  #callOptions(signal: AbortSignal | undefined): CallOptions {
    const { timeoutMs } = this.#fields;
    return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  }
}

function messageOf(text: string, tokens: TokenUse): AIMessage {
  return Object.assign(new AIMessage(text), { usage_metadata: usageOf(tokens) });
}

function usageOf({ prompt, generated }: TokenUse) {
  return { input_tokens: prompt, output_tokens: generated, total_tokens: prompt + generated };
}
