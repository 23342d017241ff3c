import { readFile } from "node:fs/promises";
import { z } from "zod";
import { WeirError } from "../core/index.ts";
import type { TokenPrice } from "../ports/index.ts";

const amount = z.number().nonnegative();
const price = z.object({ prompt: amount, completion: amount });

const priceList = z.object({
  /** The day they were looked up. */
  on: z.iso.date(),
  currency: z.string(),
  /** A million tokens, by the beginning of a model's name. */
  models: z.record(z.string(), price),
  /** For models that are not listed: rather too much than too little. */
  otherwise: price,
  /** What the machine costs an hour, busy or not. */
  serverHour: amount,
});

export type PriceList = z.infer<typeof priceList>;

const shipped = new URL("prices.json", import.meta.url);

/** The shipped prices, or those of a file. @throws WeirError `config.invalid` */
export async function readPrices(file: string | null): Promise<PriceList> {
  try {
    return priceList.parse(JSON.parse(await readFile(file ?? shipped, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new WeirError("config.invalid", `WEIR_PRICES: ${file ?? "prices.json"} cannot be read: ${why}`, {
      hint: "Copy src/cloud/prices.json and change the numbers.",
      cause: error,
    });
  }
}

/** The price of the longest name that the model's begins with. */
export function priceOf({ models, otherwise }: PriceList, model: string): TokenPrice {
  const names = Object.keys(models).filter((name) => model.startsWith(name));
  const longest = names.toSorted((a, b) => b.length - a.length)[0];
  const { prompt, completion } = (longest === undefined ? undefined : models[longest]) ?? otherwise;
  // A price a million tokens in millionths is one a token in billionths.
  return { promptNano: prompt * 1_000, completionNano: completion * 1_000 };
}
