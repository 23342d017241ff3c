import { tensorBytes, tensorTypes } from "./format.ts";

/**
 * Arithmetic on quantised blocks, as ggml's reference code does it: a block of 32 weights shares a
 * half-precision scale (and, in Q4_1, a minimum). Plain loops: a model has a hundred million weights.
 */

const blockSize = tensorTypes.q8_0.elements;
const half = blockSize / 2;

/** 20-byte blocks (scale, minimum, 16 bytes of two nibbles: first half low, second half high) → floats. */
export function q4_1ToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blockBytes = tensorTypes.q4_1.bytes;
  const floats = new Float32Array((bytes.length / blockBytes) * blockSize);
  for (let from = 0, to = 0; from < bytes.length; from += blockBytes, to += blockSize) {
    const scale = view.getFloat16(from, true);
    const minimum = view.getFloat16(from + 2, true);
    for (let i = 0; i < half; i++) {
      const pair = view.getUint8(from + 4 + i);
      floats[to + i] = Math.fround((pair & 15) * scale) + minimum;
      floats[to + i + half] = Math.fround((pair >> 4) * scale) + minimum;
    }
  }
  return floats;
}

/** Floats → 34-byte blocks (scale, 32 signed bytes). */
export function floatsToQ8_0(floats: Float32Array): Uint8Array {
  const bytes = new Uint8Array(tensorBytes("q8_0", floats.length));
  const view = new DataView(bytes.buffer);
  for (let from = 0, to = 0; from < floats.length; from += blockSize, to += tensorTypes.q8_0.bytes) {
    const scale = Math.fround(largestIn(floats, from) / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    view.setFloat16(to, scale, true);
    for (let i = 0; i < blockSize; i++) {
      view.setInt8(to + 2 + i, roundHalfAway(Math.fround((floats[from + i] ?? 0) * inverse)));
    }
  }
  return bytes;
}

function largestIn(floats: Float32Array, from: number): number {
  let largest = 0;
  for (let i = from; i < from + blockSize; i++) largest = Math.max(largest, Math.abs(floats[i] ?? 0));
  return largest;
}

/** Floats → half-precision floats. */
export function floatsToF16(floats: Float32Array): Uint8Array {
  return new Uint8Array(new Float16Array(floats).buffer);
}

/** C's roundf: halves away from zero, unlike Math.round. */
function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
