import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ManualClock, manualClock } from "./manual-clock.ts";
import { type CreateStorage, type StorageUnderTest, leaseMs, newRun } from "./storage.ts";

const worker = "host/1/1";

/** What every queue promises. Wake-ups are made the way they are made in life: by the store. */
export function queueSuite(name: string, create: CreateStorage): void {
  describe(`queue: ${name}`, () => {
    let clock: ManualClock;
    let storage: StorageUnderTest;
    beforeEach(async () => {
      clock = manualClock();
      storage = await create(clock);
    });
    afterEach(async () => await storage.close());

    const add = async (id: string, overrides = {}) => await storage.store.runs.create(newRun(id, overrides));
    const take = async (lane?: string) =>
      await storage.queue.take({ worker, leaseMs, ...(lane === undefined ? {} : { lane }) });

    it("gives nothing when nothing is due", async () => {
      expect(await take()).toBeNull();
      expect(await storage.queue.nextDueAt()).toBeNull();
    });

    it("says since when the run that waits longest has been due, held and later ones left out", async () => {
      expect(await storage.queue.oldestDueAt()).toBeNull();
      await add("r1");
      const at = clock.now();
      await clock.advance(5_000);
      await add("r2", { priority: 5 });
      expect(await storage.queue.oldestDueAt()).toBe(at);
      // The one of higher priority goes first; the other still waits.
      const ticket = await take();
      expect(await storage.queue.oldestDueAt()).toBe(at);
      await take();
      expect(await storage.queue.oldestDueAt()).toBeNull();
      if (ticket) await storage.queue.release(ticket, clock.now() + 1_000);
      expect(await storage.queue.oldestDueAt()).toBeNull();
      await clock.advance(1_500);
      expect(await storage.queue.oldestDueAt()).toBe(clock.now() - 500);
    });

    it("gives by priority, then by time, then by id", async () => {
      await add("r2");
      await add("r1");
      await clock.advance(1);
      await add("r0");
      await add("r3", { priority: 5 });
      const taken = [await take(), await take(), await take(), await take()];
      expect(taken.map((ticket) => ticket?.runId)).toEqual(["r3", "r1", "r2", "r0"]);
      expect(await take()).toBeNull();
    });

    it("lets nobody wait for ever, however many of higher priority keep coming", async () => {
      const priority = 3;
      await add("patient");
      const before: string[] = [];
      for (let minutes = 0; before.at(-1) !== "patient" && minutes < 100; minutes += 5) {
        // Two for each that is taken: the urgent ones alone would keep the worker busy.
        await add(`urgent${minutes}a`, { priority });
        await add(`urgent${minutes}b`, { priority });
        const ticket = await take();
        if (!ticket) throw new Error("nothing due");
        before.push(ticket.runId);
        await storage.queue.settle(ticket);
        await clock.advance(5 * 60_000);
      }
      expect(before.at(-1)).toBe("patient");
      // It goes before whoever came more than ten minutes a step of priority later, and not much sooner.
      expect(before.length).toBeGreaterThanOrEqual(4);
      expect(before.length).toBeLessThanOrEqual(16);
    });

    it("holds no more of a workflow at a time than may be worked on, and gives others meanwhile", async () => {
      const limited = await create(clock, { concurrency: { slow: 1 } });
      const of = (workflow: string) => ({ workflow: { name: workflow, version: 1, hash: "h", file: null } });
      for (const id of ["r1", "r2", "r3"]) await limited.store.runs.create(newRun(id, of("slow")));
      await limited.store.runs.create(newRun("r4", of("quick")));
      const next = async () => await limited.queue.take({ worker, leaseMs });
      const first = await next();
      expect([first?.runId, (await next())?.runId, await next()]).toEqual(["r1", "r4", null]);
      // There is nothing to come back for until somebody is done.
      expect(await limited.queue.nextDueAt()).toBeNull();
      if (first) await limited.queue.settle(first);
      await clock.advance(1_000);
      expect((await next())?.runId).toBe("r2");
      expect(await next()).toBeNull();
      // A worker that died counts no longer than its lease.
      await clock.advance(leaseMs);
      expect((await next())?.runId).toBeDefined();
      await limited.close();
    });

    it("holds no more than that however many take at the same time", async () => {
      const limited = await create(clock, { concurrency: { invoice: 2 } });
      for (const id of ["r1", "r2", "r3", "r4", "r5"]) await limited.store.runs.create(newRun(id));
      const taken = await Promise.all(
        Array.from({ length: 8 }, async () => await limited.queue.take({ worker, leaseMs })),
      );
      expect(taken.filter((ticket) => ticket !== null)).toHaveLength(2);
      await limited.close();
    });

    it("gives every wake-up to one taker only, under a token of its own", async () => {
      for (const id of ["r1", "r2", "r3", "r4"]) await add(id);
      const tickets = await Promise.all(Array.from({ length: 8 }, async () => await take()));
      const taken = tickets.filter((ticket) => ticket !== null);
      expect(taken.map((ticket) => ticket.runId).toSorted()).toEqual(["r1", "r2", "r3", "r4"]);
      expect(new Set(taken.map((ticket) => ticket.token)).size).toBe(4);
    });

    it("keeps lanes apart, and takes from all without one", async () => {
      await add("r1", { lane: "a" });
      await add("r2", { lane: "b" });
      expect((await take("b"))?.runId).toBe("r2");
      expect(await take("b")).toBeNull();
      expect(await storage.queue.nextDueAt("b")).toBeNull();
      expect(await storage.queue.nextDueAt("a")).toBe(clock.now());
      expect((await take())?.runId).toBe("r1");
    });

    it("hides what was taken until the lease is over, then gives it to another with a new token", async () => {
      await add("r1");
      const first = await take();
      await clock.advance(leaseMs - 1);
      expect(await take()).toBeNull();
      await clock.advance(1);
      const second = await take();
      expect(second?.runId).toBe("r1");
      expect(second?.token).not.toBe(first?.token);
    });

    it("hides it for longer when the holder asks, and not when it is somebody else's by then", async () => {
      await add("r1");
      const first = await take();
      if (!first) throw new Error("not taken");
      await clock.advance(leaseMs - 1);
      expect(await storage.queue.extend(first, leaseMs)).toBe(true);
      await clock.advance(leaseMs - 1);
      expect(await take()).toBeNull();
      await clock.advance(1);
      const second = await take();
      expect(await storage.queue.extend(first, leaseMs)).toBe(false);
      expect(second && (await storage.queue.extend(second, leaseMs))).toBe(true);
    });

    it("forgets what is settled", async () => {
      await add("r1");
      const ticket = await take();
      if (!ticket) throw new Error("not taken");
      await storage.queue.settle(ticket);
      await clock.advance(10 * leaseMs);
      expect(await take()).toBeNull();
      expect(await storage.queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
    });

    it("gives what was put back when it is due", async () => {
      await add("r1");
      const ticket = await take();
      if (!ticket) throw new Error("not taken");
      await storage.queue.release(ticket, clock.now() + 500);
      expect(await storage.queue.nextDueAt()).toBe(clock.now() + 500);
      expect(await take()).toBeNull();
      await clock.advance(500);
      expect((await take())?.runId).toBe("r1");
    });

    it("ignores whoever settles or puts back what is no longer held", async () => {
      await add("r1");
      const first = await take();
      if (!first) throw new Error("not taken");
      await clock.advance(leaseMs);
      const second = await take();
      await storage.queue.settle(first);
      await storage.queue.release(first, clock.now());
      expect(await take()).toBeNull();
      expect(second && (await storage.queue.extend(second, leaseMs))).toBe(true);
    });

    it("counts what is due, what is for later and what is held", async () => {
      await add("r1");
      await add("r2");
      await add("r3");
      const ticket = await take();
      if (!ticket) throw new Error("not taken");
      await storage.queue.release(ticket, clock.now() + 1_000);
      await take();
      expect(await storage.queue.depth()).toEqual({ due: 1, later: 1, held: 1 });
    });
  });
}
