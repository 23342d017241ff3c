import { afterEach, beforeEach, describe } from "vitest";
import type { RunChange } from "../ports/index.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";
import { type CreateStorage, type StorageUnderTest, newRun, takeRun } from "./storage.ts";
import { checkpointPromises } from "./store-checkpoints.ts";
import { leasePromises } from "./store-leases.ts";
import { reviewPromises } from "./store-reviews.ts";
import { runPromises } from "./store-runs.ts";
import { upkeepPromises } from "./store-upkeep.ts";
import { tallyPromises } from "./store-tallies.ts";

/** What the tests of a store work with; made anew for each test. */
export interface StoreFixture {
  readonly clock: ManualClock;
  readonly storage: StorageUnderTest;
  add(id: string, overrides?: Parameters<typeof newRun>[1]): Promise<void>;
  /** Takes the next run and commits a change to it. */
  work(change: RunChange): Promise<void>;
  eventsOf(id: string): Promise<readonly string[]>;
}

/** What every store promises. */
export function storeSuite(name: string, create: CreateStorage): void {
  describe(`store: ${name}`, () => {
    let clock: ManualClock;
    let storage: StorageUnderTest;
    beforeEach(async () => {
      clock = manualClock();
      storage = await create(clock);
    });
    afterEach(async () => await storage.close());

    const fixture = (): StoreFixture => ({
      clock,
      storage,
      add: async (id, overrides = {}) => void (await storage.store.runs.create(newRun(id, overrides))),
      work: async (change) => void (await storage.store.runs.commit(await takeRun(storage), change)),
      eventsOf: async (id) => (await storage.store.events.list(id)).map((event) => event.type),
    });
    runPromises(fixture);
    leasePromises(fixture);
    reviewPromises(fixture);
    checkpointPromises(fixture);
    upkeepPromises(fixture);
    tallyPromises(fixture);
  });
}
