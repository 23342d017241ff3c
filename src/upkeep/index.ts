export { type Pruned, type PruneOptions, prune } from "./prune.ts";
export { purge } from "./purge.ts";
