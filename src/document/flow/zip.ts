import { crc32, inflateRawSync } from "node:zlib";
import { WeirError } from "../../core/index.ts";

/**
 * Zip archives in memory. What an entry says of itself in the directory at the end is checked before anything
 * is unpacked, and unpacking stops where it says; only what is asked for is unpacked.
 */
export interface Zip {
  readonly names: ReadonlySet<string>;
  /**
   * Refuses before any of them is unpacked.
   * @throws WeirError `document.too-large` where they unpack to more than is allowed
   */
  allow(names: readonly string[]): void;
  /**
   * Null where there is no such entry.
   * @throws WeirError `document.damaged`, `document.encrypted`, `document.too-large`
   */
  read(name: string): Uint8Array | null;
}

const entriesMax = 10_000;

/** All entries read together. */
const unpackedBytesMax = 64_000_000;

interface Entry {
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  /** Where its local header starts. */
  readonly at: number;
}

/** @throws WeirError `document.damaged` without a whole directory, `document.too-large` with too many entries */
export function openZip(bytes: Uint8Array): Zip {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directoryOf(buffer);
  let unpackedBytes = 0;
  return {
    names: new Set(entries.keys()),
    allow: (names) => limit(names.reduce((sum, name) => sum + (entries.get(name)?.unpacked ?? 0), unpackedBytes)),
    read: (name) => {
      const entry = entries.get(name);
      if (!entry) return null;
      if (entry.encrypted) throw new WeirError("document.encrypted", `${name} in the file asks for a password.`);
      unpackedBytes += entry.unpacked;
      limit(unpackedBytes);
      return unpack(buffer, name, entry);
    },
  };
}

function limit(unpackedBytes: number): void {
  if (unpackedBytes <= unpackedBytesMax) return;
  throw new WeirError(
    "document.too-large",
    `Its text unpacks to ${unpackedBytes} bytes or more; ${unpackedBytesMax} are the limit.`,
  );
}

const damaged = (what: string) => new WeirError("document.damaged", what);

const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;
/** A comment may stand behind the end record. */
const commentBytesMax = 65_535;

function directoryOf(buffer: Buffer): ReadonlyMap<string, Entry> {
  const end = buffer.lastIndexOf("PK\x05\x06", buffer.length - endBytes, "latin1");
  if (buffer.length < endBytes || end < 0 || end < buffer.length - endBytes - commentBytesMax) {
    throw damaged("The file is cut off: the directory at its end is missing.");
  }
  const count = buffer.readUInt16LE(end + 10);
  const size = buffer.readUInt32LE(end + 12);
  const start = end - size;
  // Bytes before the archive move everything by as many.
  const shift = start - buffer.readUInt32LE(end + 16);
  if (start < 0 || shift < 0) throw damaged("The file's directory does not fit.");
  if (count > entriesMax)
    throw new WeirError("document.too-large", `It holds ${count} files; ${entriesMax} are the limit.`);

  const entries = new Map<string, Entry>();
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + entryBytes > end || buffer.readUInt32LE(at) !== 0x02_01_4b_50)
      throw damaged("The file's directory is broken.");
    const nameBytes = buffer.readUInt16LE(at + 28);
    const name = buffer.toString("utf8", at + entryBytes, at + entryBytes + nameBytes).replaceAll("\\", "/");
    // Programs differ in which of the two they show.
    if (entries.has(name)) throw damaged(`The file holds ${name} twice.`);
    entries.set(name, {
      encrypted: (buffer.readUInt16LE(at + 8) & 1) === 1,
      method: buffer.readUInt16LE(at + 10),
      crc: buffer.readUInt32LE(at + 16),
      packed: buffer.readUInt32LE(at + 20),
      unpacked: buffer.readUInt32LE(at + 24),
      at: buffer.readUInt32LE(at + 42) + shift,
    });
    at += entryBytes + nameBytes + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  return entries;
}

function unpack(buffer: Buffer, name: string, entry: Entry): Uint8Array {
  const { at, packed, unpacked } = entry;
  if (at + localBytes > buffer.length || buffer.readUInt32LE(at) !== 0x04_03_4b_50)
    throw damaged(`${name} is missing.`);
  const start = at + localBytes + buffer.readUInt16LE(at + 26) + buffer.readUInt16LE(at + 28);
  if (start + packed > buffer.length) throw damaged(`${name} is cut off.`);
  const data = buffer.subarray(start, start + packed);
  const out = entry.method === 0 ? data : inflate(data, name, entry);
  if (out.length !== unpacked || crc32(out) !== entry.crc) throw damaged(`${name} is not what the directory says.`);
  return out;
}

function inflate(data: Buffer, name: string, { method, unpacked }: Entry): Uint8Array {
  if (method !== 8) throw damaged(`${name} is packed in a way (${method}) that documents do not use.`);
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, unpacked) });
  } catch (error) {
    throw new WeirError("document.damaged", `${name} does not unpack.`, { cause: error });
  }
}

/** Names of the entries; null where the directory is broken. */
export function zipNames(bytes: Uint8Array): ReadonlySet<string> | null {
  try {
    return openZip(bytes).names;
  } catch {
    return null;
  }
}
