/**
 * GGUF version 3, the container llama.cpp loads: magic, counts, typed key-values, tensor infos, then
 * the tensors, each on a boundary of `general.alignment` (32) bytes. Little endian throughout.
 */

export const magic = 0x46554747; // "GGUF"
export const defaultAlignment = 32;

/** Codes of the value types, in the order of the specification. */
export const valueTypes = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

export type ScalarType = Exclude<keyof typeof valueTypes, "array">;
export type Scalar = number | bigint | boolean | string;

export type GgufValue =
  | { readonly type: ScalarType; readonly value: Scalar }
  | { readonly type: "array"; readonly of: ScalarType; readonly value: readonly Scalar[] };

export type Metadata = ReadonlyMap<string, GgufValue>;

/** Tensor types: elements a block and bytes a block. Only those that this project reads or writes. */
export const tensorTypes = {
  f32: { code: 0, elements: 1, bytes: 4 },
  f16: { code: 1, elements: 1, bytes: 2 },
  q4_1: { code: 3, elements: 32, bytes: 20 },
  q8_0: { code: 8, elements: 32, bytes: 34 },
} as const;

export type TensorType = keyof typeof tensorTypes;

export interface TensorInfo {
  readonly name: string;
  /** Innermost first: a matrix of `rows` rows is `[columns, rows]`. */
  readonly shape: readonly number[];
  /** Code of the tensor type; see `tensorTypes` for those known here. */
  readonly code: number;
  /** From the start of the tensor data, in bytes. */
  readonly offset: number;
}

export interface GgufHeader {
  readonly metadata: Metadata;
  readonly tensors: readonly TensorInfo[];
  readonly alignment: number;
  /** Where the tensor data begins in the file. */
  readonly dataStart: number;
}

/** The type with this code, or null where this project cannot compute with it. */
export function tensorTypeOf(code: number): TensorType | null {
  const found = Object.entries(tensorTypes).find(([, type]) => type.code === code);
  return found === undefined ? null : (found[0] as TensorType);
}

/** Bytes of a tensor with this many elements. Rows are whole blocks in every GGUF. */
export function tensorBytes(type: TensorType, elements: number): number {
  const { elements: perBlock, bytes } = tensorTypes[type];
  return (elements / perBlock) * bytes;
}

export function elementsOf(tensor: Pick<TensorInfo, "shape">): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

export function aligned(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

export function textOf(metadata: Metadata, key: string): string | null {
  const found = metadata.get(key);
  return found?.type === "string" ? String(found.value) : null;
}

/** A number, or the largest of an array of them (some models give head counts a layer). */
export function numberOf(metadata: Metadata, key: string): number | null {
  const found = metadata.get(key);
  if (found === undefined) return null;
  const value = found.type === "array" ? Math.max(...found.value.map(Number)) : Number(found.value);
  return Number.isFinite(value) ? value : null;
}
