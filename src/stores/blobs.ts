import { createHash, randomUUID } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import {
  constants,
  type FileHandle,
  access,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import path from "node:path";
import { WeirError } from "../core/index.ts";
import type { BlobStore, StoredBlob } from "../ports/index.ts";

/**
 * Blobs as files named by their content, `ab/cdef…`, in one folder. A file appears under its name
 * only when all of it is on the disk, so that whatever has a name is whole.
 */
export function folderBlobs(folder: string): BlobStore {
  const fileOf = (sha256: string) => path.join(folder, sha256.slice(0, 2), sha256.slice(2));
  return {
    put: async (bytes) => {
      const sha256 = digest(bytes);
      const file = fileOf(sha256);
      // Whoever tidies up leaves alone what was put lately; what is taken away all the same is written again.
      await touch(file);
      // What stands there but no longer matches its name is written again.
      if (!(await holds(file, sha256))) await asStoreError(file, () => write(file, bytes));
      return sha256;
    },
    get: async (sha256) => {
      if (!isDigest(sha256)) throw lost(sha256);
      const bytes = await readFile(fileOf(sha256)).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? lost(sha256) : error;
      });
      if (digest(bytes) !== sha256) throw lost(sha256);
      return bytes;
    },
    has: async (sha256) => isDigest(sha256) && (await exists(fileOf(sha256))),
    list: () => listed(folder),
    remove: async (sha256, untouchedSince) => {
      const file = fileOf(sha256);
      try {
        // One right after the other: whoever puts the same bytes in between reads them before it relies on them.
        if (untouchedSince !== undefined && statSync(file).mtimeMs >= untouchedSince) return false;
        rmSync(file);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
        throw error;
      }
    },
  };
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => {});
}

async function* listed(folder: string): AsyncGenerator<StoredBlob> {
  for (const first of await namesIn(folder)) {
    for (const rest of await namesIn(path.join(folder, first))) {
      if (!isDigest(`${first}${rest}`)) continue;
      const found = await stat(path.join(folder, first, rest)).catch(() => null);
      if (found) yield { sha256: `${first}${rest}`, bytes: found.size, putAt: found.mtimeMs };
    }
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A name from outside must not lead out of the folder. */
function isDigest(sha256: string): boolean {
  return /^[0-9a-f]{64}$/.test(sha256);
}

function lost(sha256: string): WeirError {
  return new WeirError("document.lost", `The bytes ${sha256.slice(0, 12)}… are gone or were changed.`);
}

async function exists(file: string): Promise<boolean> {
  return await access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

async function holds(file: string, sha256: string): Promise<boolean> {
  return await readFile(file).then(
    (bytes) => digest(bytes) === sha256,
    () => false,
  );
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(path.dirname(made));
  const draft = path.join(folder, `.${randomUUID()}.part`);
  try {
    await using handle: FileHandle = await open(draft, "wx", 0o600);
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, file);
  await syncFolder(folder);
}

/** A name is durable when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  await using handle: FileHandle = await open(folder, "r");
  await handle.sync();
}

async function asStoreError<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new WeirError("store.full", `No space left for ${file}.`, { cause: error });
    }
    if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
      throw new WeirError("store.unwritable", `${file} cannot be written.`, { cause: error });
    }
    throw error;
  }
}
