import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { appendFile, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newProfile, profilesSuite } from "../testing/profiles.ts";
import { type SavePoint, folderProfiles } from "./folder.ts";

const newFolder = () => mkdtempSync(path.join(tmpdir(), "weir-profiles-"));
const versionFolder = (folder: string, workflow: string, ref: string) => path.join(folder, workflow, ...ref.split("@"));

profilesSuite("folder", async () => {
  const folder = newFolder();
  return {
    profiles: folderProfiles(folder),
    reopen: () => folderProfiles(folder),
    damage: async (workflow, ref) =>
      await appendFile(path.join(versionFolder(folder, workflow, ref), "steps", "extract.json"), " "),
    close: async () => rmSync(folder, { recursive: true }),
  };
});

let folder = "";
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a crash while saving leaves the profile in use as it was, and the next save goes through", async () => {
  await folderProfiles(folder).save(newProfile(), []);
  for (const point of ["files-written", "version-named"] satisfies SavePoint[]) {
    const dies = folderProfiles(folder, {
      atSavePoint: (at) => {
        if (at === point) throw new Error("the process dies here");
      },
    });
    await expect(dies.save(newProfile({ risk: 0.2 }), [])).rejects.toThrow("dies here");
    const after = folderProfiles(folder);
    expect(await after.current("receipt", "default")).toBe("default@1");
    expect((await after.load("receipt", "default@1")).risk).toBe(0.05);
  }
  const saved = await folderProfiles(folder).save(newProfile({ risk: 0.1 }), []);
  // The version that was named but never taken into use stays as it is: nothing is written over.
  expect(saved.version).toBe(3);
  expect(await folderProfiles(folder).current("receipt", "default")).toBe("default@3");
});

test("what a save that was cut off has left behind is swept away later, not what another is writing now", async () => {
  const dies = folderProfiles(folder, {
    atSavePoint: () => {
      throw new Error("the process dies here");
    },
  });
  for (let times = 0; times < 2; times++) await expect(dies.save(newProfile(), [])).rejects.toThrow("dies here");
  const home = path.join(folder, "receipt", "default");
  const [old = "", young = ""] = await readdir(home);
  await utimes(path.join(home, old), new Date(0), new Date(0));
  await folderProfiles(folder).save(newProfile(), []);
  expect((await readdir(home)).toSorted()).toEqual([young, "1", "current"]);
});

test("whatever file of a profile is missing or changed, it is not used and the message names the file", async () => {
  const { profiles } = { profiles: folderProfiles(folder) };
  await profiles.save(newProfile(), []);
  const version = versionFolder(folder, "receipt", "default@1");
  const files = ["profile.json", "certificates.json", "sources.json", path.join("steps", "extract.json")];
  for (const name of files) {
    const file = path.join(version, name);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/[01a]/, "9"));
    const changed = folderProfiles(folder).load("receipt", "default@1");
    await expect(changed).rejects.toMatchObject({ code: "profile.damaged", message: expect.stringContaining(name) });
    await rm(file);
    const missing = folderProfiles(folder).load("receipt", "default@1");
    await expect(missing).rejects.toMatchObject({ code: "profile.damaged", message: expect.stringContaining(name) });
    await writeFile(file, text);
  }
  expect((await folderProfiles(folder).load("receipt", "default@1")).version).toBe(1);
  await rm(path.join(version, "SHA256SUMS"));
  await expect(folderProfiles(folder).load("receipt", "default@1")).rejects.toMatchObject({ code: "profile.damaged" });
});

test("a pointer that points nowhere is damage, not an empty profile", async () => {
  await folderProfiles(folder).save(newProfile(), []);
  await writeFile(path.join(folder, "receipt", "default", "current"), "one\n");
  const current = folderProfiles(folder).current("receipt", "default");
  await expect(current).rejects.toMatchObject({ code: "profile.damaged" });
});

test("a profile is a folder that people can read and check with sha256sum", async () => {
  await folderProfiles(folder).save(newProfile(), []);
  const version = versionFolder(folder, "receipt", "default@1");
  expect((await readdir(version, { recursive: true })).toSorted()).toEqual([
    "SHA256SUMS",
    "certificates.json",
    "examples.jsonl",
    "profile.json",
    "sources.json",
    "steps",
    "steps/classify again.json",
    "steps/extract.json",
  ]);
  const sums = (await readFile(path.join(version, "SHA256SUMS"), "utf8")).trimEnd().split("\n");
  expect(sums).toHaveLength(6);
  for (const line of sums) {
    const [, sum, name = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    expect(
      createHash("sha256")
        .update(await readFile(path.join(version, name)))
        .digest("hex"),
    ).toBe(sum);
  }
});
