import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import {
  aligned,
  defaultAlignment,
  elementsOf,
  magic,
  tensorBytes,
  tensorTypes,
  valueTypes,
  type GgufValue,
  type Metadata,
  type Scalar,
  type ScalarType,
  type TensorType,
} from "./format.ts";

/** A tensor to write; its bytes are asked for when its turn comes, so that one is in memory at a time. */
export interface TensorSource {
  readonly name: string;
  /** Innermost first. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  bytes(): Promise<Uint8Array>;
}

/**
 * Writes a GGUF file and forces it to disk.
 * @returns the sha256 of what was written, in hex
 */
export async function writeGguf(path: string, metadata: Metadata, tensors: readonly TensorSource[]): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  try {
    const append = async (bytes: Uint8Array) => {
      hash.update(bytes);
      await file.writeFile(bytes);
    };
    await append(headerOf(metadata, tensors));
    for (const tensor of tensors) {
      const bytes = await tensor.bytes();
      const expected = tensorBytes(tensor.type, elementsOf(tensor));
      if (bytes.length !== expected) throw new Error(`${tensor.name}: ${bytes.length} bytes, not ${expected}`);
      await append(padded(bytes, defaultAlignment));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

function headerOf(metadata: Metadata, tensors: readonly TensorSource[]): Uint8Array {
  const parts: Uint8Array[] = [uint32(magic), uint32(3), uint64(tensors.length), uint64(metadata.size)];
  for (const [key, value] of metadata) {
    parts.push(string(key));
    // One by one: a vocabulary has more entries than a call takes arguments.
    for (const part of valueParts(value)) parts.push(part);
  }
  let offset = 0;
  for (const tensor of tensors) {
    parts.push(string(tensor.name), uint32(tensor.shape.length), ...tensor.shape.map(uint64));
    parts.push(uint32(tensorTypes[tensor.type].code), uint64(offset));
    offset += aligned(tensorBytes(tensor.type, elementsOf(tensor)), defaultAlignment);
  }
  return padded(Buffer.concat(parts), defaultAlignment);
}

function valueParts(value: GgufValue): Uint8Array[] {
  if (value.type !== "array") return [uint32(valueTypes[value.type]), scalar(value.type, value.value)];
  const head = [uint32(valueTypes.array), uint32(valueTypes[value.of]), uint64(value.value.length)];
  return [...head, ...value.value.map((item) => scalar(value.of, item))];
}

function scalar(type: ScalarType, value: Scalar): Uint8Array {
  const bytes = Buffer.alloc(8);
  switch (type) {
    case "string":
      return string(String(value));
    case "bool":
    case "uint8":
      return bytes.subarray(0, bytes.writeUInt8(Number(value)));
    case "int8":
      return bytes.subarray(0, bytes.writeInt8(Number(value)));
    case "uint16":
      return bytes.subarray(0, bytes.writeUInt16LE(Number(value)));
    case "int16":
      return bytes.subarray(0, bytes.writeInt16LE(Number(value)));
    case "uint32":
      return bytes.subarray(0, bytes.writeUInt32LE(Number(value)));
    case "int32":
      return bytes.subarray(0, bytes.writeInt32LE(Number(value)));
    case "float32":
      return bytes.subarray(0, bytes.writeFloatLE(Number(value)));
    case "uint64":
      return bytes.subarray(0, bytes.writeBigUInt64LE(BigInt(value)));
    case "int64":
      return bytes.subarray(0, bytes.writeBigInt64LE(BigInt(value)));
    case "float64":
      return bytes.subarray(0, bytes.writeDoubleLE(Number(value)));
  }
}

function uint32(value: number): Uint8Array {
  return scalar("uint32", value);
}

function uint64(value: number): Uint8Array {
  return scalar("uint64", value);
}

function string(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function padded(bytes: Uint8Array, alignment: number): Uint8Array {
  const length = aligned(bytes.length, alignment);
  return length === bytes.length ? bytes : Buffer.concat([bytes], length);
}
