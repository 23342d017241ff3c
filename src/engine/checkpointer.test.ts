import { randomUUID } from "node:crypto";
import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import * as vitest from "vitest";
import { type TestPostgres, startPostgres } from "../../test/support/servers/index.ts";
import { openPostgres } from "../stores/postgres/open.ts";
import { openSqlite } from "../stores/sqlite/open.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { type CreateStorage, type StorageUnderTest, newRun, takeRun } from "../testing/storage.ts";
import { RunCheckpointer } from "./checkpointer.ts";

// LangGraph's conformance suite takes its verbs from the global scope, as Jest has them.
const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } = vitest;
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it });

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server.remove());

const stores: Readonly<Record<string, CreateStorage>> = {
  SQLite: async (clock) => {
    const opened = await openSqlite({ folder: ":memory:", clock });
    return { ...opened, close: async () => await opened.store.close() };
  },
  PostgreSQL: async (clock) => {
    const opened = await openPostgres({ url: server.url, clock, namespace: randomUUID(), connectionsMax: 2 });
    return { ...opened, close: async () => await opened.store.close() };
  },
};

const open = new Map<RunCheckpointer, StorageUnderTest>();

for (const [name, create] of Object.entries(stores)) {
  const initializer = {
    checkpointerName: `RunCheckpointer over ${name}`,
    createCheckpointer: async () => {
      const storage = await create(manualClock());
      await storage.store.runs.create(newRun("r1"));
      const checkpointer = new RunCheckpointer(storage.store.checkpoints, await takeRun(storage));
      open.set(checkpointer, storage);
      return checkpointer;
    },
    destroyCheckpointer: async (checkpointer: RunCheckpointer) => await open.get(checkpointer)?.close(),
  };
  validate(initializer);
  deltaChannelHistoryTests(initializer);
}
