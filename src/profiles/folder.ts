import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type Profile, WeirError } from "../core/index.ts";
import { type ProfileExample, type Profiles, type Withdrawal, profileRef } from "../ports/index.ts";
import { type Files, asStoreError, readFolder, readIfThere, replaceFile, syncFolder, writeFolder } from "./files.ts";
import { examplesFile, toExamples, toFiles, toLines, toProfile, toWithdrawals, toAudits } from "./format.ts";

/** Where saving may be cut off, for tests. */
export type SavePoint = "files-written" | "version-named";

/** Versions kept in memory: runs of earlier ones may still be at work. */
const loadedMax = 8;

export interface FolderOptions {
  readonly atSavePoint?: (point: SavePoint) => void;
}

/**
 * Profiles as folders a person can read and copy: `WORKFLOW/NAME/VERSION/` with `profile.json`,
 * `certificates.json`, `sources.json`, `steps/STEP.json`, `examples.jsonl` and the checksums of them.
 * `WORKFLOW/NAME/current` holds the number of the version in use. A version is written under another
 * name, is on the disk before it is named, and never changes.
 */
export function folderProfiles(root: string, { atSavePoint = () => {} }: FolderOptions = {}): Profiles {
  const loaded = new Map<string, Profile>();
  const folderOf = (workflow: string, ref: string) => {
    const [name, version] = parts(workflow, ref);
    return path.join(root, workflow, name, version);
  };
  const withdrawnFile = (workflow: string, ref: string) => `${folderOf(workflow, ref)}.withdrawn.jsonl`;
  const withdrawals = async (workflow: string, ref: string) =>
    await undamaged(ref, async () => toWithdrawals((await readIfThere(withdrawnFile(workflow, ref))) ?? ""));

  const auditFile = (workflow: string, ref: string) => `${folderOf(workflow, ref)}.audits.jsonl`;
  const audits = async (workflow: string, ref: string) =>
    await undamaged(ref, async () => toAudits((await readIfThere(auditFile(workflow, ref))) ?? ""));

  return {
    current: async (workflow, name) => {
      assertName(workflow, name);
      const version = await currentVersion(path.join(root, workflow, name));
      return version === null ? null : `${name}@${version}`;
    },
    load: async (workflow, ref) => {
      const folder = folderOf(workflow, ref);
      const known = loaded.get(folder);
      if (known) return known;
      const files = await filesOf(folder, ref, (name) => name !== examplesFile);
      const profile = await undamaged(ref, async () => toProfile(files));
      const intended = profileRef(profile) === ref && profile.workflow.name === workflow;
      if (!intended) throw damaged(ref, new Error(`it holds ${profileRef(profile)} of ${profile.workflow.name}`));
      const [oldest] = loaded.keys();
      if (oldest !== undefined && loaded.size >= loadedMax) loaded.delete(oldest);
      loaded.set(folder, profile);
      return profile;
    },
    examples: async (workflow, ref) => {
      const files = await filesOf(folderOf(workflow, ref), ref, (name) => name === examplesFile);
      return await undamaged(ref, async () => toExamples(files));
    },
    save: async (profile, examples) => {
      assertName(profile.workflow.name, profile.name);
      const folder = path.join(root, profile.workflow.name, profile.name);
      return await asStoreError(folder, async () => await save(folder, profile, examples, atSavePoint));
    },
    list: async () => {
      const found: { workflow: string; ref: string }[] = [];
      for (const workflow of await foldersIn(root)) {
        for (const name of await foldersIn(path.join(root, workflow))) {
          const version = await currentVersion(path.join(root, workflow, name));
          if (version !== null) found.push({ workflow, ref: `${name}@${version}` });
        }
      }
      return found;
    },
    withdrawals,
    withdraw: async (workflow, ref, withdrawal) => {
      const file = withdrawnFile(workflow, ref);
      const known = await withdrawals(workflow, ref);
      if (known.some((one) => isSame(one, withdrawal))) return;
      await asStoreError(file, async () => await replaceFile(file, toLines([...known, withdrawal])));
    },
    audits,
    recordAudits: async (workflow, ref, audited) => {
      const file = auditFile(workflow, ref);
      const newest = new Map(
        [...(await audits(workflow, ref)), ...audited].map((one) => [`${one.run} ${one.path}`, one]),
      );
      await asStoreError(file, async () => await replaceFile(file, toLines([...newest.values()])));
    },
  };
}

const isSame = (a: Withdrawal, b: Withdrawal) =>
  a.path === b.path && a.population === b.population && a.source === b.source;

async function save(
  folder: string,
  profile: Omit<Profile, "version">,
  examples: readonly ProfileExample[],
  atSavePoint: (point: SavePoint) => void,
): Promise<Profile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweep(folder);
  for (const parent of [path.dirname(folder), path.dirname(path.dirname(folder))]) await syncFolder(parent);
  for (;;) {
    const version = Math.max(0, ...(await versionsIn(folder))) + 1;
    const saved: Profile = { ...profile, version };
    const draft = path.join(folder, `.${randomUUID()}.part`);
    await writeFolder(draft, toFiles(saved, examples));
    atSavePoint("files-written");
    if (!(await named(draft, path.join(folder, String(version))))) continue;
    await syncFolder(folder);
    atSavePoint("version-named");
    await replaceFile(path.join(folder, "current"), `${version}\n`);
    return saved;
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
  throw damaged(path.basename(folder), new Error("the file `current` holds no number"));
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

async function filesOf(folder: string, ref: string, wanted: (name: string) => boolean): Promise<Files> {
  if ((await foldersIn(path.dirname(folder))).includes(path.basename(folder))) {
    return await undamaged(ref, async () => await readFolder(folder, wanted));
  }
  throw new WeirError("profile.unknown", `There is no profile ${ref}`);
}

async function undamaged<T>(ref: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw damaged(ref, error as Error);
  }
}

function damaged(ref: string, cause: Error): WeirError {
  return new WeirError("profile.damaged", `The profile ${ref} cannot be used: ${cause.message}`, { cause });
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

/** Names make folders, and a name from outside must not lead out of ours. */
function assertName(workflow: string, name: string): void {
  if (nameForm.test(workflow) && nameForm.test(name) && name !== "none") return;
  throw new WeirError("profile.unknown", `"${name}" is no name for a profile`, {
    hint: "Letters, digits and - make a name, 63 at most; `none` is taken: it means no profile.",
  });
}

function parts(workflow: string, ref: string): readonly [name: string, version: string] {
  const [, name, version] = /^([^@]+)@([1-9]\d{0,8})$/.exec(ref) ?? [];
  if (name === undefined || version === undefined) {
    throw new WeirError("profile.unknown", `There is no profile "${ref}"`);
  }
  assertName(workflow, name);
  return [name, version];
}
