import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  type FileHandle,
  constants,
  copyFile,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { WeirError, asWeirError } from "../core/index.ts";

/**
 * A backup is a folder: `weir.db`, `blobs/`, `profiles/`, `backup.json` that says what it is, and
 * `SHA256SUMS` over all of them. It never holds keys, models, or the inbox.
 */

/** What `backup.json` says. */
const manifest = z.object({
  schema: z.literal("weir.backup/1"),
  /** Version of Weir. */
  weir: z.string(),
  /** RFC 3339. */
  at: z.string(),
  runs: z.number(),
  blobs: z.number(),
  profiles: z.number(),
  bytes: z.number(),
});
export type BackupManifest = z.infer<typeof manifest>;

export interface BackedUp extends BackupManifest {
  /** Stored files that runs need and that are gone or damaged: they were before. */
  readonly missing: readonly string[];
}

export interface BackupOptions {
  /** The data folder. */
  readonly from: string;
  /** The folder to be made. */
  readonly to: string;
  readonly weir: string;
  readonly now: number;
  /** Copies the database as it is at one moment; null where there is none. */
  readonly copyDatabase: (to: string) => { readonly runs: number; readonly blobs: readonly string[] } | null;
}

const sumsName = "SHA256SUMS";
const manifestName = "backup.json";

/**
 * Copies a data folder that may be in use. The database first: whatever its runs need was stored before
 * them. It appears under its name when it is whole and on the disk.
 * @throws WeirError `backup.exists`, `backup.nothing`, `store.full`, `store.unwritable`
 */
export async function backUp({ from, to, weir, now, copyDatabase }: BackupOptions): Promise<BackedUp> {
  if (await isThere(to)) throw new WeirError("backup.exists", `${to} exists already.`);
  const draft = path.join(path.dirname(to), `.${path.basename(to)}.part`);
  return await onDisk(to, async () => {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o700 });
    try {
      const database = copyDatabase(path.join(draft, "weir.db"));
      if (!database) throw new WeirError("backup.nothing", `There is no weir.db in ${from}.`);
      const into = new Copy(draft);
      await into.keep("weir.db");
      const blobs = await copyBlobs(path.join(from, "blobs"), into);
      const profiles = await copyProfiles(path.join(from, "profiles"), into);
      const about: BackupManifest = {
        schema: "weir.backup/1",
        weir,
        at: new Date(now).toISOString(),
        runs: database.runs,
        blobs: blobs.size,
        profiles,
        bytes: into.bytes,
      };
      await into.write(manifestName, `${JSON.stringify(about, null, 2)}\n`);
      await into.seal();
      await rename(draft, to);
      await syncFolder(path.dirname(to));
      return { ...about, missing: database.blobs.filter((sha256) => !blobs.has(sha256)) };
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

/**
 * Makes a data folder of a backup, after every file was checked. What was cut off is begun again by the same call.
 * @throws WeirError `backup.damaged`, `backup.exists`, `store.full`, `store.unwritable`
 */
export async function restore(from: string, to: string): Promise<BackupManifest> {
  const files = await checkedFiles(from);
  const about = manifest.safeParse(jsonOf(await readFile(path.join(from, manifestName), "utf8")));
  if (!about.success) throw damaged(from, manifestName, "is not in the form of a backup");
  const mark = path.join(to, ".restoring");
  return await onDisk(to, async () => {
    const begun = await isThere(mark);
    for (const name of ["weir.db", "blobs", "profiles"]) {
      if (!begun && (await isThere(path.join(to, name)))) {
        throw new WeirError("backup.exists", `${to} is in use already: it has ${name}.`);
      }
    }
    await mkdir(to, { recursive: true, mode: 0o700 });
    await writeWhole(mark, "");
    const into = new Copy(to);
    // The database last: without it nobody takes the folder for whole.
    const order = files.toSorted((a, b) => Number(a === "weir.db") - Number(b === "weir.db"));
    for (const name of order) {
      if (name !== manifestName) await into.copy(name, path.join(from, name));
    }
    await syncFolder(to);
    await rm(mark);
    return about.data;
  });
}

/** The files of a folder that is being filled, with their checksums. */
class Copy {
  readonly #folder: string;
  readonly #sums = new Map<string, string>();
  readonly #folders = new Set<string>();
  bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the sha256 of what was copied */
  async copy(name: string, source: string): Promise<string> {
    const file = await this.#fileOf(name);
    // Where the disk can, both share their blocks.
    await copyFile(source, file, constants.COPYFILE_FICLONE);
    return await this.keep(name);
  }

  async write(name: string, content: string): Promise<void> {
    await writeWhole(await this.#fileOf(name), content);
    await this.keep(name);
  }

  /** Takes in a file that stands there. @returns its sha256 */
  async keep(name: string): Promise<string> {
    const file = path.join(this.#folder, name);
    await using handle: FileHandle = await open(file, "r+");
    await handle.sync();
    const sha256 = await sha256Of(file);
    this.#sums.set(name, sha256);
    this.bytes += (await handle.stat()).size;
    return sha256;
  }

  /** Takes it out again. */
  async drop(name: string): Promise<void> {
    const file = path.join(this.#folder, name);
    this.bytes -= (await stat(file)).size;
    this.#sums.delete(name);
    await rm(file);
  }

  async #fileOf(name: string): Promise<string> {
    const file = path.join(this.#folder, name);
    const folder = path.dirname(file);
    if (!this.#folders.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#folders.add(folder);
    return file;
  }

  async seal(): Promise<void> {
    const sums = [...this.#sums].map(([name, sha256]) => `${sha256}  ${name}\n`);
    await writeWhole(path.join(this.#folder, sumsName), sums.join(""));
    for (const folder of this.#folders) await syncFolder(folder);
  }
}

/** @returns the names of those that are what their names say */
async function copyBlobs(from: string, into: Copy): Promise<ReadonlySet<string>> {
  const copied = new Set<string>();
  for (const name of await filesIn(from)) {
    const sha256 = name.replaceAll(path.sep, "");
    if (!/^[0-9a-f]{64}$/.test(sha256)) continue;
    const target = posix("blobs", name);
    const found = await into.copy(target, path.join(from, name)).catch(ifGone);
    if (found === sha256) copied.add(sha256);
    else if (found !== null) await into.drop(target);
  }
  return copied;
}

/** @returns how many are in use */
async function copyProfiles(from: string, into: Copy): Promise<number> {
  const namesThere = async () => (await filesIn(from)).filter((name) => !/(?:^|[\\/])\.[^\\/]*\.part/.test(name));
  // What is in use is asked first: the version it names is there by then.
  const inUse = (await namesThere()).filter((name) => path.basename(name) === "current");
  for (const name of inUse) await into.copy(posix("profiles", name), path.join(from, name));
  const rest = (await namesThere()).filter((name) => !inUse.includes(name) && path.basename(name) !== "current");
  for (const name of rest) await into.copy(posix("profiles", name), path.join(from, name));
  return inUse.length;
}

/** Whoever tidies up was faster. */
function ifGone(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

const posix = (folder: string, name: string) => path.posix.join(folder, ...name.split(path.sep));

/** @throws WeirError `backup.damaged` naming the first file that is not what was written */
async function checkedFiles(folder: string): Promise<readonly string[]> {
  const list = await readFile(path.join(folder, sumsName), "utf8").catch(() => null);
  if (list === null) throw damaged(folder, sumsName, "is missing");
  const names: string[] = [];
  for (const [, sum = "", name = ""] of list.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)) {
    // A list from elsewhere must not lead out of the folder.
    if (path.isAbsolute(name) || name.split("/").includes("..")) throw damaged(folder, name, "is no file of a backup");
    const found = await sha256Of(path.join(folder, name)).catch(ifGone);
    if (found === null) throw damaged(folder, name, "is missing");
    if (found !== sum) throw damaged(folder, name, "is not what was written");
    names.push(name);
  }
  if (!names.includes("weir.db") || !names.includes(manifestName)) throw damaged(folder, sumsName, "lacks weir.db");
  return names;
}

function damaged(folder: string, name: string, how: string): WeirError {
  return new WeirError("backup.damaged", `${name} of the backup ${folder} ${how}.`);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

async function writeWhole(file: string, content: string): Promise<void> {
  await using handle: FileHandle = await open(file, "w", 0o600);
  await handle.writeFile(content);
  await handle.sync();
}

async function syncFolder(folder: string): Promise<void> {
  await using handle: FileHandle = await open(folder, "r");
  await handle.sync();
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

async function onDisk<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") throw new WeirError("store.full", `No space left for ${place}.`);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
      throw new WeirError("store.unwritable", `${place} cannot be written.`, { cause: error });
    }
    throw asWeirError(error);
  }
}

/** Without holding the file in memory. */
async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest("hex");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
