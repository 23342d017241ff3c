import type { Cloud, Model, Telemetry, TokenUse } from "../ports/index.ts";

/** Spans around what models are asked, named as OpenTelemetry names them for generative AI. No content. */

/** The library the local models run in. */
const localProvider = "llama.cpp";

export function watchedModel<M extends Model>(model: M, { during }: Pick<Telemetry, "during">): M {
  const named = async (role: "decoder" | "encoder") => (await model.describe())[role].name;
  const asked = async <T>(
    role: "decoder" | "encoder",
    operation: string,
    work: () => Promise<T>,
    tokens: (answer: T) => TokenUse | null,
  ): Promise<T> => {
    const name = await named(role).catch(() => "unknown");
    const attributes = {
      "gen_ai.operation.name": operation,
      "gen_ai.provider.name": localProvider,
      "gen_ai.request.model": name,
    };
    return await during({ name: `${operation} ${name}`, kind: "client", attributes }, async (span) => {
      const answer = await work();
      const use = tokens(answer);
      if (use) {
        span.set({
          "gen_ai.usage.input_tokens": use.prompt,
          "gen_ai.usage.cache_read.input_tokens": use.reused,
          "gen_ai.usage.output_tokens": use.generated,
        });
      }
      return answer;
    });
  };
  return new Proxy(model, {
    get: (target, key) => {
      if (key === "score") {
        return async (...args: Parameters<Model["score"]>) =>
          await asked(
            "decoder",
            "score",
            async () => await target.score(...args),
            ({ tokens }) => tokens,
          );
      }
      if (key === "quote") {
        return async (...args: Parameters<Model["quote"]>) =>
          await asked(
            "decoder",
            "quote",
            async () => await target.quote(...args),
            ({ tokens }) => tokens,
          );
      }
      if (key === "write") {
        return async (...args: Parameters<Model["write"]>) =>
          await asked(
            "decoder",
            "text_completion",
            async () => await target.write(...args),
            ({ tokens }) => tokens,
          );
      }
      if (key === "embed") {
        return async (...args: Parameters<Model["embed"]>) =>
          await asked(
            "encoder",
            "embeddings",
            async () => await target.embed(...args),
            () => null,
          );
      }
      const found: unknown = Reflect.get(target, key, target);
      return typeof found === "function" ? (found as (...args: unknown[]) => unknown).bind(target) : found;
    },
  });
}

export function watchedCloud(cloud: Cloud, { during }: Pick<Telemetry, "during">): Cloud {
  const [provider = "", ...model] = cloud.name.split(":");
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider,
    "gen_ai.request.model": model.join(":"),
  };
  return {
    name: cloud.name,
    price: cloud.price,
    used: async (key) => await cloud.used(key),
    ask: async (question, options) =>
      await during({ name: `chat ${model.join(":")}`, kind: "client", attributes }, async (span) => {
        span.set({ "weir.run": question.run, "weir.workflow": question.workflow, "weir.paths": question.paths.length });
        const answer = await cloud.ask(question, options);
        if (span.isRecording) {
          const { promptTokens, completionTokens } = await cloud.used(question.key);
          span.set({ "gen_ai.usage.input_tokens": promptTokens, "gen_ai.usage.output_tokens": completionTokens });
        }
        return answer;
      }),
  };
}
