import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { WeirError } from "../core/index.ts";

/** Files of text on the disk, durable when what writes them resolves. */

/** The folder must not exist yet. */
export async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folders = new Set([folder, ...Object.keys(files).map((name) => path.dirname(path.join(folder, name)))]);
  for (const one of folders) await mkdir(one, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeWhole(path.join(folder, name), text);
  for (const one of folders) await syncFolder(one);
}

/** Replaces a small file in one go: whoever reads it sees the old text or the new one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = path.join(path.dirname(file), `.${randomUUID()}.part`);
  await writeWhole(draft, text);
  await rename(draft, file);
  await syncFolder(path.dirname(file));
}

async function writeWhole(file: string, text: string): Promise<void> {
  await using handle: FileHandle = await open(file, "w", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

/** A name is durable when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle: FileHandle = await open(folder, "r");
  await handle.sync();
}

/** Null where there is no such file. */
export async function readIfThere(file: string): Promise<string | null> {
  return await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
}

/** What the disk refuses, in the words of the store. */
export async function asStoreError<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new WeirError("store.full", `No space left for ${folder}.`, { cause: error });
    }
    if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
      throw new WeirError("store.unwritable", `${folder} cannot be written.`, { cause: error });
    }
    throw error;
  }
}
