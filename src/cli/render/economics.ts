import type { Economics } from "../stats/economics.ts";
import { count, plain } from "./text.ts";

/** What `weir stats` says about money, a line or two a workflow that has done documents. */
export function economicsText(all: readonly Economics[]): readonly string[] {
  const some = all.filter(({ documents }) => documents > 0);
  const [first] = some;
  if (!first) return [];
  const { currency, serverMonth } = first;
  return [
    "",
    `Money, ${priced(first)} (WEIR_PRICES names a file of your own):`,
    ...some.map((one) => `  ${plain(one.workflow)}: ${line(one)}`),
    `  this machine at ${money(serverMonth)} ${currency} a month, busy or not; the time of people is not counted`,
  ];
}

function priced({ pricesOn, model, price, isListed, currency }: Economics): string {
  if (model !== null && isListed) return `by list prices of ${pricesOn} for ${plain(model)}`;
  const each = `${money(price.prompt)} and ${money(price.completion)} ${currency} a million tokens in and out`;
  if (model === null) return `no cloud is configured: as if one took ${each}`;
  return `${plain(model)} is not on the price list of ${pricesOn}: as if it took ${each}`;
}

function line({ documents, cloudCost, allCloudCost, saved, breakEvenDocuments, currency }: Economics): string {
  const share = saved === null ? "" : `, ${(saved * 100).toFixed(1)} % saved`;
  const from = breakEvenDocuments === null ? "never" : `from ${count(breakEvenDocuments, "document")} a month on`;
  return `cloud ${money(cloudCost)} ${currency} for ${count(documents, "document")}, all in the cloud about ${money(allCloudCost)}${share}; the machine pays ${from}`;
}

/** Small sums keep two digits that say something. */
function money(amount: number): string {
  return amount === 0 || amount >= 1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)));
}
