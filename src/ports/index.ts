export * from "./blobs.ts";
export * from "./clock.ts";
export * from "./model.ts";
export * from "./queue.ts";
export * from "./reader.ts";
export * from "./store.ts";
export * from "./step.ts";
export * from "./state.ts";
