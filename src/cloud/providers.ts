import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { WeirError } from "../core/index.ts";
import { OpenAiCompatible } from "./openai-compatible.ts";
import { thinkingTokens, thinks } from "./thinking.ts";

/** What WEIR_CLOUD and its companions say. */
export interface CloudConfig {
  /** "openai:gpt-5-mini". */
  readonly model: string;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
}

/** What a chat model is made from. */
export interface ModelOptions {
  readonly model: string;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  readonly tokensMax: number;
  readonly fetch: typeof fetch;
}

export interface Provider {
  /** Whether it may be asked without a key; a server of one's own may. */
  readonly needsKey: boolean;
  readonly needsBaseUrl: boolean;
  /** Whose package sends the requests; null: ours. */
  readonly package: string | null;
  create(options: ModelOptions): Promise<BaseChatModel>;
  /** Its mechanism for structured output where its package would choose one that newer models refuse. */
  readonly structured?: "jsonSchema";
  /** Where its models are listed; null: nowhere that a plain request could read. */
  models(options: Pick<ModelOptions, "baseUrl" | "apiKey">): Listing | null;
}

export interface Listing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const openAiUrl = "https://api.openai.com/v1";

function listing(url: string, apiKey: string | null, keyHeader = "authorization", prefix = ""): Listing {
  return { url, headers: apiKey === null ? {} : { [keyHeader]: prefix + apiKey } };
}

const providers: Readonly<Record<string, Provider>> = {
  openai: {
    needsKey: true,
    needsBaseUrl: false,
    package: null,
    create: async ({ baseUrl, ...options }) =>
      new OpenAiCompatible({ ...options, baseUrl: baseUrl ?? openAiUrl, keyHeader: "authorization" }),
    models: ({ baseUrl, apiKey }) => listing(`${baseUrl ?? openAiUrl}/models`, apiKey, "authorization", "Bearer "),
  },
  azure: {
    needsKey: true,
    needsBaseUrl: true,
    package: null,
    create: async ({ baseUrl, ...options }) =>
      new OpenAiCompatible({ ...options, baseUrl: baseUrl ?? "", keyHeader: "api-key" }),
    models: ({ baseUrl, apiKey }) => listing(`${baseUrl ?? ""}/models`, apiKey, "api-key"),
  },
  anthropic: packaged("@langchain/anthropic", "ChatAnthropic", {
    fields: ({ baseUrl, model, apiKey, tokensMax }) => ({
      ...common(model, apiKey),
      ...(thinks("anthropic", model)
        ? { maxTokens: tokensMax + thinkingTokens, temperature: undefined }
        : { maxTokens: tokensMax }),
      ...(baseUrl === null ? {} : { anthropicApiUrl: baseUrl }),
    }),
    structured: "jsonSchema",
    models: ({ baseUrl, apiKey }) => {
      const { url, headers } = listing(
        `${baseUrl ?? "https://api.anthropic.com"}/v1/models?limit=1000`,
        apiKey,
        "x-api-key",
      );
      return { url, headers: { ...headers, "anthropic-version": "2023-06-01" } };
    },
  }),
  google: packaged("@langchain/google-genai", "ChatGoogleGenerativeAI", {
    fields: ({ baseUrl, model, apiKey, tokensMax }) => ({
      ...common(model, apiKey),
      maxOutputTokens: tokensMax + (thinks("google", model) ? thinkingTokens : 0),
      ...(baseUrl === null ? {} : { baseUrl }),
    }),
    models: ({ baseUrl, apiKey }) =>
      listing(
        `${baseUrl ?? "https://generativelanguage.googleapis.com"}/v1beta/models?pageSize=1000`,
        apiKey,
        "x-goog-api-key",
      ),
  }),
  mistral: packaged("@langchain/mistralai", "ChatMistralAI", {
    fields: ({ baseUrl, model, apiKey, tokensMax }) => ({
      ...common(model, apiKey),
      maxTokens: tokensMax,
      ...(baseUrl === null ? {} : { serverURL: baseUrl }),
    }),
    models: ({ baseUrl, apiKey }) =>
      listing(`${baseUrl ?? "https://api.mistral.ai"}/v1/models`, apiKey, "authorization", "Bearer "),
  }),
  bedrock: {
    needsKey: false,
    needsBaseUrl: false,
    package: "@langchain/aws",
    // Behind signatures that only its own package makes.
    models: () => null,
    create: async ({ model, tokensMax }) => {
      // Keys and region come from where AWS keeps them; its own client would go past the record.
      const { FetchHttpHandler } = await load("@smithy/fetch-http-handler");
      const { ChatBedrockConverse } = await load("@langchain/aws");
      const clientOptions = { requestHandler: construct(FetchHttpHandler, {}), maxAttempts: 1 };
      return construct(ChatBedrockConverse, {
        model,
        temperature: 0,
        maxTokens: tokensMax,
        maxRetries: 0,
        clientOptions,
      }) as BaseChatModel;
    },
  },
};

function common(model: string, apiKey: string | null) {
  return { model, apiKey, temperature: 0, maxRetries: 0, streaming: false, disableStreaming: true };
}

interface Packaged extends Pick<Provider, "models" | "structured"> {
  readonly fields: (options: ModelOptions) => object;
}

function packaged(name: string, className: string, { fields, ...rest }: Packaged): Provider {
  return {
    needsKey: true,
    needsBaseUrl: false,
    package: name,
    ...rest,
    create: async (options) => construct((await load(name))[className], fields(options)) as BaseChatModel,
  };
}

type Loaded = Readonly<Record<string, unknown>>;

/** @throws WeirError `cloud.package` */
async function load(name: string): Promise<Loaded> {
  try {
    return (await import(name)) as Loaded;
  } catch (error) {
    throw missing(name, error);
  }
}

function construct(Class: unknown, fields: object): unknown {
  if (typeof Class !== "function") throw missing("the provider's package", null);
  return new (Class as new (fields: object) => unknown)(fields);
}

function missing(name: string, cause: unknown): WeirError {
  return new WeirError("cloud.package", `WEIR_CLOUD needs ${name}, which is not installed.`, {
    hint: `Install it: npm install ${name}.`,
    ...(cause === null ? {} : { cause }),
  });
}

/**
 * The provider and model of a configuration.
 * @throws WeirError `config.invalid` naming the variable
 */
export function providerOf(config: CloudConfig): { readonly provider: Provider; readonly model: string } {
  const at = config.model.indexOf(":");
  const name = config.model.slice(0, at);
  const model = config.model.slice(at + 1);
  const provider = at > 0 && Object.hasOwn(providers, name) ? providers[name] : undefined;
  const known = Object.keys(providers).join(", ");
  if (!provider || model === "") {
    const hint = `Write WEIR_CLOUD=PROVIDER:MODEL with one of ${known}; openai with WEIR_CLOUD_BASE_URL for any server like it.`;
    throw new WeirError("config.invalid", `WEIR_CLOUD is no PROVIDER:MODEL: "${config.model}"`, { hint });
  }
  if (provider.needsBaseUrl && config.baseUrl === null) {
    throw new WeirError("config.invalid", `WEIR_CLOUD=${name}:… needs WEIR_CLOUD_BASE_URL`);
  }
  // A server of one's own may want none.
  if (provider.needsKey && config.apiKey === null && config.baseUrl === null) {
    throw new WeirError("config.invalid", `WEIR_CLOUD=${name}:… needs WEIR_CLOUD_API_KEY`);
  }
  return { provider, model };
}
