import { mkdtempSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderProfiles } from "../profiles/index.ts";
import { folderBlobs } from "../stores/blobs.ts";
import { openSqlite } from "../stores/sqlite/open.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { newProfile } from "../testing/profiles.ts";
import { newRun, takeRun } from "../testing/storage.ts";
import { purge } from "./purge.ts";

let folder = "";
let house: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "weir-purge-"));
  house = await open();
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

async function open() {
  const clock = manualClock();
  const opened = await openSqlite({ folder, clock });
  const blobs = folderBlobs(path.join(folder, "blobs"));
  const profiles = folderProfiles(path.join(folder, "profiles"));
  const close = async () => await opened.store.close();
  return { ...opened, clock, blobs, profiles, clearCaches: async () => {}, close };
}

async function added(id: string): Promise<string> {
  const sha256 = await house.blobs.put(new TextEncoder().encode("secret"));
  await house.store.runs.create(newRun(id, { document: { sha256, name: "a.txt", bytes: 6 } }));
  return sha256;
}

test("a run that is worked on is cancelled, waited for, and erased when its worker has let go", async () => {
  const document = await added("r1");
  await added("r2");
  const lease = await takeRun(house);
  const purging = purge(house, document);
  let asked = false;
  while (!asked) {
    await house.clock.advance(200);
    asked = (await house.store.runs.get("r1"))?.cancelRequested ?? false;
  }
  // Nothing of it is gone while the worker may still write.
  expect(await house.blobs.has(document)).toBe(true);
  await house.store.runs.commit(lease, { status: "cancelled" });
  while (house.clock.sleepers() > 0) await house.clock.advance(200);
  expect(await purging).toEqual({ document, runs: ["r1", "r2"], blobs: 1, profiles: [], entries: 0 });
  expect((await house.store.runs.list({})).runs).toEqual([]);
});

test("a worker that does not let go keeps everything as it was, and says so", async () => {
  const document = await added("r1");
  const lease = await takeRun(house);
  const outcome = purge(house, document).catch((error: unknown) => error);
  const over = new AbortController();
  void outcome.finally(() => over.abort());
  while (!over.signal.aborted) {
    await house.clock.advance(1_000);
    // It is alive all the while.
    await house.store.runs.renew(lease, 30_000);
  }
  expect(await outcome).toMatchObject({ code: "run.state" });
  expect(await house.blobs.has(document)).toBe(true);
  expect(await house.store.runs.get("r1")).toMatchObject({ status: "running", cancelRequested: true });
});

test("a profile that is damaged keeps nothing else from being erased, and is named", async () => {
  const document = await added("r1");
  await house.profiles.save(newProfile(), []);
  await appendFile(path.join(folder, "profiles", "receipt", "default", "1", "profile.json"), " ");
  await expect(purge(house, document)).rejects.toMatchObject({ code: "profile.damaged" });
  expect(await house.blobs.has(document)).toBe(false);
  expect(await house.store.runs.get("r1")).toBeNull();
});
