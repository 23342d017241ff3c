import { mkdtempSync, rmSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decision } from "../../test/support/engine.ts";
import type { Decision } from "../core/index.ts";
import type { BlobStore } from "../ports/index.ts";
import { folderProfiles } from "../profiles/index.ts";
import { folderBlobs } from "../stores/blobs.ts";
import { openSqlite } from "../stores/sqlite/open.ts";
import { newProfile } from "../testing/profiles.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { checkpointEntry, leaseMs, newRun, takeRun } from "../testing/storage.ts";
import { type PruneHost, prune } from "./prune.ts";

const dayMs = 86_400_000;
const bytesOf = (text: string) => new TextEncoder().encode(text);

let folder = "";
let house: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-prune-"));
  house = await open();
});
afterEach(async () => {
  await house.store.close();
  rmSync(folder, { recursive: true });
});

async function open() {
  const clock = manualClock();
  const { store, queue, ledger } = await openSqlite({ folder, clock });
  const files = folderBlobs(path.join(folder, "blobs"));
  const blobs: BlobStore = {
    ...files,
    // The disk has the time of the clock.
    put: async (bytes) => {
      const sha256 = await files.put(bytes);
      const now = new Date(clock.now());
      await utimes(path.join(folder, "blobs", sha256.slice(0, 2), sha256.slice(2)), now, now);
      return sha256;
    },
  };
  const close = async () => await store.close();
  return { store, queue, ledger, clock, blobs, profiles: folderProfiles(path.join(folder, "profiles")), close };
}

const host = (change: Partial<PruneHost> = {}): PruneHost => ({ ...house, upkeep: house.store.upkeep, ...change });

/** A run over a document of this text that ended now. */
async function ended(id: string, text: string, decided: Decision = decision("1.00")): Promise<void> {
  const { store, blobs } = house;
  const document = { sha256: await blobs.put(bytesOf(text)), name: "a.txt", bytes: text.length };
  await store.runs.create(newRun(id, { document }));
  const lease = await takeRun(house);
  const read = { pages: 1, characters: 9, complete: true, skipped: [] };
  const reading = { sha256: await blobs.put(bytesOf(`what ${text} says`)), ...read };
  const key = { threadId: id, namespace: "", checkpointId: "c1", parentId: null, metadata: {} };
  const state = { channel: "work", version: "1", type: "json", value: bytesOf(`state ${text}`) };
  await store.checkpoints.write(lease, [checkpointEntry({ ...key, checkpoint: bytesOf("{}") }, [state])]);
  await store.runs.commit(lease, {
    status: "succeeded",
    reading,
    draft: { decisions: { total: decided }, doubts: [], optional: [] },
  });
}

const later = async (days: number) => await house.clock.advance(days * dayMs);

async function stored(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { sha256 } of house.blobs.list()) names.push(sha256);
  return names;
}

const monthOld = { olderThanMs: 30 * dayMs };

test("what was over long ago loses its journal, its reading and its document; its result and what is newer stay", async () => {
  await ended("r1", "old");
  await later(20);
  await ended("r2", "new");
  await later(20);
  const record = await house.ledger.entries({});
  const result = (await house.store.runs.get("r1"))?.draft;
  expect(await prune(host(), monthOld)).toEqual({ runs: 1, blobs: 2, journalBytes: expect.any(Number), blobBytes: 16 });
  expect((await house.store.runs.get("r1"))?.draft).toEqual(result);
  expect(await house.ledger.entries({})).toEqual(record);
  expect(await house.store.checkpoints.list({})).toMatchObject([{ threadId: "r2" }]);
  const { document, reading } = (await house.store.runs.get("r2")) ?? {};
  expect(await house.blobs.has(document?.sha256 ?? "")).toBe(true);
  expect(await house.blobs.has(reading?.sha256 ?? "")).toBe(true);
  expect(await prune(host(), monthOld)).toEqual({ runs: 0, blobs: 0, journalBytes: 0, blobBytes: 0 });
});

test("documents stay that are learned from: those of profiles in use, and those a person decided about", async () => {
  await ended("r1", "taught");
  await ended("r2", "corrected", decision("2.00", { by: "human" }));
  const taught = (await house.store.runs.get("r1"))?.document;
  if (!taught) throw new Error("no document");
  await house.profiles.save(newProfile(), [{ id: "a", document: taught, truth: {}, from: "file" }]);
  await later(40);
  // The two readings go.
  expect(await prune(host(), monthOld)).toMatchObject({ runs: 2, blobs: 2 });
  expect(await stored()).toHaveLength(2);
});

test("what failed rests until somebody decides, unless it is asked for", async () => {
  await house.store.runs.create(newRun("r1"));
  await house.store.runs.commit(await takeRun(house), { status: "failed" });
  await later(40);
  expect(await prune(host(), monthOld)).toMatchObject({ runs: 0 });
  expect((await house.store.runs.retry("r1")).status).toBe("queued");
  await house.store.runs.commit(await takeRun(house), { status: "failed" });
  await later(40);
  expect(await prune(host(), { ...monthOld, failed: true })).toMatchObject({ runs: 1 });
});

test("a document that comes again while its old run is dropped is there for the new run, whenever it comes", async () => {
  for (const moment of ["journal", "asked", "removing"] as const) {
    const text = `again ${moment}`;
    await ended(`old ${moment}`, text);
    await later(40);
    const comes = async (now: typeof moment) => {
      if (now !== moment || (await house.store.runs.get(`new ${moment}`))) return;
      const sha256 = await house.blobs.put(bytesOf(text));
      await house.store.runs.create(newRun(`new ${moment}`, { document: { sha256, name: "a.txt", bytes: 9 } }));
    };
    const upkeep: PruneHost["upkeep"] = {
      prunable: async (filter) => await house.store.upkeep.prunable(filter),
      prune: async (id, keep) => {
        await comes("journal");
        return await house.store.upkeep.prune(id, keep);
      },
      unneeded: async (some) => {
        const unneeded = await house.store.upkeep.unneeded(some);
        await comes("asked");
        return unneeded;
      },
    };
    const blobs: BlobStore = {
      ...house.blobs,
      remove: async (sha256, since) => {
        const gone = await house.blobs.remove(sha256, since);
        await comes("removing");
        return gone;
      },
    };
    await prune(host({ upkeep, blobs }), monthOld);
    const run = await house.store.runs.get(`new ${moment}`);
    expect([moment, await house.blobs.has(run?.document.sha256 ?? "")]).toEqual([moment, true]);
    const ticket = await house.queue.take({ worker: "w", leaseMs });
    expect(ticket?.runId).toBe(`new ${moment}`);
    if (ticket) await house.queue.settle(ticket);
  }
});

test("killed anywhere and begun again it comes to the same end", async () => {
  for (const id of ["r1", "r2", "r3"]) await ended(id, `document of ${id}`);
  await later(40);
  await ended("r4", "new");
  for (let steps = 0; steps < 12; steps++) {
    let left = steps;
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      if (left-- === 0) throw new Error("killed");
      return await work();
    };
    const upkeep: PruneHost["upkeep"] = {
      prunable: async (filter) => await house.store.upkeep.prunable(filter),
      prune: async (id, keep) => await step(async () => await house.store.upkeep.prune(id, keep)),
      unneeded: async (some) => await house.store.upkeep.unneeded(some),
    };
    const remove = async (sha256: string, since?: number) =>
      await step(async () => await house.blobs.remove(sha256, since));
    await prune(host({ upkeep, blobs: { ...house.blobs, remove } }), monthOld).catch((error: Error) => {
      if (error.message !== "killed") throw error;
    });
  }
  expect(await stored()).toHaveLength(2);
  expect(await house.store.checkpoints.list({})).toMatchObject([{ threadId: "r4" }]);
  expect((await house.store.runs.list({})).runs.map(({ id }) => id)).toEqual(["r4", "r3", "r2", "r1"]);
});
