import { BaseChatModel, type BaseChatModelCallOptions } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { z } from "zod";
import type { JsonObject } from "../core/index.ts";
import { thinkingTokens, thinks } from "./thinking.ts";

export interface OpenAiCompatibleOptions {
  readonly model: string;
  /** Up to and without "/chat/completions". */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Azure wants the key in a header of its own. */
  readonly keyHeader: "authorization" | "api-key";
  readonly tokensMax: number;
  readonly fetch: typeof fetch;
}

interface CallOptions extends BaseChatModelCallOptions {
  /** JSON Schema the server is to hold the answer to. */
  readonly answerSchema?: JsonObject;
}

const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

/**
 * The chat completions of OpenAI, of Azure, and of every server that speaks like them, as a LangChain
 * chat model. Its own rather than a package: the bytes that leave are exactly these, one request a
 * question, no retries behind our back and nothing else to install.
 */
export class OpenAiCompatible extends BaseChatModel<CallOptions> {
  readonly #options: OpenAiCompatibleOptions;

  constructor(options: OpenAiCompatibleOptions) {
    super({});
    this.#options = options;
  }

  override _llmType(): string {
    return "openai-compatible";
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    const { baseUrl, fetch } = this.#options;
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers: this.#headers(),
      body: JSON.stringify(this.#body(messages, options.answerSchema)),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return resultOf(completion.parse(JSON.parse(text)));
  }

  #headers(): Record<string, string> {
    const { apiKey, keyHeader } = this.#options;
    const key = keyHeader === "api-key" ? { "api-key": apiKey ?? "" } : { authorization: `Bearer ${apiKey}` };
    return { "content-type": "application/json", ...(apiKey === null ? {} : key) };
  }

  #body(messages: readonly BaseMessage[], schema: JsonObject | undefined) {
    const { model, tokensMax } = this.#options;
    // Those that think take neither a temperature nor the old name of the token limit.
    const limits = thinks("openai", model)
      ? { max_completion_tokens: tokensMax + thinkingTokens, reasoning_effort: "low" }
      : { max_tokens: tokensMax, temperature: 0 };
    const format = { type: "json_schema", json_schema: { name: "answer", strict: true, schema } };
    return {
      model,
      messages: messages.map(({ type, text }) => ({ role: type === "system" ? "system" : "user", content: text })),
      ...limits,
      ...(schema ? { response_format: format } : {}),
    };
  }
}

function resultOf({ choices, usage }: z.infer<typeof completion>): ChatResult {
  const [choice] = choices;
  const text = choice?.message.content ?? "";
  const refusal = choice?.message.refusal ?? "";
  const message = new AIMessage({
    content: text,
    response_metadata: {
      finish_reason: choice?.finish_reason ?? "",
      ...(refusal === "" ? {} : { refusal }),
      ...(usage
        ? { tokenUsage: { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } }
        : {}),
    },
  });
  return { generations: [{ text, message }] };
}
