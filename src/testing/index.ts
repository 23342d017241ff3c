/** What every adapter of a port has to pass, and what tests of workflows need; runs under vitest. */
export { type BlobsUnderTest, blobsSuite } from "./blobs.ts";
export { clockSuite } from "./clock.ts";
export { type CloudUnderTest, cloudSuite } from "./cloud.ts";
export { type LedgerUnderTest, ledgerSuite } from "./ledger.ts";
export { type ManualClock, manualClock } from "./manual-clock.ts";
export { type ModelSuiteOptions, modelSuite } from "./model.ts";
export { type ProfilesUnderTest, newProfile, profilesSuite } from "./profiles.ts";
export { queueSuite } from "./queue.ts";
export { readerSuite } from "./reader.ts";
export { type ModelScript, type RecordedCall, type ScriptedModel, scriptedModel } from "./scripted-model.ts";
export { type CreateStorage, type StorageUnderTest } from "./storage.ts";
export { storeSuite } from "./store.ts";
