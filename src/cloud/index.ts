export { openCloud } from "./cloud.ts";
export { type PriceList, priceOf, readPrices } from "./prices.ts";
export { providerOf } from "./providers.ts";
