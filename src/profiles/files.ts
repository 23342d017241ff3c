import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { WeirError } from "../core/index.ts";

/** A folder of text files that is written once, with the checksum of each in a list that `sha256sum --check` reads. */

export type Files = Readonly<Record<string, string>>;

const listName = "SHA256SUMS";

/** Durable when it resolves. The folder must not exist yet. */
export async function writeFolder(folder: string, files: Files): Promise<void> {
  const list = Object.entries(files).map(([name, text]) => `${sha256(text)}  ${name}\n`);
  const all = { ...files, [listName]: list.join("") };
  const folders = new Set([folder, ...Object.keys(all).map((name) => path.dirname(path.join(folder, name)))]);
  for (const one of folders) await mkdir(one, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(all)) await writeWhole(path.join(folder, name), text);
  for (const one of folders) await syncFolder(one);
}

/**
 * The files of the list, checked against it.
 * @param wanted whether a file is to be read; the list itself always is
 * @throws Error naming the first file that is missing or was changed
 */
export async function readFolder(folder: string, wanted: (name: string) => boolean): Promise<Files> {
  const list = await readFile(path.join(folder, listName), "utf8");
  const entries = [...list.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)];
  const files: Record<string, string> = {};
  for (const [, sum = "", name = ""] of entries) {
    if (!wanted(name)) continue;
    const text = await readFile(path.join(folder, name), "utf8");
    if (sha256(text) !== sum) throw new Error(`${name} is not what was written`);
    files[name] = text;
  }
  return files;
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

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
