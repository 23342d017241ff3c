export { type CloudOptions, openCloud } from "./cloud.ts";
export { type PriceList, priceOf, readPrices } from "./prices.ts";
export { type CloudConfig, providerOf } from "./providers.ts";
