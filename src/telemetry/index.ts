export { openLog } from "./log.ts";
export { Meters } from "./meters.ts";
export { openTracing } from "./tracing.ts";
export { watchedCloud, watchedModel } from "./watched-models.ts";
export { watchedStore } from "./watched-store.ts";
