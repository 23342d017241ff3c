import { describe, expect, it } from "vitest";
import { firstBroken, firstHash } from "../ledger/index.ts";
import type { Lease, NewRun } from "../ports/index.ts";
import { checkpointEntry, newRun, takeRun, writesEntry } from "./storage.ts";
import type { StoreFixture } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const sha = (digit: string) => digit.repeat(64);
const hourMs = 3_600_000;

export function upkeepPromises(fixture: () => StoreFixture): void {
  describe("upkeep", () => {
    const documentOf = (digit: string) => ({ sha256: sha(digit), name: "a.pdf", bytes: 3 });

    /** A run that is over, with a journal and what it read. */
    const finished = async (id: string, change: Partial<NewRun> = {}, status: "succeeded" | "failed" = "succeeded") => {
      const { storage } = fixture();
      await storage.store.runs.create(newRun(id, change));
      const lease: Lease = await takeRun(storage);
      const key = { threadId: id, namespace: "", checkpointId: "c1" };
      const checkpoint = { ...key, parentId: null, checkpoint: bytes("checkpoint"), metadata: { source: "loop" } };
      const channel = { channel: "work", version: "1", type: "json", value: bytes(`state of ${id}`) };
      await storage.store.checkpoints.write(lease, [checkpointEntry(checkpoint, [channel])]);
      const write = { index: 0, channel: "work", type: "json", value: bytes(`write of ${id}`) };
      await storage.store.checkpoints.write(lease, [writesEntry(key, { id: "t", path: "" }, [write])]);
      const reading = { sha256: sha("e"), pages: 1, characters: 9, complete: true, skipped: [] };
      await storage.store.runs.commit(lease, { status, reading, draft: { decisions: {}, doubts: [], optional: [] } });
    };
    const prunable = async (olderThanMs: number) => {
      const { storage, clock } = fixture();
      const filter = { before: clock.now() - olderThanMs, status: ["succeeded", "cancelled"] } as const;
      return (await storage.store.upkeep.prunable(filter)).map(({ id }) => id);
    };

    it("names runs that were over before a time, first those that ended first", async () => {
      const { clock, add } = fixture();
      await finished("r2");
      await clock.advance(hourMs);
      await finished("r1");
      await finished("r3", {}, "failed");
      await add("r4");
      await clock.advance(hourMs);
      expect(await prunable(hourMs * 1.5)).toEqual(["r2"]);
      expect(await prunable(0)).toEqual(["r2", "r1"]);
    });

    it("drops a run's journal and keeps its result, its events and the record", async () => {
      const { storage, eventsOf, clock } = fixture();
      await finished("r1");
      const before = await storage.store.runs.get("r1");
      const entries = await storage.ledger.entries({ run: "r1" });
      expect(await storage.store.upkeep.prune("r1", { document: false })).toBeGreaterThan(20);
      expect(await storage.store.runs.get("r1")).toEqual({ ...before, prunedAt: clock.now() });
      expect(await storage.store.checkpoints.list({ threadId: "r1" })).toEqual([]);
      expect(await storage.store.checkpoints.channels("r1", "", { work: "1" })).toEqual([]);
      expect(await eventsOf("r1")).toContain("run.pruned");
      expect(await storage.ledger.entries({ run: "r1" })).toEqual(entries);
      // Once.
      expect(await storage.store.upkeep.prune("r1", { document: false })).toBeNull();
      expect(await prunable(0)).toEqual([]);
    });

    it("drops nothing of a run that is not over, nor of one that another goes on from", async () => {
      const { storage, add } = fixture();
      await finished("r1");
      await storage.store.runs.create(newRun("r2", { rerun: { runId: "r1", step: "extract" } }));
      await add("r3");
      expect(await storage.store.upkeep.prune("r1", { document: false })).toBeNull();
      expect(await storage.store.upkeep.prune("r3", { document: false })).toBeNull();
      await storage.store.runs.cancel("r2");
      expect(await storage.store.upkeep.prune("r1", { document: false })).not.toBeNull();
    });

    it("lets nobody go on from a run whose journal is gone", async () => {
      const { storage } = fixture();
      await finished("r1", {}, "failed");
      await storage.store.upkeep.prune("r1", { document: false });
      await expect(storage.store.runs.retry("r1")).rejects.toMatchObject({ code: "run.pruned" });
      const again = newRun("r2", { rerun: { runId: "r1", step: "extract" } });
      await expect(storage.store.runs.create(again)).rejects.toMatchObject({ code: "run.pruned" });
      expect(await storage.store.runs.get("r2")).toBeNull();
    });

    it("tells which blobs no run needs: documents of dropped runs unless kept, and what was read from them", async () => {
      const { storage, add } = fixture();
      const { upkeep } = storage.store;
      await finished("r1", { document: documentOf("1") });
      await finished("r2", { document: documentOf("2") });
      await add("r3", { document: documentOf("3") });
      const all = ["1", "2", "3", "4", "e"].map(sha);
      expect(await upkeep.unneeded(all)).toEqual([sha("4")]);
      await upkeep.prune("r1", { document: false });
      expect(await upkeep.unneeded(all)).toEqual([sha("1"), sha("4")]);
      await upkeep.prune("r2", { document: true });
      expect(await upkeep.unneeded(all)).toEqual([sha("1"), sha("4"), sha("e")]);
      // The same document once more.
      await add("r4", { document: documentOf("1") });
      expect(await upkeep.unneeded(all)).toEqual([sha("4"), sha("e")]);
      expect(await upkeep.unneeded([])).toEqual([]);
    });

    it("erases every run of a document, and the record holds without what it said", async () => {
      const { storage, eventsOf } = fixture();
      const { store, ledger } = storage;
      await finished("r1", { document: documentOf("1") });
      await finished("r2", { document: documentOf("2") });
      await finished("r3", { document: documentOf("1") });
      const before = await ledger.entries({});
      expect(await store.upkeep.erase(sha("1"))).toEqual({ runs: ["r1", "r3"], entries: 2 });
      expect((await store.runs.list({})).runs.map(({ id }) => id)).toEqual(["r2"]);
      expect((await store.runs.list({ document: sha("1") })).runs).toEqual([]);
      expect([await eventsOf("r1"), (await eventsOf("r2")).length > 0]).toEqual([[], true]);
      expect(await store.checkpoints.list({ threadId: "r3" })).toEqual([]);
      expect(await store.reviews.get("r1")).toBeNull();
      const after = await ledger.entries({});
      expect(after.map(({ hash }) => hash).slice(0, 3)).toEqual(before.map(({ hash }) => hash));
      expect(after.map(({ erased }) => erased)).toEqual([true, false, true, false]);
      expect(after[0]).toMatchObject({ data: {}, body: null });
      expect(after[3]).toMatchObject({
        kind: "erased",
        data: { document: sha("1"), runs: ["r1", "r3"], entries: [1, 3] },
      });
      expect(firstBroken(after, { seq: 0, hash: firstHash })).toBeNull();
      // What is left of an erased entry is still held by the chain.
      const [first, ...rest] = after;
      const forged = first && { ...first, digests: { data: sha("f"), body: null } };
      expect(firstBroken(forged ? [forged, ...rest] : [], { seq: 0, hash: firstHash })).toMatchObject({ seq: 1 });
      expect(await store.upkeep.erase(sha("1"))).toEqual({ runs: [], entries: 0 });
    });

    it("erases nothing that a worker is at", async () => {
      const { storage, add, clock } = fixture();
      await add("r1", { document: documentOf("1") });
      const lease = await takeRun(storage);
      await expect(storage.store.upkeep.erase(sha("1"))).rejects.toMatchObject({ code: "run.state" });
      await clock.advance(hourMs);
      expect(await storage.store.upkeep.erase(sha("1"))).toEqual({ runs: ["r1"], entries: 0 });
      // Whoever fell silent finds nothing to write to.
      const commit = storage.store.runs.commit(lease, { status: "succeeded" });
      await expect(commit).rejects.toMatchObject({ code: "lease.lost" });
      expect(await storage.queue.take({ worker: "w", leaseMs: hourMs })).toBeNull();
    });

    it("tells what was read from a document and from no other", async () => {
      const { storage } = fixture();
      await finished("r1", { document: documentOf("1") });
      expect(await storage.store.upkeep.readingsOf(sha("1"))).toEqual([sha("e")]);
      await finished("r2", { document: documentOf("2") });
      expect(await storage.store.upkeep.readingsOf(sha("1"))).toEqual([]);
    });

    it("gives space back and loses nothing", async () => {
      const { storage } = fixture();
      await finished("r1");
      await finished("r2");
      await storage.store.upkeep.prune("r1", { document: false });
      await storage.store.upkeep.compact();
      expect(await storage.store.checkpoints.list({ threadId: "r2" })).toHaveLength(1);
      expect((await storage.store.runs.list({})).runs).toHaveLength(2);
    });
  });
}
