import type { FileHandle } from "node:fs/promises";
import { z } from "zod";

/** Safetensors: 8 bytes of header length, a JSON header, then the tensors. Little endian. */

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});

const headerBytesMax = 16 * 1024 * 1024;

export interface Safetensor {
  readonly name: string;
  /** Outermost first, as in PyTorch. */
  readonly shape: readonly number[];
  floats(): Promise<Float32Array>;
}

/** The float32 tensors of an open file, by name; other types are left out. */
export async function readSafetensors(file: FileHandle): Promise<ReadonlyMap<string, Safetensor>> {
  const prefix = Buffer.alloc(8);
  await file.read(prefix, 0, 8, 0);
  const length = Number(prefix.readBigUInt64LE());
  if (length > headerBytesMax) throw new Error(`a safetensors header of ${length} bytes`);
  const text = Buffer.alloc(length);
  await file.read(text, 0, length, 8);
  const { __metadata__: _, ...entries } = z.record(z.string(), z.unknown()).parse(JSON.parse(text.toString("utf8")));
  const tensors = new Map<string, Safetensor>();
  for (const [name, raw] of Object.entries(entries)) {
    const entry = entrySchema.parse(raw);
    if (entry.dtype !== "F32") continue;
    const [start, end] = entry.data_offsets;
    const floats = async () => {
      const floatsRead = new Float32Array((end - start) / 4);
      await file.read(new Uint8Array(floatsRead.buffer), 0, end - start, 8 + length + start);
      return floatsRead;
    };
    tensors.set(name, { name, shape: entry.shape, floats });
  }
  return tensors;
}
