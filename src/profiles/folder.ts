import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { ProfileFiles, ProfileHome, ProfileShelf, ProfileVersion, Profiles } from "../ports/index.ts";
import { asStoreError, readIfThere, replaceFile, syncFolder, writeFolder } from "./files.ts";
import { profilesOn } from "./profiles.ts";

/** Where saving may be cut off, for tests. */
export type SavePoint = "files-written" | "version-named";

export interface FolderOptions {
  readonly atSavePoint?: (point: SavePoint) => void;
}

export function folderProfiles(root: string, options: FolderOptions = {}): Profiles {
  return profilesOn(folderShelf(root, options));
}

/**
 * Profiles as folders a person can read and copy: `WORKFLOW/NAME/VERSION/` with `profile.json`,
 * `certificates.json`, `sources.json`, `steps/STEP.json`, `examples.jsonl` and the checksums of them.
 * `WORKFLOW/NAME/current` holds the number of the version in use. A version is written under another
 * name, is on the disk before it is named, and never changes.
 */
export function folderShelf(root: string, { atSavePoint = () => {} }: FolderOptions = {}): ProfileShelf {
  const homeOf = ({ workflow, name }: ProfileHome) => path.join(root, workflow, name);
  const folderOf = (at: ProfileVersion) => path.join(homeOf(at), String(at.version));
  const notesOf = (at: ProfileVersion, name: string) => `${folderOf(at)}.${name}.jsonl`;
  const current = async (home: ProfileHome) => await currentVersion(homeOf(home));
  return {
    current,
    list: async () => {
      const found: ProfileVersion[] = [];
      for (const workflow of await foldersIn(root)) {
        for (const name of await foldersIn(path.join(root, workflow))) {
          const version = await current({ workflow, name });
          if (version !== null) found.push({ workflow, name, version });
        }
      }
      return found;
    },
    versions: async () => {
      const found: ProfileVersion[] = [];
      for (const workflow of await foldersIn(root)) {
        for (const name of await foldersIn(path.join(root, workflow))) {
          const versions = await versionsIn(homeOf({ workflow, name }));
          found.push(...versions.map((version) => ({ workflow, name, version })));
        }
      }
      return found;
    },
    has: async (at) => (await foldersIn(homeOf(at))).includes(String(at.version)),
    read: async (at, file) => await readIfThere(path.join(folderOf(at), file)),
    add: async (home, filesOf) => {
      const folder = homeOf(home);
      return await asStoreError(folder, async () => await add(folder, filesOf, atSavePoint));
    },
    replace: async (at, name, text) => {
      const file = path.join(folderOf(at), name);
      await asStoreError(file, async () => await replaceFile(file, text));
    },
    notes: async (at, name) => (await readIfThere(notesOf(at, name))) ?? "",
    amend: async (at, name, change) => {
      const file = notesOf(at, name);
      const notes = (await readIfThere(file)) ?? "";
      await asStoreError(file, async () => await replaceFile(file, change(notes)));
    },
  };
}

async function add(
  folder: string,
  filesOf: (version: number) => ProfileFiles,
  atSavePoint: (point: SavePoint) => void,
): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweep(folder);
  for (const parent of [path.dirname(folder), path.dirname(path.dirname(folder))]) await syncFolder(parent);
  for (;;) {
    const version = Math.max(0, ...(await versionsIn(folder))) + 1;
    const draft = path.join(folder, `.${randomUUID()}.part`);
    await writeFolder(draft, filesOf(version));
    atSavePoint("files-written");
    if (!(await named(draft, path.join(folder, String(version))))) continue;
    await syncFolder(folder);
    atSavePoint("version-named");
    await replaceFile(path.join(folder, "current"), `${version}\n`);
    return version;
  }
}

/** So long after it was begun nobody writes a version any more. */
const staleMs = 3_600_000;

/** What saves that were cut off have left behind. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const draft = path.join(folder, name);
    if (!/^\..*\.part$/.test(name) || Date.now() - (await stat(draft)).mtimeMs < staleMs) continue;
    await rm(draft, { recursive: true, force: true });
  }
}

/** False: somebody else took the number meanwhile. */
async function named(draft: string, folder: string): Promise<boolean> {
  try {
    await rename(draft, folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    await rm(draft, { recursive: true, force: true });
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

async function versionsIn(folder: string): Promise<readonly number[]> {
  return (await foldersIn(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function currentVersion(folder: string): Promise<number | null> {
  const text = await readIfThere(path.join(folder, "current"));
  if (text === null) return null;
  if (/^[1-9]\d*\n$/.test(text)) return Number(text);
  throw new Error("the file `current` holds no number");
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .toSorted();
}
