import type { LargeModel, Model } from "../ports/index.ts";

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
  return {
    get price() {
      const nano = tokens === 0 ? 0 : ((hourNano / hourMs) * ms) / tokens;
      return { promptNano: nano, completionNano: nano };
    },
    score: async (request, options) => {
      const begunAt = now();
      const result = await model.score(request, options);
      ms += now() - begunAt;
      tokens += result.tokens.prompt - result.tokens.reused;
      return result;
    },
    describe: async () => await model.describe(),
    write: async (request, options) => await model.write(request, options),
    embed: async (texts, options) => await model.embed(texts, options),
    close: async () => await model.close(),
  };
}
