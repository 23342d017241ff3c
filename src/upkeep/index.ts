export { type Pruned, type PruneOptions, prune } from "./prune.ts";
export { type BackupManifest, backUp, restore } from "./backup.ts";
export { purge } from "./purge.ts";
