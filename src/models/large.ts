import type { LargeModel, Model, TokenUse } from "../ports/index.ts";

const hourMs = 3_600_000;

export interface LargeOptions {
  /** What the machine costs an hour, in billionths of the currency. */
  readonly hourNano: number;
  /** Milliseconds since some moment. */
  readonly now: () => number;
}

/** A model with a price: that of the machine for as long as its tokens took so far, loading included. */
export function priced(model: Model, { hourNano, now }: LargeOptions): LargeModel {
  let [tokens, ms] = [0, 0];
  const timed = async <T extends { readonly tokens: TokenUse }>(work: () => Promise<T>): Promise<T> => {
    const begunAt = now();
    const result = await work();
    ms += now() - begunAt;
    tokens += result.tokens.prompt - result.tokens.reused;
    return result;
  };
  return {
    get price() {
      const nano = tokens === 0 ? 0 : ((hourNano / hourMs) * ms) / tokens;
      return { promptNano: nano, completionNano: nano };
    },
    score: async (request, options) => await timed(async () => await model.score(request, options)),
    quote: async (request, options) => await timed(async () => await model.quote(request, options)),
    describe: async () => await model.describe(),
    write: async (request, options) => await model.write(request, options),
    embed: async (texts, options) => await model.embed(texts, options),
    close: async () => await model.close(),
  };
}
