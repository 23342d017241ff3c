import { describe, expect, it } from "vitest";
import { runStatuses } from "../core/index.ts";
import { newRun, takeRun } from "./storage.ts";
import type { StoreFixture } from "./store.ts";

export function runPromises(fixture: () => StoreFixture): void {
  describe("runs", () => {
    it("keeps everything a run is pinned to", async () => {
      const { storage, clock } = fixture();
      const wanted = newRun("r1", { profile: "default@3", priority: 2, reuseKey: "k" });
      const { run, created } = await storage.store.runs.create(wanted);
      expect(created).toBe(true);
      expect(run).toMatchObject({ ...wanted, status: "queued", createdAt: clock.now(), draft: null, attempts: 0 });
      expect(await storage.store.runs.get("r1")).toEqual(run);
      expect(await storage.store.runs.get("r2")).toBeNull();
    });

    it("takes any name for an item", async () => {
      const { storage, add } = fixture();
      await add("r1", { itemId: 'Müller & Söhne 📄 "a\\b" \'; --' });
      await add("r2", { itemId: "a\0b\uD800" });
      expect((await storage.store.runs.get("r1"))?.itemId).toBe('Müller & Söhne 📄 "a\\b" \'; --');
      expect((await storage.store.runs.get("r2"))?.itemId).toBe("a\uFFFDb\uFFFD");
    });

    it("writes the run, its first event and its wake-up together, or none of them", async () => {
      const { storage, add, eventsOf } = fixture();
      await add("r1");
      expect(await eventsOf("r1")).toEqual(["run.queued"]);
      await expect(storage.store.runs.create(newRun("r1", { priority: 9 }))).rejects.toThrow(/unique/i);
      expect(await eventsOf("r1")).toEqual(["run.queued"]);
      expect(await storage.queue.depth()).toEqual({ due: 1, later: 0, held: 0 });
      expect((await storage.store.runs.get("r1"))?.priority).toBe(0);
    });

    it("gives the earlier run for the same reuse key, whatever became of it but failure", async () => {
      const { storage, add, work } = fixture();
      await add("r1", { reuseKey: "k" });
      const again = await storage.store.runs.create(newRun("r2", { reuseKey: "k" }));
      expect(again).toMatchObject({ created: false, run: { id: "r1" } });
      expect(await storage.store.runs.get("r2")).toBeNull();
      await work({ status: "succeeded" });
      expect((await storage.store.runs.create(newRun("r3", { reuseKey: "k" }))).run.id).toBe("r1");
    });

    it("makes one run of many that are created with one key at the same time", async () => {
      const { storage } = fixture();
      const made = await Promise.all(
        ["r1", "r2", "r3", "r4"].map(async (id) => await storage.store.runs.create(newRun(id, { reuseKey: "k" }))),
      );
      expect(made.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(made.map(({ run }) => run.id)).size).toBe(1);
    });

    it.each(["failed", "cancelled"] as const)("makes a new run for the key of one that was %s", async (status) => {
      const { storage, add, work } = fixture();
      await add("r1", { reuseKey: "k" });
      await work({ status });
      expect(await storage.store.runs.create(newRun("r2", { reuseKey: "k" }))).toMatchObject({
        created: true,
        run: { id: "r2" },
      });
    });

    it("counts runs by status", async () => {
      const { storage, add, work } = fixture();
      const none = await storage.store.runs.counts();
      expect(none).toEqual(Object.fromEntries(runStatuses.map((status) => [status, 0])));
      await add("r1");
      await work({ status: "failed" });
      await add("r2");
      await add("r3");
      expect(await storage.store.runs.counts()).toEqual({ ...none, queued: 2, failed: 1 });
    });

    it("finds the runs made with a reuse key, whatever became of them", async () => {
      const { storage, add, work } = fixture();
      await add("r0");
      await add("r1", { reuseKey: "k" });
      await storage.store.runs.cancel("r0");
      await work({ status: "failed" });
      await add("r2", { reuseKey: "k" });
      const { runs } = await storage.store.runs.list({ reuseKey: "k" });
      expect(runs.map(({ id, status }) => `${id} ${status}`)).toEqual(["r2 queued", "r1 failed"]);
      expect((await storage.store.runs.list({ reuseKey: "none" })).runs).toEqual([]);
    });

    it("makes a run of its own without a reuse key", async () => {
      const { storage, add } = fixture();
      await add("r1");
      expect(await storage.store.runs.create(newRun("r2"))).toMatchObject({ created: true });
    });

    it("lists those that ended with an error by its code", async () => {
      const { storage, add, work } = fixture();
      const hint = "";
      for (const [id, code] of [
        ["r1", "delivery.failed"],
        ["r2", "document.damaged"],
      ] as const) {
        await add(id);
        await work({ status: "failed", error: { code, message: 'says "code": "delivery.failed"', hint } });
      }
      await add("r3");
      const { runs } = await storage.store.runs.list({ code: "delivery.failed" });
      expect(runs.map(({ id }) => id)).toEqual(["r1"]);
      await storage.store.runs.retry("r1");
      expect((await storage.store.runs.list({ code: "delivery.failed" })).runs).toEqual([]);
    });

    it("lists newest first, in pages, by status, workflow and lane", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ status: "succeeded" });
      await add("r2", { workflow: { name: "ticket", version: 1, hash: "sha256:2", file: null } });
      await add("r3", { lane: "other" });
      const ids = async (filter: Parameters<typeof storage.store.runs.list>[0]) =>
        (await storage.store.runs.list(filter)).runs.map((run) => run.id);
      expect(await ids({})).toEqual(["r3", "r2", "r1"]);
      expect(await ids({ status: ["succeeded"] })).toEqual(["r1"]);
      expect(await ids({ workflow: "ticket" })).toEqual(["r2"]);
      expect(await ids({ lane: "other", status: ["queued", "running", "waiting"] })).toEqual(["r3"]);
      const first = await storage.store.runs.list({ limit: 2 });
      expect(first.runs.map((run) => run.id)).toEqual(["r3", "r2"]);
      const second = await storage.store.runs.list({ limit: 2, cursor: first.cursor ?? "" });
      expect(second).toMatchObject({ runs: [{ id: "r1" }], cursor: null });
    });

    it("numbers events from 1 without gaps and gives those after a number", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      const event = (type: string) => ({ type, data: { of: type } });
      await work({ status: "succeeded", events: [event("step.done"), event("run.succeeded")] });
      const events = await storage.store.events.list("r1");
      expect(events.map(({ seq, type }) => [seq, type])).toEqual([
        [1, "run.queued"],
        [2, "run.started"],
        [3, "step.done"],
        [4, "run.succeeded"],
      ]);
      expect(events[3]).toMatchObject({ runId: "r1", data: { of: "run.succeeded" } });
      expect((await storage.store.events.list("r1", 2)).map(({ seq }) => seq)).toEqual([3, 4]);
    });

    it("moves unfinished runs to another lane and makes those that wait due there", async () => {
      const { storage, clock, add, work } = fixture();
      await add("r1");
      await work({
        status: "waiting",
        waiting: { reason: "retry", until: clock.now() + 60_000 },
        wakeAt: clock.now() + 60_000,
      });
      await add("r2");
      await work({ status: "succeeded" });
      await add("r3");
      await storage.store.runs.moveToLane(["r1", "r2", "r3"], "mine");
      expect(await storage.queue.nextDueAt("default")).toBeNull();
      expect(await storage.queue.nextDueAt("mine")).toBe(clock.now());
      expect((await storage.store.runs.get("r2"))?.lane).toBe("default");
      const take = async () => await storage.queue.take({ worker: "w", leaseMs: 1_000, lane: "mine" });
      expect([(await take())?.runId, (await take())?.runId, await take()]).toEqual(["r1", "r3", null]);
    });

    it("leaves a run that is being worked on in its worker's hands when it changes lanes", async () => {
      const { storage, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      await storage.store.runs.moveToLane(["r1"], "mine");
      expect(await storage.queue.take({ worker: "w", leaseMs: 1_000 })).toBeNull();
      expect(await storage.store.runs.commit(held, { status: "succeeded" })).toMatchObject({ lane: "mine" });
    });
  });

  describe("cancel and retry", () => {
    it("cancels what is queued at once", async () => {
      const { storage, add, eventsOf } = fixture();
      await add("r1");
      expect(await storage.store.runs.cancel("r1")).toMatchObject({
        status: "cancelled",
        error: { code: "run.cancelled" },
      });
      expect(await storage.queue.take({ worker: "w", leaseMs: 1_000 })).toBeNull();
      expect(await eventsOf("r1")).toEqual(["run.queued", "run.cancelled"]);
    });

    it("cancels what waits for a retry or for a person, and closes the review", async () => {
      const { storage, clock, add, work } = fixture();
      await add("r1");
      const until = clock.now() + 1_000;
      await work({ status: "waiting", waiting: { reason: "retry", until }, wakeAt: until });
      expect(await storage.store.runs.cancel("r1")).toMatchObject({ status: "cancelled", waiting: null });
      await add("r2");
      await work({ review: { step: "review" } });
      await storage.store.runs.cancel("r2");
      expect((await storage.store.reviews.listOpen({})).reviews).toEqual([]);
      expect(await storage.queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
    });

    it("asks the worker of a run in progress", async () => {
      const { storage, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      expect(await storage.store.runs.renew(held, 1_000)).toEqual({ cancelRequested: false });
      expect(await storage.store.runs.cancel("r1")).toMatchObject({ status: "running", cancelRequested: true });
      expect(await storage.store.runs.renew(held, 1_000)).toEqual({ cancelRequested: true });
      expect(await storage.store.runs.commit(held, { status: "cancelled" })).toMatchObject({
        status: "cancelled",
        cancelRequested: false,
      });
    });

    it("cancels at once a run whose worker has not been heard of for a whole lease", async () => {
      const { storage, clock, add } = fixture();
      await add("r1");
      const held = await takeRun(storage);
      await clock.advance(30_000);
      expect(await storage.store.runs.cancel("r1")).toMatchObject({ status: "cancelled" });
      await expect(storage.store.runs.commit(held, { status: "succeeded" })).rejects.toMatchObject({
        code: "lease.lost",
      });
    });

    it("refuses to cancel what is over, and what it does not know", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await work({ status: "succeeded" });
      await expect(storage.store.runs.cancel("r1")).rejects.toMatchObject({ code: "run.state" });
      await expect(storage.store.runs.cancel("r2")).rejects.toMatchObject({ code: "run.unknown" });
    });

    it.each(["failed", "cancelled", "needs-migration"] as const)("queues a run again that was %s", async (status) => {
      const { storage, add, work, eventsOf } = fixture();
      await add("r1");
      const error = { code: "step.failed", message: "m", hint: "h" };
      await work({ status, error, attempts: 3, hostCrashes: 2 });
      expect(await storage.store.runs.retry("r1", "mine")).toMatchObject({
        status: "queued",
        lane: "mine",
        attempts: 0,
        hostCrashes: 0,
        error: null,
        finishedAt: null,
      });
      expect((await storage.queue.take({ worker: "w", leaseMs: 1_000, lane: "mine" }))?.runId).toBe("r1");
      expect((await eventsOf("r1")).at(-1)).toBe("run.queued");
    });

    it("puts a run that waits for a person away until its workflow is here again, and nothing else", async () => {
      const { storage, add, work, eventsOf } = fixture();
      const error = { code: "workflow.changed", message: "m", hint: "h" };
      await add("r1");
      await expect(storage.store.runs.park("r1", error)).rejects.toMatchObject({ code: "run.state" });
      await work({ review: { step: "review" } });
      expect(await storage.store.runs.park("r1", error)).toMatchObject({ status: "needs-migration", error });
      expect((await storage.store.reviews.listOpen({})).reviews).toEqual([]);
      expect((await eventsOf("r1")).at(-1)).toBe("run.needs-migration");
      expect(await storage.store.runs.retry("r1")).toMatchObject({ status: "queued", error: null });
      await expect(storage.store.runs.park("r2", error)).rejects.toMatchObject({ code: "run.unknown" });
    });

    it("names the workflows of runs in some states once each", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await add("r2");
      await add("r3", { workflow: { name: "invoice", version: 2, hash: "sha256:2", file: "/w.ts" } });
      expect(await storage.store.runs.pins(["review"])).toEqual([]);
      for (let at = 0; at < 3; at++) await work({ review: { step: "review" } });
      const pins = await storage.store.runs.pins(["review", "needs-migration"]);
      expect(pins.toSorted((a, b) => a.version - b.version)).toEqual([
        { name: "invoice", version: 1, hash: "sha256:1", file: null },
        { name: "invoice", version: 2, hash: "sha256:2", file: "/w.ts" },
      ]);
    });

    it("refuses to retry what goes on by itself, what succeeded, and what it does not know", async () => {
      const { storage, add, work } = fixture();
      await add("r1");
      await expect(storage.store.runs.retry("r1")).rejects.toMatchObject({ code: "run.state" });
      await work({ status: "succeeded" });
      await expect(storage.store.runs.retry("r1")).rejects.toMatchObject({ code: "run.state" });
      await expect(storage.store.runs.retry("r2")).rejects.toMatchObject({ code: "run.unknown" });
    });

    it("lets a retried run and the newer run for the same work live side by side", async () => {
      const { storage, add, work } = fixture();
      await add("r1", { reuseKey: "k" });
      await work({ status: "failed" });
      await add("r2", { reuseKey: "k" });
      expect(await storage.store.runs.retry("r1")).toMatchObject({ status: "queued" });
      expect((await storage.store.runs.create(newRun("r3", { reuseKey: "k" }))).run.id).toBe("r2");
    });
  });
}
