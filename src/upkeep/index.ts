export { type Pruned, type PruneOptions, prune } from "./prune.ts";
