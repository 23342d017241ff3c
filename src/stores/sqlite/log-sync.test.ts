import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { newRun } from "../../testing/storage.ts";
import { manualClock } from "../../testing/index.ts";
import { LogSync } from "./log-sync.ts";
import { openSqlite } from "./open.ts";

const folder = mkdtempSync(path.join(tmpdir(), "weir-sync-"));
const probe = await open(path.join(folder, "log"), "w+");
const handle = Object.getPrototypeOf(probe) as { datasync: () => Promise<void> };
await probe.close();

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every sync stands still until it is let go. */
function heldSyncs() {
  const held: PromiseWithResolvers<void>[] = [];
  vi.spyOn(handle, "datasync").mockImplementation(async () => {
    const one = Promise.withResolvers<void>();
    held.push(one);
    await one.promise;
  });
  return held;
}

it("nobody who commits is told before a sync that began after it, and those who wait together share one", async () => {
  const held = heldSyncs();
  const log = new LogSync(path.join(folder, "log"));
  const told: string[] = [];
  const tell = async (name: string) => {
    await log.reached();
    told.push(name);
  };
  const all = [tell("first")];
  await vi.waitFor(() => expect(held).toHaveLength(1));
  all.push(tell("second"), tell("third"));
  held[0]?.resolve();
  await vi.waitFor(() => expect(held).toHaveLength(2));
  expect(told).toEqual(["first"]);
  held[1]?.resolve();
  await Promise.all(all);
  expect(told).toEqual(["first", "second", "third"]);
  expect(held).toHaveLength(2);
  await log.close();
});

it("a run is not taken in before it is on the disk", async () => {
  const held = heldSyncs();
  const { store } = await openSqlite({ folder, clock: manualClock() });
  let created = false;
  const creating = store.runs.create(newRun("r1")).then(() => {
    created = true;
    return created;
  });
  await vi.waitFor(() => expect(held).toHaveLength(1));
  expect(created).toBe(false);
  held[0]?.resolve();
  expect(await creating).toBe(true);
  await store.close();
});

it("after the disk has failed nothing is promised any more", async () => {
  vi.spyOn(handle, "datasync").mockRejectedValueOnce(Object.assign(new Error("i/o error"), { code: "EIO" }));
  const { store } = await openSqlite({ folder, clock: manualClock() });
  await expect(store.runs.create(newRun("r2"))).rejects.toMatchObject({ code: "store.unwritable" });
  await expect(store.runs.create(newRun("r3"))).rejects.toMatchObject({ code: "store.unwritable" });
  await store.close();
  rmSync(folder, { recursive: true });
});
