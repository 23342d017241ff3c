/** Numbers as base64 in a profile: exact ones as float32, tables of weights as one byte each. */

export function packFloats(values: Float32Array): string {
  return toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

export function unpackFloats(text: string): Float32Array {
  return new Float32Array(fromBase64(text));
}

export function packNumbers(values: Uint32Array): string {
  return toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

export function unpackNumbers(text: string): Uint32Array {
  return new Uint32Array(fromBase64(text));
}

/** Rows of a table, each in steps of a 127th of its largest value: two decimals are enough to rank. */
export interface PackedTable {
  readonly width: number;
  /** base64, a signed byte a value. */
  readonly steps: string;
  /** base64, a float32 a row: what one step is worth. */
  readonly scales: string;
}

export interface Table {
  readonly width: number;
  readonly steps: Int8Array;
  readonly scales: Float32Array;
}

const stepsMax = 127;

export function tableOf(values: Float32Array, width: number): Table {
  const rows = width === 0 ? 0 : values.length / width;
  const steps = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let most = 0;
    for (let at = row * width; at < (row + 1) * width; at += 1) most = Math.max(most, Math.abs(values[at] ?? 0));
    const scale = most === 0 ? 1 : most / stepsMax;
    scales[row] = scale;
    for (let at = row * width; at < (row + 1) * width; at += 1) steps[at] = Math.round((values[at] ?? 0) / scale);
  }
  return { width, steps, scales };
}

export function packTable({ width, steps, scales }: Table): PackedTable {
  return {
    width,
    steps: toBase64(new Uint8Array(steps.buffer, steps.byteOffset, steps.byteLength)),
    scales: packFloats(scales),
  };
}

export function unpackTable({ width, steps, scales }: PackedTable): Table {
  return { width, steps: new Int8Array(fromBase64(steps)), scales: unpackFloats(scales) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** A buffer of its own, so that numbers of any width may lie in it. */
function fromBase64(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, "base64");
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
