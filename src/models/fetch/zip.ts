import { createReadStream, createWriteStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

/** As much of the zip format as wheels use: stored or deflated entries, below 4 GB. */

const endSignature = 0x06054b50;
const endBytes = 22;
const commentBytesMax = 65_535;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const localBytes = 30;
const deflated = 8;
const stored = 0;

interface Entry {
  readonly method: number;
  readonly compressedBytes: number;
  readonly localOffset: number;
}

/** Unpacks one entry of an archive into a file. Throws an Error where the archive is damaged or lacks it. */
export async function extractEntry(archive: string, name: string, to: string): Promise<void> {
  const file = await open(archive, "r");
  try {
    const entry = (await readEntries(file)).get(name);
    if (entry === undefined) throw new Error(`${archive} holds no ${name}`);
    const local = await readAt(file, entry.localOffset, localBytes);
    const start = entry.localOffset + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
    const source = createReadStream(archive, { start, end: start + entry.compressedBytes - 1 });
    const target = createWriteStream(to, { flush: true });
    if (entry.method === deflated) await pipeline(source, createInflateRaw(), target);
    else if (entry.method === stored) await pipeline(source, target);
    else throw new Error(`${name} is packed with method ${entry.method}`);
  } finally {
    await file.close();
  }
}

async function readEntries(file: FileHandle): Promise<ReadonlyMap<string, Entry>> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, endBytes + commentBytesMax);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  const end = tail.lastIndexOf(Buffer.from(Uint32Array.of(endSignature).buffer));
  if (end < 0) throw new Error("not a zip archive, or cut off");
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = new Map<string, Entry>();
  for (let at = 0; at + entryBytes <= directory.length;) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error("its directory is damaged");
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.set(directory.toString("utf8", at + entryBytes, at + entryBytes + nameBytes), {
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      localOffset: directory.readUInt32LE(at + 42),
    });
    at += entryBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new Error("the archive is cut off");
  return bytes;
}
