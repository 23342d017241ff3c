import { hash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** State is JSON that repeats its keys: the fastest level takes most of it away, from some length on. */
const packedFrom = 256;

/** First byte of deflated data that is one block, stored as it is; its length and the complement of that follow. */
const storedBlock = 1;
const storedHead = 5;

/** Deflated. What is short is written down as a block that is stored: to set up the compressor costs more than it saves. */
export function packed(value: Uint8Array): Uint8Array {
  if (value.byteLength >= packedFrom) return deflateRawSync(value, { level: 1 });
  const block = Buffer.allocUnsafe(storedHead + value.byteLength);
  block[0] = storedBlock;
  block.writeUInt16LE(value.byteLength, 1);
  block.writeUInt16LE(~value.byteLength & 0xffff, 3);
  block.set(value, storedHead);
  return block;
}

/** What was packed, by this or an older version. */
export function unpacked(value: Uint8Array): Uint8Array {
  return value[0] === storedBlock && value.byteLength < storedHead + packedFrom
    ? value.subarray(storedHead)
    : inflateRawSync(value);
}

/** @returns sha256 of the value itself */
export function digestOf(value: Uint8Array): Buffer {
  return hash("sha256", value, "buffer");
}
