import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, opendir, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { type Raw, bytesOf } from "./names.ts";
import { type Stamp, sameStamp } from "./settle.ts";
import type { Readable } from "./whole.ts";

/** The file system, by raw names. "Gone" is an answer here, never an error: others work in the same folder. */

type Kind = "file" | "folder" | "link" | "special";

export interface Entry {
  readonly name: Raw;
  readonly kind: Kind;
}

interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(typed: Typed): Kind {
  if (typed.isFile()) return "file";
  if (typed.isDirectory()) return "folder";
  return typed.isSymbolicLink() ? "link" : "special";
}

/** @returns null when there is no such folder */
export async function list(folder: Raw): Promise<Entry[] | null> {
  try {
    const entries = await readdir(bytesOf(folder), { encoding: "latin1", withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name as Raw, kind: kindOf(entry) }));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The first file in a folder, or null. */
export async function onlyFile(folder: Raw): Promise<Raw | null> {
  try {
    const entries = await opendir(bytesOf(folder), { encoding: "latin1" });
    for await (const entry of entries) if (entry.isFile()) return entry.name as Raw;
    return null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

export interface Look {
  readonly kind: Kind;
  readonly stamp: Stamp;
  readonly mtimeMs: number;
}

/** Does not follow links. @returns null when there is no such file */
export async function look(path: Raw): Promise<Look | null> {
  try {
    const stat = await lstat(bytesOf(path), { bigint: true });
    const stamp = { size: Number(stat.size), mtimeNs: stat.mtimeNs, dev: stat.dev, ino: stat.ino };
    return { kind: kindOf(stat), stamp, mtimeMs: Number(stat.mtimeMs) };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Opens a plain file for reading: neither a link nor, however fast it was swapped in, a pipe that blocks. */
async function openPlain(path: Raw): Promise<FileHandle> {
  return await open(bytesOf(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** @returns null when the file is gone */
export async function withFile<T>(path: Raw, use: (file: Readable) => Promise<T>): Promise<T | null> {
  const file = await openPlain(path).catch(orGone);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    return await use({ size, read: (at, length) => readAt(file, at, length) });
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** All bytes of the file, if it still is what `stamp` says before and after. @returns null when it is not */
export async function readUnchanged(path: Raw, stamp: Stamp): Promise<Uint8Array | null> {
  const file = await openPlain(path).catch(orGone);
  if (!file) return null;
  try {
    if (!(await isStill(file, stamp))) return null;
    const bytes = await file.readFile();
    return bytes.length === stamp.size && (await isStill(file, stamp)) ? bytes : null;
  } finally {
    await file.close();
  }
}

async function isStill(file: FileHandle, stamp: Stamp): Promise<boolean> {
  const { size, mtimeNs, dev, ino } = await file.stat({ bigint: true });
  return sameStamp({ size: Number(size), mtimeNs, dev, ino }, stamp);
}

/** sha256 without holding the file in memory. @returns null when it is gone */
export async function hashOf(path: Raw): Promise<string | null> {
  const file = await openPlain(path).catch(orGone);
  if (!file) return null;
  const hash = createHash("sha256");
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest("hex");
}

/** Renames, atomically. @returns false when there is nothing at `from` */
export async function move(from: Raw, to: Raw): Promise<boolean> {
  try {
    await rename(bytesOf(from), bytesOf(to));
    return true;
  } catch (error) {
    if (isGone(error) && (await look(from)) === null) return false;
    throw error;
  }
}

/**
 * Moves a file without ever replacing another: a second name first, then the first is taken away.
 * Called again after a crash between the two it completes the move.
 * @param between called when both names stand
 */
export async function moveIfFree(
  from: Raw,
  to: Raw,
  between: () => Promise<void>,
): Promise<"moved" | "taken" | "gone"> {
  try {
    await link(bytesOf(from), bytesOf(to));
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      if (!(await isSameFile(from, to))) return (await look(from)) === null ? "gone" : "taken";
    } else if (isGone(error) && (await look(from)) === null) {
      return "gone";
    } else if (cannotLink.has(codeOf(error))) {
      return await renameIfFree(from, to);
    } else {
      throw error;
    }
  }
  await between();
  await remove(from);
  return "moved";
}

/** File systems without hard links, and files of other users that the system will not link. */
const cannotLink = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

async function renameIfFree(from: Raw, to: Raw): Promise<"moved" | "taken" | "gone"> {
  if ((await look(to)) !== null) return "taken";
  return (await move(from, to)) ? "moved" : "gone";
}

async function isSameFile(a: Raw, b: Raw): Promise<boolean> {
  const [first, second] = [await look(a), await look(b)];
  return (
    first !== null && second !== null && first.stamp.ino === second.stamp.ino && first.stamp.dev === second.stamp.dev
  );
}

/** On the disk, not only in the cache, when it resolves. Replaces what is there. */
export async function writeDurably(path: Raw, text: string): Promise<void> {
  const file = await open(
    bytesOf(path),
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
  );
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder where there is none. @throws where something else stands there: a link would lead out of the inbox */
export async function makeFolder(path: Raw): Promise<void> {
  try {
    await mkdir(bytesOf(path));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if ((await look(path))?.kind !== "folder") throw error;
  }
}

export async function remove(path: Raw): Promise<void> {
  await unlink(bytesOf(path)).catch(orGone);
}

/** Removes a folder if it is empty. */
export async function removeEmptyFolder(path: Raw): Promise<void> {
  await rmdir(bytesOf(path)).catch((error: unknown) => {
    if (!isGone(error) && codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
  });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export function isGone(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

function orGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

const plainWords: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the disk is read-only",
  EACCES: "permission denied",
  EPERM: "not permitted",
  ENOENT: "it is not there",
  ENOTDIR: "it is not a folder",
  EEXIST: "something that is not a folder has its name",
  ELOOP: "it is a link",
  EIO: "the disk or the network share reports an error",
  ESTALE: "the network share has gone away",
  EMFILE: "too many files are open",
  EBUSY: "another program holds it",
};

/** What went wrong, for people. */
export function inPlainWords(error: unknown): string {
  return plainWords[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}
