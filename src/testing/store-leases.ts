import { describe, expect, it } from "vitest";
import { InvariantBroken, type RunStatus, canMove, runStatuses } from "../core/index.ts";
import { checkpointEntry, leaseMs, takeRun, writesEntry } from "./storage.ts";
import type { StoreFixture } from "./store.ts";

export function leasePromises(fixture: () => StoreFixture): void {
  describe("leases", () => {
    it("moves a run to running and says when it began", async () => {
      const { storage, clock, add } = fixture();
      await add("r1");
      await clock.advance(40);
      expect(await takeRun(storage)).toMatchObject({
        status: "running",
        startedAt: clock.now(),
        usage: { queueMs: 40 },
      });
    });

    it("counts the time in the queue once, up to the first take", async () => {
      const { storage, clock, add, work, eventsOf } = fixture();
      await add("r1");
      await clock.advance(40);
      await work({
        status: "waiting",
        waiting: { reason: "retry", until: clock.now() + 60 },
        wakeAt: clock.now() + 60,
      });
      const began = clock.now();
      await clock.advance(60);
      expect(await takeRun(storage)).toMatchObject({ startedAt: began, waiting: null, usage: { queueMs: 40 } });
      expect(await eventsOf("r1")).toEqual(["run.queued", "run.started", "run.resumed"]);
    });

    it("gives a run to one worker at a time", async () => {
      const { storage, clock, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      const other = { runId: "r1", token: "other" };
      await clock.advance(leaseMs - 1);
      expect(await storage.store.runs.lease(other, "host/2/2", leaseMs)).toBeNull();
      await storage.store.runs.renew(held, leaseMs);
      await clock.advance(leaseMs - 1);
      expect(await storage.store.runs.lease(other, "host/2/2", leaseMs)).toBeNull();
      await clock.advance(1);
      expect(await storage.store.runs.lease(other, "host/2/2", leaseMs)).toMatchObject({ id: "r1" });
    });

    it("throws every write of a lost lease away and says so", async () => {
      const { storage, clock, add, eventsOf } = fixture();
      await add("r1");
      const first = await takeRun(storage, "host/1/1");
      await clock.advance(leaseMs);
      const second = await takeRun(storage, "host/2/2");
      const lost = { code: "lease.lost" };
      const { runs, checkpoints } = storage.store;
      const key = { threadId: "r1", namespace: "", checkpointId: "c1" };
      const row = { ...key, parentId: null, checkpoint: new Uint8Array([1]), metadata: {} };
      await expect(runs.renew(first, leaseMs)).rejects.toMatchObject(lost);
      await expect(runs.commit(first, { status: "succeeded" })).rejects.toMatchObject(lost);
      await expect(checkpoints.write(first, [checkpointEntry(row, [])])).rejects.toMatchObject(lost);
      await expect(checkpoints.write(first, [writesEntry(key, { id: "t", path: "" }, [])])).rejects.toMatchObject(lost);
      expect(await runs.get("r1")).toMatchObject({ status: "running" });
      expect(await checkpoints.get("r1", "")).toBeNull();
      expect(await eventsOf("r1")).toEqual(["run.queued", "run.started", "run.resumed"]);
      expect(await runs.commit(second, { status: "succeeded" })).toMatchObject({ status: "succeeded" });
      await expect(runs.commit(second, { error: null })).rejects.toMatchObject(lost);
    });

    it("commits what a worker found and keeps the lease while the run goes on", async () => {
      const { storage, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      const draft = { decisions: {}, doubts: [], optional: ["dueOn"] };
      const usage = { ...held.usage, ms: 7 };
      await storage.store.runs.commit(held, { draft, usage, attempts: 2 });
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "running", draft, usage, attempts: 2 });
      await storage.store.runs.renew(held, leaseMs);
    });

    it("sets the end when a run is over, and takes back its wake-up", async () => {
      const { storage, clock, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      await clock.advance(5);
      const error = { code: "step.failed", message: "m", hint: "h" };
      expect(await storage.store.runs.commit(held, { status: "failed", error })).toMatchObject({
        status: "failed",
        finishedAt: clock.now(),
        error,
      });
      expect(await storage.queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
    });

    it("wakes a run again when it is to go on later, even while its old ticket is held", async () => {
      const { storage, clock, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      const until = clock.now() + 500;
      await storage.store.runs.commit(held, { status: "waiting", waiting: { reason: "retry", until }, wakeAt: until });
      await storage.queue.settle(held);
      expect(await storage.store.runs.get("r1")).toMatchObject({ waiting: { reason: "retry", until } });
      expect(await storage.queue.nextDueAt()).toBe(until);
    });

    it("never leaves an unfinished run without a wake-up, nor wakes a settled one", async () => {
      const { storage, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      await expect(storage.store.runs.commit(held, { status: "queued" })).rejects.toThrow(InvariantBroken);
      await expect(storage.store.runs.commit(held, { status: "failed", wakeAt: 1 })).rejects.toThrow(InvariantBroken);
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "running" });
    });

    it.each(runStatuses.filter((status) => canMove("running", status)))(
      "moves a run from running to %s",
      async (status) => {
        const { storage, add } = fixture();
        await add("r1");
        const held = await takeRun(storage);
        expect(await storage.store.runs.commit(held, { status, ...wakeFor(status) })).toMatchObject({ status });
      },
    );

    it("moves a run along the transition table only", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ status: "succeeded" });
      expect(await storage.store.runs.lease({ runId: "r1", token: "t" }, "w", leaseMs)).toBeNull();
      await expect(storage.store.runs.cancel("r1")).rejects.toMatchObject({ code: "run.state" });
      await expect(storage.store.runs.retry("r1")).rejects.toMatchObject({ code: "run.state" });
      expect(await storage.store.runs.get("r1")).toMatchObject({ status: "succeeded" });
    });
  });

  describe("leases of dead workers", () => {
    it("are freed at once, those of the living are not", async () => {
      const { storage, add, eventsOf } = fixture();
      await add("r1");
      await add("r2");
      const dead = await takeRun(storage, "host/1/1");
      const alive = await takeRun(storage, "host/2/2");
      expect(await storage.store.runs.freeLeases((worker) => worker === "host/1/1")).toEqual([dead.runId]);
      expect(await eventsOf(dead.runId)).toEqual(["run.queued", "run.started", "run.freed"]);
      await expect(storage.store.runs.renew(dead, leaseMs)).rejects.toMatchObject({ code: "lease.lost" });
      await storage.store.runs.renew(alive, leaseMs);
      expect(await takeRun(storage)).toMatchObject({ id: dead.runId });
      expect(await storage.queue.take({ worker: "w", leaseMs })).toBeNull();
    });

    it("include wake-ups that were taken and never begun", async () => {
      const { storage, add } = fixture();
      await add("r1");
      await storage.queue.take({ worker: "host/1/1", leaseMs });
      expect(await storage.store.runs.freeLeases(() => true)).toEqual(["r1"]);
      expect(await takeRun(storage)).toMatchObject({ id: "r1" });
    });
  });
}

function wakeFor(status: RunStatus) {
  return status === "queued" || status === "waiting" ? { wakeAt: 0 } : {};
}
