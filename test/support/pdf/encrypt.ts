import { createHash } from "node:crypto";

/** RC4 encryption with 40-bit keys (standard security handler, revision 2): weak, small, and understood by every reader. */

const padding = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");

export interface Encryption {
  /** The encryption dictionary. */
  readonly dictionary: string;
  encrypt(objectNumber: number, data: Uint8Array): Uint8Array;
}

/** @param id the file's identifier, 16 bytes */
export function encryption(password: string, id: Uint8Array): Encryption {
  const padded = pad(password);
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const permissions = -4;
  const flags = Buffer.alloc(4);
  flags.writeInt32LE(permissions);
  const key = md5(Buffer.concat([padded, owner, flags, id])).subarray(0, 5);
  const user = rc4(key, padding);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return {
    dictionary: `<< /Filter /Standard /V 1 /R 2 /Length 40 /P ${permissions} /O <${hex(owner)}> /U <${hex(user)}> >>`,
    encrypt: (objectNumber, data) => {
      const salt = Uint8Array.of(objectNumber & 255, (objectNumber >> 8) & 255, (objectNumber >> 16) & 255, 0, 0);
      return rc4(md5(Buffer.concat([key, salt])).subarray(0, 10), data);
    },
  };
}

function pad(password: string): Buffer {
  return Buffer.concat([Buffer.from(password, "latin1"), padding]).subarray(0, 32);
}

function md5(data: Uint8Array): Buffer {
  return createHash("md5").update(data).digest();
}

function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  const box = Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => box[index & 255] ?? 0;
  const swap = (a: number, b: number) => {
    [box[a & 255], box[b & 255]] = [at(b), at(a)];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j += at(i) + (key[i % key.length] ?? 0);
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return data.map((byte) => {
    i += 1;
    j += at(i);
    swap(i, j);
    return byte ^ at(at(i) + at(j));
  });
}
