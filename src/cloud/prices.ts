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
  /** Where they stand, by provider. */
  sources: z.record(z.string(), z.string()).optional(),
  /** A million tokens, by the name of a model without its date. */
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

/** What a model that is listed may have after its name: the day it was made, or that it is the latest. */
const edition = /^-(?:\d{3,8}|\d{4}-\d{2}-\d{2}|latest)$/;

/** The name under which a model is listed; null: nothing is known of its price. */
export function listedAs({ models }: PriceList, model: string): string | null {
  const isListed = (name: string) =>
    model === name || (model.startsWith(name) && edition.test(model.slice(name.length)));
  return Object.keys(models).find((name) => isListed(name)) ?? null;
}

/** A model that is not listed has the price of the dearest usual one. */
export function priceOf(list: PriceList, model: string): TokenPrice {
  const { models, otherwise } = list;
  const name = listedAs(list, model);
  const { prompt, completion } = (name === null ? undefined : models[name]) ?? otherwise;
  // A price a million tokens in millionths is one a token in billionths.
  return { promptNano: prompt * 1_000, completionNano: completion * 1_000 };
}
