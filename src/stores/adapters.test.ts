import { mkdtempSync, rmSync } from "node:fs";
import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { blobsSuite } from "../testing/blobs.ts";
import { clockSuite } from "../testing/clock.ts";
import { folderBlobs } from "./blobs.ts";
import { systemClock } from "./clock.ts";

clockSuite("system", systemClock);

blobsSuite("folder", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-blobs-"));
  const fileOf = (sha256: string) => path.join(folder, sha256.slice(0, 2), sha256.slice(2));
  return {
    blobs: folderBlobs(folder),
    now: () => Date.now(),
    age: async (sha256) => {
      const yesterday = new Date(Date.now() - 86_400_000);
      await utimes(fileOf(sha256), yesterday, yesterday);
    },
    damage: async (sha256, bytes) =>
      bytes === null ? await rm(fileOf(sha256)) : await writeFile(fileOf(sha256), bytes),
    count: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
});

it("blobs in a folder that cannot be one are store.unwritable", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-blobs-"));
  try {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    await expect(folderBlobs(path.join(file, "blobs")).put(new Uint8Array([1]))).rejects.toMatchObject({
      code: "store.unwritable",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
