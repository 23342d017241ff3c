import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import * as vitest from "vitest";
import { openSqlite } from "../stores/sqlite/open.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { type StorageUnderTest, newRun, takeRun } from "../testing/storage.ts";
import { RunCheckpointer } from "./checkpointer.ts";

// LangGraph's conformance suite takes its verbs from the global scope, as Jest has them.
const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } = vitest;
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it });

const open = new Map<RunCheckpointer, StorageUnderTest>();

const initializer = {
  checkpointerName: "RunCheckpointer",
  createCheckpointer: async () => {
    const clock = manualClock();
    const opened = await openSqlite({ folder: ":memory:", clock });
    const storage = { ...opened, close: async () => await opened.store.close() };
    await storage.store.runs.create(newRun("r1"));
    const checkpointer = new RunCheckpointer(storage.store.checkpoints, await takeRun(storage));
    open.set(checkpointer, storage);
    return checkpointer;
  },
  destroyCheckpointer: async (checkpointer: RunCheckpointer) => await open.get(checkpointer)?.close(),
};

validate(initializer);
deltaChannelHistoryTests(initializer);
