import { type BaseMessage, HumanMessage, SystemMessage, type UsageMetadata } from "@langchain/core/messages";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { z } from "zod";
import { type Json, type JsonObject, Postponed, WeirError } from "../core/index.ts";
import {
  type CallLimits,
  type CallOutcome,
  type CallRecord,
  type CallStatus,
  type Clock,
  type Cloud,
  type CloudAnswer,
  type CloudQuestion,
  type CloudUse,
  type Ledger,
  type TokenPrice,
  addCloudUse,
  costNano,
  noCloudUse,
} from "../ports/index.ts";
import { OpenAiCompatible } from "./openai-compatible.ts";
import { readFailure, usageIn } from "./outcome.ts";
import { type CloudConfig, providerOf } from "./providers.ts";
import { untraced } from "../untraced.ts";
import { type Exchange, Wire, sentCall } from "./wire.ts";

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly price: TokenPrice;
  /** Of this provider, over all workers; defaults suit the smallest accounts. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrent?: number;
  /** How long one request may take, milliseconds; default 60 s. */
  readonly callMs?: number;
}

/** Characters of a token, on the safe side for an estimate that only budgets see. */
const charactersPerToken = 3;
/** A chat model is made for every limit of an answer; this one is made to see that it can be. */
const answerTokensUsual = 128;
/** Waiting that is not worth putting a run away for. */
const shortWaitMs = 2_000;

/**
 * A cloud model behind the ledger. What keeps it from being asked at all is said here.
 * @throws WeirError `config.invalid`, `cloud.package`
 */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const cloud = new LangChainCloud(options);
  await cloud.load();
  return cloud;
}

class LangChainCloud implements Cloud {
  readonly name: string;
  readonly price: TokenPrice;
  readonly #options: CloudOptions;
  readonly #wire: Wire;
  readonly #model: string;
  readonly #provider: ReturnType<typeof providerOf>["provider"];

  constructor(options: CloudOptions) {
    const { provider, model } = providerOf(options.config);
    this.name = options.config.model;
    this.price = options.price;
    this.#options = options;
    this.#provider = provider;
    this.#model = model;
    this.#wire = new Wire(options.ledger);
    if (provider.package !== null) this.#wire.takeOverFetch();
  }

  /** @throws WeirError `cloud.package`, `config.invalid` */
  async load(): Promise<void> {
    await this.#chatModel(answerTokensUsual).catch((error: unknown) => {
      if (error instanceof WeirError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new WeirError("config.invalid", `WEIR_CLOUD=${this.name}: ${why}`, { cause: error });
    });
  }

  async ask(question: CloudQuestion, { signal }: { readonly signal: AbortSignal }): Promise<CloudAnswer> {
    const { ledger, clock } = this.#options;
    const chat = await this.#chatModel(question.answerTokensMax);
    for (;;) {
      signal.throwIfAborted();
      const known = (await ledger.tries(question.key)).at(-1);
      if (known && known.status !== "unavailable") return this.#settled(known);
      const exchange = this.#exchange(question, signal);
      await this.#send(chat, question, exchange);
      const { verdict } = exchange;
      if (verdict?.verdict === "no") throw new WeirError(verdict.code, `${this.name} was not asked: ${verdict.why}.`);
      if (verdict?.verdict !== "wait") continue;
      const waitMs = verdict.until - clock.now();
      if (waitMs > shortWaitMs) {
        throw new Postponed(`${this.name} is asked later: ${verdict.why}.`, verdict.until, verdict.reason);
      }
      await clock.sleep(Math.max(1, waitMs), signal);
    }
  }

  async used(key: string): Promise<CloudUse> {
    const tries = await this.#options.ledger.tries(key);
    return tries
      .filter(({ bytesOut }) => bytesOut > 0)
      .map(({ promptTokens, completionTokens, bytesOut, costNano: cost }) => {
        return { calls: 1, promptTokens, completionTokens, bytesOut, costNano: cost };
      })
      .reduce(addCloudUse, noCloudUse);
  }

  /** What the ledger says a question came to. */
  #settled(call: CallRecord): CloudAnswer {
    const { status, problem, answer } = call;
    if (status === "answered" && answer) return { value: answer["value"] ?? null };
    if (status === "sending") return this.#underWay(call);
    const code = status === "lost" ? "cloud.lost" : status === "refused" ? "cloud.refused" : "cloud.answer";
    throw new WeirError(code, `${this.name}: ${problem ?? status}.`);
  }

  /** Its worker may still be at it; once that cannot be, nobody knows what became of it. */
  #underWay({ sentAt }: CallRecord): never {
    const { clock } = this.#options;
    const until = sentAt + this.#callMs;
    if (until > clock.now()) throw new Postponed(`${this.name} may still answer.`, until, "retry");
    throw new WeirError("cloud.lost", `${this.name}: sent, and the process ended before an answer came.`);
  }

  get #callMs(): number {
    return this.#options.callMs ?? 60_000;
  }

  #exchange(question: CloudQuestion, signal: AbortSignal): Exchange {
    const { requestsPerMinute = 500, tokensPerMinute = 200_000, concurrent = 8 } = this.#options;
    const { key, run, workflow, paths, budget, patienceMs, instruction, text, answerTokensMax } = question;
    const prompt = (instruction.length + text.length + JSON.stringify(question.schema).length) / charactersPerToken;
    const limits: CallLimits = {
      budget,
      patienceMs,
      requestsPerMinute,
      tokensPerMinute,
      concurrent,
      callMs: this.#callMs,
    };
    return {
      call: {
        key,
        run,
        workflow,
        paths,
        model: this.name,
        tokens: prompt + answerTokensMax,
        costNano: costNano(this.price, prompt, answerTokensMax),
      },
      limits,
      secret: this.#options.config.apiKey,
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.#callMs)]),
      verdict: null,
      bytesOut: 0,
      received: null,
    };
  }

  /** Sends the question where the ledger lets it, and records what became of it. */
  async #send(chat: BaseChatModel, question: CloudQuestion, exchange: Exchange): Promise<void> {
    const { ledger, clock } = this.#options;
    let outcome: CallOutcome;
    try {
      const { structured: method } = this.#provider;
      const raw = await this.#wire.run(exchange, async () => await structured(chat, question, method));
      outcome = this.#outcome("answered", exchange, { answer: { value: raw.value }, usage: raw.usage });
    } catch (error) {
      if (!exchange.verdict) throw error;
      const { status, problem, retryAt } = readFailure(exchange.received, error, clock.now());
      outcome = { ...this.#outcome(status, exchange, {}), problem: this.#withoutSecret(problem), retryAt };
    }
    const call = sentCall(exchange);
    if (call) await ledger.end(call, outcome);
  }

  #outcome(
    status: Exclude<CallStatus, "sending">,
    { received, call }: Exchange,
    { answer, usage }: { readonly answer?: JsonObject; readonly usage?: Usage | null },
  ): CallOutcome {
    const counted = usage ?? (received && usageIn(received)) ?? null;
    // An answer without a count is billed all the same; errors and refusals are not.
    const guess = status === "answered" || status === "unusable" ? { prompt: call.tokens, completion: 0 } : nothing;
    const { prompt, completion } = counted ?? guess;
    return {
      status,
      response: received && { status: received.status, headers: received.headers },
      body: received?.body ?? new Uint8Array(),
      promptTokens: Math.ceil(prompt),
      completionTokens: completion,
      costNano: Math.ceil(costNano(this.price, prompt, completion)),
      problem: null,
      retryAt: null,
      answer: answer ?? null,
    };
  }

  #withoutSecret(text: string): string {
    const { apiKey } = this.#options.config;
    return apiKey === null || apiKey === "" ? text : text.replaceAll(apiKey, "***");
  }

  readonly #models = new Map<number, Promise<BaseChatModel>>();

  async #chatModel(tokensMax: number): Promise<BaseChatModel> {
    const known = this.#models.get(tokensMax);
    if (known) return await known;
    const { baseUrl, apiKey } = this.#options.config;
    const fetch = this.#wire.fetch;
    const model = this.#provider.create({ model: this.#model, baseUrl, apiKey, tokensMax, fetch });
    this.#models.set(tokensMax, model);
    return await model;
  }
}

interface Usage {
  readonly prompt: number;
  readonly completion: number;
}

const nothing: Usage = { prompt: 0, completion: 0 };

/** Asks with the provider's own mechanism for structured output. @throws what came instead of an answer */
async function structured(
  chat: BaseChatModel,
  { instruction, text, schema }: CloudQuestion,
  method: "jsonSchema" | undefined,
): Promise<{ readonly value: Json; readonly usage: Usage | null }> {
  const messages = [new SystemMessage(instruction), new HumanMessage(text)];
  // The wire listens to the signal: some packages stream as soon as they are given one.
  const config = { callbacks: untraced };
  const how = { name: "answer", includeRaw: true, ...(method ? { method } : {}) } as const;
  const raw =
    chat instanceof OpenAiCompatible
      ? { raw: await chat.invoke(messages, { ...config, answerSchema: schema }), parsed: null }
      : await chat.withStructuredOutput(named(schema), how).invoke(messages, config);
  checkWhole(raw.raw);
  const parsed: unknown = raw.parsed ?? jsonIn(raw.raw.text);
  const checked = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(parsed);
  if (!checked.success)
    throw new Error(`The answer is not of the form asked for: ${checked.error.issues[0]?.message}.`);
  return { value: parsed as Json, usage: usageOf(raw.raw) };
}

/** Some providers want the name within. */
function named(schema: JsonObject): Record<string, unknown> {
  return { title: "answer", description: "The answers", ...schema };
}

function checkWhole(message: BaseMessage): void {
  const metadata = message.response_metadata as Record<string, unknown>;
  const reasons = ["finish_reason", "finishReason", "stop_reason", "stopReason"].map((key) => metadata[key]);
  if (reasons.some((reason) => typeof reason === "string" && /^(?:length|max_tokens)$/i.test(reason))) {
    throw new Error("The answer was cut short at its token limit.");
  }
  if (typeof metadata["refusal"] === "string") throw new Error("The answer is a refusal of the model.");
}

/** Servers that ignore the wish for JSON like to wrap it. */
function jsonIn(text: string): unknown {
  const bare = /^\s*```(?:json)?\s*([\s\S]*?)```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(bare);
  } catch {
    throw new Error(bare.trim() === "" ? "The answer is empty." : "The answer is no JSON.");
  }
}

function usageOf(message: BaseMessage): Usage | null {
  const { usage_metadata: usage } = message as BaseMessage & { readonly usage_metadata?: UsageMetadata };
  if (usage) return { prompt: usage.input_tokens, completion: usage.output_tokens };
  const own = (message.response_metadata as { tokenUsage?: { promptTokens: number; completionTokens: number } })
    .tokenUsage;
  return own ? { prompt: own.promptTokens, completion: own.completionTokens } : null;
}
