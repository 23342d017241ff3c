import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { floatsToF16, floatsToQ8_0, q4_1ToFloats } from "./blocks.ts";
import { tensorBytes, type GgufValue, type Metadata } from "./format.ts";
import { readHeader } from "./read.ts";
import { requantise } from "./requantise.ts";
import { readSafetensors } from "./safetensors.ts";
import { writeGguf, type TensorSource } from "./write.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-gguf-"));
});
afterAll(() => rm(folder, { recursive: true }));

const metadata: Metadata = new Map<string, GgufValue>([
  ["general.architecture", { type: "string", value: "llama" }],
  ["general.file_type", { type: "uint32", value: 3 }],
  ["a.flag", { type: "bool", value: true }],
  ["a.float", { type: "float32", value: 0.5 }],
  ["a.big", { type: "uint64", value: 2n ** 60n }],
  ["a.small", { type: "int8", value: -3 }],
  ["a.words", { type: "array", of: "string", value: ["ein", "zwölf", ""] }],
  ["a.numbers", { type: "array", of: "int32", value: [1, -2, 3] }],
]);

/** One Q4_1 block: scale 0.5, minimum -2, nibbles 0…15 in the low halves and 15…0 in the high ones. */
function q4_1Block(): Uint8Array {
  const block = new Uint8Array(20);
  new DataView(block.buffer).setFloat16(0, 0.5, true);
  new DataView(block.buffer).setFloat16(2, -2, true);
  for (let i = 0; i < 16; i++) block[4 + i] = i | ((15 - i) << 4);
  return block;
}

function tensor(name: string, type: TensorSource["type"], shape: readonly number[], bytes: Uint8Array): TensorSource {
  return { name, type, shape, bytes: async () => bytes };
}

async function writeSample(name: string): Promise<string> {
  const path = join(folder, name);
  await writeGguf(path, metadata, [
    tensor("norm", "f32", [3], new Uint8Array(Float32Array.of(1, 2, 3).buffer)),
    tensor("weights", "q4_1", [32, 1], q4_1Block()),
  ]);
  return path;
}

describe("a GGUF file", () => {
  test("reads back as it was written", async () => {
    const header = await readHeader(await writeSample("sample.gguf"));
    expect(header.metadata).toEqual(metadata);
    expect(header.tensors).toEqual([
      { name: "norm", shape: [3], code: 0, offset: 0 },
      { name: "weights", shape: [32, 1], code: 3, offset: 32 },
    ]);
    expect(header.dataStart % 32).toBe(0);
  });

  test("that lost its end is refused, wherever it was cut", async () => {
    const path = await writeSample("cut.gguf");
    const whole = (await readFile(path)).length;
    for (const length of [whole - 16, 200, 20, 3, 0]) {
      await truncate(path, length);
      await expect(readHeader(path)).rejects.toMatchObject({ code: "model.load" });
    }
  });

  test("of another kind or with absurd counts is refused before memory is taken", async () => {
    const path = join(folder, "odd.gguf");
    await writeFile(path, "PK\x03\x04 not a model at all, but long enough to hold a header");
    await expect(readHeader(path)).rejects.toThrow("not a GGUF file");
    const absurd = Buffer.alloc(64);
    absurd.writeUInt32LE(0x46554747, 0);
    absurd.writeUInt32LE(3, 4);
    absurd.writeBigUInt64LE(2n ** 40n, 8);
    await writeFile(path, absurd);
    await expect(readHeader(path)).rejects.toMatchObject({
      code: "model.load",
      message: expect.stringContaining("claims"),
    });
  });

  test("that is not there is missing", async () => {
    await expect(readHeader(join(folder, "none.gguf"))).rejects.toMatchObject({ code: "model.missing" });
  });

  test("is re-quantised to Q8_0 where it was Q4_1, and nowhere else", async () => {
    const from = await writeSample("from.gguf");
    const to = join(folder, "to.gguf");
    const sha256 = await requantise(from, to);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const header = await readHeader(to);
    expect(header.tensors.map(({ name, code }) => [name, code])).toEqual([
      ["norm", 0],
      ["weights", 8],
    ]);
    expect(header.metadata.get("general.file_type")).toEqual({ type: "uint32", value: 7 });
    expect(header.metadata.get("a.words")).toEqual(metadata.get("a.words"));
    expect(await requantise(from, join(folder, "again.gguf"))).toBe(sha256);
  });
});

describe("blocks", () => {
  test("of Q4_1 are nibble times scale plus minimum, low halves first", () => {
    const floats = q4_1ToFloats(q4_1Block());
    expect(floats.slice(0, 16)).toEqual(Float32Array.from({ length: 16 }, (_, i) => i * 0.5 - 2));
    expect(floats.slice(16)).toEqual(Float32Array.from({ length: 16 }, (_, i) => (15 - i) * 0.5 - 2));
  });

  test("of Q8_0 keep every weight within half a step", () => {
    const floats = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i * 1.7) * (i < 32 ? 0.01 : i));
    const bytes = floatsToQ8_0(floats);
    expect(bytes).toHaveLength(tensorBytes("q8_0", 96));
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < floats.length; i++) {
      const block = Math.floor(i / 32) * 34;
      const scale = view.getFloat16(block, true);
      const restored = scale * view.getInt8(block + 2 + (i % 32));
      expect(Math.abs(restored - (floats[i] ?? 0))).toBeLessThanOrEqual(scale * 0.56);
    }
  });

  test("of Q8_0 round halves away from zero and survive all zeros", () => {
    const floats = new Float32Array(32);
    floats.set([127, 2.5, -2.5, 0.5, -0.5]);
    expect([...new Int8Array(floatsToQ8_0(floats).buffer, 2, 5)]).toEqual([127, 3, -3, 1, -1]);
    expect(floatsToQ8_0(new Float32Array(32)).every((byte) => byte === 0)).toBe(true);
  });

  test("of half precision are what the format says", () => {
    expect([...new Uint16Array(floatsToF16(Float32Array.of(1, -2, 0)).buffer)]).toEqual([0x3c00, 0xc000, 0]);
  });
});

test("safetensors give their float tensors by name", async () => {
  const path = join(folder, "weights.safetensors");
  const header = JSON.stringify({
    __metadata__: { format: "pt" },
    ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
    matrix: { dtype: "F32", shape: [1, 2], data_offsets: [8, 16] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = Buffer.concat([Buffer.alloc(8), Buffer.from(Float32Array.of(1.5, -2).buffer)]);
  await writeFile(path, Buffer.concat([length, Buffer.from(header), data]));
  const file = await open(path, "r");
  try {
    const tensors = await readSafetensors(file);
    expect([...tensors.keys()]).toEqual(["matrix"]);
    expect(await tensors.get("matrix")?.floats()).toEqual(Float32Array.of(1.5, -2));
  } finally {
    await file.close();
  }
});
