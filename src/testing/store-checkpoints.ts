import { describe, expect, it } from "vitest";
import type { Lease } from "../ports/index.ts";
import { checkpointEntry, takeRun, writesEntry } from "./storage.ts";
import type { StoreFixture } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const key = { threadId: "r1", namespace: "", checkpointId: "c1" };
const task = { id: "t1", path: "" };
const row = (checkpointId: string, parentId: string | null, step: number) => ({
  ...key,
  checkpointId,
  parentId,
  checkpoint: bytes(checkpointId),
  metadata: { step, source: "loop" },
});
const channel = (version: string, text: string) => ({ channel: "work", version, type: "json", value: bytes(text) });
const write = (index: number, text: string) => ({ index, channel: "work", type: "json", value: bytes(text) });

export function checkpointPromises(fixture: () => StoreFixture): void {
  describe("checkpoints", () => {
    const begin = async (): Promise<StoreFixture & { readonly lease: Lease }> => {
      const here = fixture();
      await here.add("r1");
      return { ...here, lease: await takeRun(here.storage) };
    };

    it("gives the newest, or the one named", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      await checkpoints.write(lease, [checkpointEntry(row("c1", null, 0), [])]);
      await checkpoints.write(lease, [checkpointEntry(row("c2", "c1", 1), [])]);
      expect(await checkpoints.get("r1", "")).toMatchObject({
        checkpointId: "c2",
        parentId: "c1",
        metadata: { step: 1 },
      });
      const first = await checkpoints.get("r1", "", "c1");
      expect(first && new Uint8Array(first.checkpoint)).toEqual(bytes("c1"));
      expect(await checkpoints.get("r1", "child")).toBeNull();
      expect(await checkpoints.get("r2", "")).toBeNull();
    });

    it("writes a checkpoint and what it means for the run together, or neither", async () => {
      const { storage, lease, eventsOf } = await begin();
      const { checkpoints, runs } = storage.store;
      const change = { workflow: { version: 2, hash: "sha256:2" }, events: [{ type: "run.migrated", data: {} }] };
      const lost = { ...lease, token: "other" };
      await expect(checkpoints.write(lost, [checkpointEntry(row("c1", null, 0), [])], change)).rejects.toMatchObject({
        code: "lease.lost",
      });
      expect(await checkpoints.get("r1", "")).toBeNull();
      expect((await runs.get("r1"))?.workflow).toMatchObject({ version: 1 });
      await checkpoints.write(lease, [checkpointEntry(row("c1", null, 0), [])], change);
      expect((await runs.get("r1"))?.workflow).toEqual({ name: "invoice", version: 2, hash: "sha256:2", file: null });
      expect((await eventsOf("r1")).at(-1)).toBe("run.migrated");
    });

    it("lists newest first, before one, by metadata, no more than asked", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      for (const [id, step] of [
        ["c1", 0],
        ["c2", 1],
        ["c3", 2],
      ] as const)
        await checkpoints.write(lease, [checkpointEntry(row(id, null, step), [])]);
      const ids = async (filter: Parameters<typeof checkpoints.list>[0]) =>
        (await checkpoints.list(filter)).map((one) => one.checkpointId);
      expect(await ids({ threadId: "r1" })).toEqual(["c3", "c2", "c1"]);
      expect(await ids({ threadId: "r1", before: "c3", limit: 1 })).toEqual(["c2"]);
      expect(await ids({ metadata: { step: 0 } })).toEqual(["c1"]);
      expect(await ids({ metadata: { source: "loop" }, limit: 2 })).toEqual(["c3", "c2"]);
      expect(await ids({ threadId: "r2" })).toEqual([]);
    });

    it("gives channels in the versions asked for", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      await checkpoints.write(lease, [checkpointEntry(row("c1", null, 0), [channel("1", "one")])]);
      await checkpoints.write(lease, [checkpointEntry(row("c2", "c1", 1), [channel("2", "two")])]);
      const [found, ...others] = await checkpoints.channels("r1", "", { work: "1", unknown: "1" });
      expect(found).toMatchObject({ channel: "work", version: "1", type: "json" });
      expect(found && new Uint8Array(found.value)).toEqual(bytes("one"));
      expect(others).toEqual([]);
      expect(await checkpoints.channels("r1", "", {})).toEqual([]);
    });

    it("keeps the first of two writes with one index, and the last of those with a negative one", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      await checkpoints.write(lease, [writesEntry(key, task, [write(0, "first"), write(-1, "first error")])]);
      await checkpoints.write(lease, [
        writesEntry(key, task, [write(0, "second"), write(-1, "other"), write(-1, "second error")]),
      ]);
      const writes = await checkpoints.writes(key);
      expect(writes.map(({ taskId, index, value }) => [taskId, index, new TextDecoder().decode(value)])).toEqual([
        ["t1", -1, "second error"],
        ["t1", 0, "first"],
      ]);
    });

    it("orders writes by path, task and index, however they came", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      await checkpoints.write(lease, [writesEntry(key, { id: "a", path: "~2" }, [write(1, "d"), write(0, "c")])]);
      await checkpoints.write(lease, [writesEntry(key, { id: "b", path: "~1" }, [write(0, "b")])]);
      await checkpoints.write(lease, [writesEntry(key, { id: "z", path: "" }, [write(0, "a")])]);
      const texts = (await checkpoints.writes(key)).map(({ value }) => new TextDecoder().decode(value));
      expect(texts).toEqual(["a", "b", "c", "d"]);
    });

    it("changes the run in the same transaction as the writes that make a step done", async () => {
      const { storage, lease, eventsOf } = await begin();
      const { checkpoints, runs } = storage.store;
      const draft = { decisions: {}, doubts: [], optional: [] };
      const events = [{ type: "step.done", data: { step: "extract" } }];
      await checkpoints.write(lease, [writesEntry(key, task, [write(0, "x")])], { draft, attempts: 0, events });
      expect(await runs.get("r1")).toMatchObject({ status: "running", draft });
      expect((await eventsOf("r1")).at(-1)).toBe("step.done");
      const stale = { ...lease, token: "stale" };
      await expect(
        checkpoints.write(stale, [writesEntry(key, { id: "t2", path: "" }, [write(0, "y")])], { events }),
      ).rejects.toMatchObject({ code: "lease.lost" });
      expect(await checkpoints.writes(key)).toHaveLength(1);
      expect(await eventsOf("r1")).toHaveLength(3);
    });

    it("forgets a thread and nothing else", async () => {
      const { storage, lease } = await begin();
      const { checkpoints } = storage.store;
      await checkpoints.write(lease, [checkpointEntry(row("c1", null, 0), [channel("1", "one")])]);
      await checkpoints.write(lease, [writesEntry(key, task, [write(0, "one")])]);
      await checkpoints.write(lease, [
        checkpointEntry({ ...row("c1", null, 0), threadId: "r2" }, [channel("1", "one")]),
      ]);
      await checkpoints.deleteThread("r1");
      expect(await checkpoints.get("r1", "")).toBeNull();
      expect(await checkpoints.writes(key)).toEqual([]);
      expect(await checkpoints.channels("r2", "", { work: "1" })).toHaveLength(1);
    });
  });
}
