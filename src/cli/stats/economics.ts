import { type PriceList, listedAs, priceOf } from "../../cloud/index.ts";
import { costNano } from "../../ports/index.ts";
import type { WorkflowStats } from "./tally.ts";

/** What the documents of a workflow cost, and what they would have cost elsewhere, in the currency of the price list. */
export interface Economics {
  readonly workflow: string;
  readonly currency: string;
  /** The day of the prices. */
  readonly pricesOn: string;
  /** The model configured; null: none is. */
  readonly model: string | null;
  /** What is reckoned with, a million tokens. */
  readonly price: { readonly prompt: number; readonly completion: number };
  /** Whether the model stands on the price list; else the price is that of what does not. */
  readonly isListed: boolean;
  readonly documents: number;
  readonly cloudCost: number;
  /** Every document whole to the cloud, by the same prices. */
  readonly allCloudCost: number;
  /** Share of that which was saved, 0..1; null where nothing was to be paid. */
  readonly saved: number | null;
  /** What the machine costs a month, busy or not. */
  readonly serverMonth: number;
  /** From so many documents a month on the machine is paid by what the cloud does not take; null: never. */
  readonly breakEvenDocuments: number | null;
}

const hoursMonth = 730;

/** Accepted, cloud and person are shares of fields; this is what they come to in money. Persons' time is not counted. */
export function economicsOf(
  { name, documents, tokens, cloudCost }: WorkflowStats,
  prices: PriceList,
  model: string | null,
): Economics {
  const { prompt, completion } = tokens.allCloud;
  const price = priceOf(prices, model ?? "");
  const allCloudCost = costNano(price, prompt, completion) / 1e9;
  const serverMonth = prices.serverHour * hoursMonth;
  const savedEach = documents.n === 0 ? 0 : (allCloudCost - cloudCost) / documents.n;
  return {
    workflow: name,
    currency: prices.currency,
    pricesOn: prices.on,
    model,
    price: { prompt: price.promptNano / 1_000, completion: price.completionNano / 1_000 },
    isListed: model !== null && listedAs(prices, model) !== null,
    documents: documents.n,
    cloudCost,
    allCloudCost,
    saved: allCloudCost > 0 ? 1 - cloudCost / allCloudCost : null,
    serverMonth,
    breakEvenDocuments: savedEach > 0 ? Math.ceil(serverMonth / savedEach) : null,
  };
}
