import { open, type FileHandle } from "node:fs/promises";
import { WeirError } from "../../core/index.ts";
import {
  defaultAlignment,
  elementsOf,
  aligned,
  magic,
  numberOf,
  tensorBytes,
  tensorTypeOf,
  valueTypes,
  type GgufHeader,
  type GgufValue,
  type Scalar,
  type ScalarType,
  type TensorInfo,
} from "./format.ts";

const firstReadBytes = 4 * 1024 * 1024;
/** Largest vocabulary in use has about 300 000 entries; a header beyond these is damage, not a model. */
const itemsMax = 4_000_000;
const tensorsMax = 65_536;
const dimensionsMax = 8;

/** The bytes read so far do not hold the whole header. */
class NeedsMore extends Error {}

/**
 * Reads the header and checks that the file is as long as its tensors say.
 * @throws WeirError `model.missing`, `model.load`
 */
export async function readHeader(path: string): Promise<GgufHeader> {
  const file = await openModel(path);
  try {
    const { size } = await file.stat();
    const header = await parseFrom(file, size, path);
    checkLength(header, size, path);
    return header;
  } finally {
    await file.close();
  }
}

async function openModel(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new WeirError("model.missing", `The model file ${path} cannot be opened.`, { cause });
  }
}

async function parseFrom(file: FileHandle, size: number, path: string): Promise<GgufHeader> {
  for (let length = Math.min(size, firstReadBytes); ; length = Math.min(size, length * 4)) {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, 0);
    try {
      return parseHeader(bytes);
    } catch (thrown) {
      if (!(thrown instanceof NeedsMore)) throw damaged(path, thrown instanceof Error ? thrown.message : "unreadable");
      if (length === size) throw damaged(path, "it is cut off");
    }
  }
}

function damaged(path: string, why: string): WeirError {
  return new WeirError("model.load", `The model file ${path} does not load: ${why}.`, {
    hint: "Fetch it again: `weir model pull NAME`.",
  });
}

function checkLength(header: GgufHeader, size: number, path: string): void {
  const end = Math.max(header.dataStart, ...header.tensors.map((tensor) => header.dataStart + tensorEnd(tensor)));
  if (end > size) throw damaged(path, `it is cut off (${size} bytes of at least ${end})`);
}

/** Where a tensor ends; of unknown types only the start is certain. */
function tensorEnd(tensor: TensorInfo): number {
  const type = tensorTypeOf(tensor.code);
  return tensor.offset + (type === null ? 0 : tensorBytes(type, elementsOf(tensor)));
}

function parseHeader(bytes: Buffer): GgufHeader {
  const cursor = new Cursor(bytes);
  if (cursor.uint32() !== magic) throw new Error("it is not a GGUF file");
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw new Error(`GGUF version ${version} is not supported`);
  const tensorCount = cursor.count(tensorsMax);
  const keyCount = cursor.count(tensorsMax);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) metadata.set(cursor.string(), readValue(cursor));
  const tensors = Array.from({ length: tensorCount }, () => readTensorInfo(cursor));
  const alignment = numberOf(metadata, "general.alignment") ?? defaultAlignment;
  return { metadata, tensors, alignment, dataStart: aligned(cursor.at, alignment) };
}

function readTensorInfo(cursor: Cursor): TensorInfo {
  const name = cursor.string();
  const dimensions = cursor.uint32();
  if (dimensions > dimensionsMax) throw new Error(`tensor ${name} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.uint64());
  return { name, shape, code: cursor.uint32(), offset: cursor.uint64() };
}

function readValue(cursor: Cursor): GgufValue {
  const type = typeNamed(cursor.uint32());
  if (type !== "array") return { type, value: cursor.scalar(type) };
  const of = typeNamed(cursor.uint32());
  if (of === "array") throw new Error("it nests arrays");
  const length = cursor.count(itemsMax);
  const value: Scalar[] = [];
  for (let i = 0; i < length; i++) value.push(cursor.scalar(of));
  return { type, of, value };
}

function typeNamed(code: number): ScalarType | "array" {
  const found = Object.entries(valueTypes).find(([, known]) => known === code);
  if (found === undefined) throw new Error(`value type ${code} is unknown`);
  return found[0] as ScalarType | "array";
}

class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  uint64(): number {
    const value = Number(this.#bytes.readBigUInt64LE(this.#take(8)));
    if (!Number.isSafeInteger(value)) throw new Error(`the number ${value} is too large`);
    return value;
  }

  count(most: number): number {
    const value = this.uint64();
    if (value > most) throw new Error(`it claims ${value} entries where at most ${most} make sense`);
    return value;
  }

  string(): string {
    const length = this.uint64();
    const start = this.#take(length);
    return this.#bytes.toString("utf8", start, start + length);
  }

  scalar(type: ScalarType): Scalar {
    const bytes = this.#bytes;
    switch (type) {
      case "uint8":
        return bytes.readUInt8(this.#take(1));
      case "int8":
        return bytes.readInt8(this.#take(1));
      case "uint16":
        return bytes.readUInt16LE(this.#take(2));
      case "int16":
        return bytes.readInt16LE(this.#take(2));
      case "uint32":
        return bytes.readUInt32LE(this.#take(4));
      case "int32":
        return bytes.readInt32LE(this.#take(4));
      case "float32":
        return bytes.readFloatLE(this.#take(4));
      case "bool":
        return bytes.readUInt8(this.#take(1)) !== 0;
      case "string":
        return this.string();
      case "uint64":
        return bytes.readBigUInt64LE(this.#take(8));
      case "int64":
        return bytes.readBigInt64LE(this.#take(8));
      case "float64":
        return bytes.readDoubleLE(this.#take(8));
    }
  }

  #take(length: number): number {
    const start = this.at;
    if (start + length > this.#bytes.length) throw new NeedsMore();
    this.at = start + length;
    return start;
  }
}
