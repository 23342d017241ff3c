import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Clock } from "../../ports/index.ts";
import { ledgerSuite } from "../../testing/ledger.ts";
import { queueSuite } from "../../testing/queue.ts";
import { storeSuite } from "../../testing/store.ts";
import type { StorageOptions, StorageUnderTest } from "../../testing/storage.ts";
import { openSqlite } from "./open.ts";

async function inMemory(clock: Clock, options: StorageOptions = {}): Promise<StorageUnderTest> {
  const opened = await openSqlite({ folder: ":memory:", clock, ...options });
  return { ...opened, close: async () => await opened.store.close() };
}

async function onDisk(clock: Clock, options: StorageOptions = {}): Promise<StorageUnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-store-"));
  const opened = await openSqlite({ folder, clock, ...options });
  return {
    ...opened,
    close: async () => {
      await opened.store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

storeSuite("SQLite in memory", inMemory);
storeSuite("SQLite on disk", onDisk);
queueSuite("SQLite in memory", inMemory);
queueSuite("SQLite on disk", onDisk);

ledgerSuite("SQLite on disk", async (clock) => {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-ledger-"));
  const one = await openSqlite({ folder, clock });
  const two = await openSqlite({ folder, clock });
  return {
    one: one.ledger,
    two: two.ledger,
    close: async () => {
      await Promise.all([one.store.close(), two.store.close()]);
      rmSync(folder, { recursive: true });
    },
  };
});
