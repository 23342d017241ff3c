export { checkCloud } from "./check.ts";
export { openCloud } from "./cloud.ts";
export { type PriceList, listedAs, priceOf, readPrices } from "./prices.ts";
export { providerOf } from "./providers.ts";
