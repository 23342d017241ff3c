import { writeGguf, type TensorSource } from "../../src/models/gguf/write.ts";
import { elementsOf, tensorBytes, type GgufValue, type TensorType } from "../../src/models/gguf/format.ts";
import { byteVocabulary } from "./random-vocabulary.ts";

/**
 * Model files of random weights: they know nothing, but they are read, run and kept like the models of the
 * family whose shape they have. The same file every time.
 */
export const families = ["llama", "qwen3", "lfm2", "gemma3"] as const;
export type Family = (typeof families)[number];

export interface RandomShape {
  readonly layers: number;
  /** Length of a token's vector. */
  readonly width: number;
  readonly inner: number;
  readonly heads: number;
  readonly stateHeads: number;
  readonly contextTokens: number;
  /** Entries of the vocabulary; those beyond the bytes are words nobody uses. */
  readonly vocabulary: number;
  readonly type: Extract<TensorType, "f32" | "q8_0">;
}

const tiny: RandomShape = {
  layers: 4,
  width: 128,
  inner: 256,
  heads: 2,
  stateHeads: 1,
  contextTokens: 4096,
  vocabulary: 0,
  type: "f32",
};

/** Qwen3-1.7B's sizes. */
export const shape17: RandomShape = {
  layers: 28,
  width: 2048,
  inner: 6144,
  heads: 16,
  stateHeads: 8,
  contextTokens: 40_960,
  vocabulary: 151_936,
  type: "q8_0",
};

type Tensor = readonly [name: string, shape: readonly number[], type?: TensorType | undefined];

/** @returns the sha256 of the file */
export async function randomModel(path: string, family: Family, sizes: Partial<RandomShape> = {}): Promise<string> {
  const shape = { ...tiny, ...sizes };
  const bytes = new RandomBytes();
  const tensors = tensorsOf(family, shape).map(([name, dimensions, type = shape.type]): TensorSource => {
    // Norms scale what passes through them.
    const isNorm = name.endsWith("norm.weight");
    const make = async () => bytes.tensor(isNorm ? "f32" : type, elementsOf({ shape: dimensions }), isNorm);
    return { name, shape: dimensions, type: isNorm ? "f32" : type, bytes: make };
  });
  return await writeGguf(
    path,
    new Map([...metadataOf(family, shape), ...byteVocabulary(family, shape.vocabulary)]),
    tensors,
  );
}

const u32 = (value: number): GgufValue => ({ type: "uint32", value });
const f32 = (value: number): GgufValue => ({ type: "float32", value });

/** LFM2 mixes convolutions with attention: every other layer here. */
const isConvolution = (family: Family, layer: number) => family === "lfm2" && layer % 2 === 0;

function metadataOf(family: Family, shape: RandomShape): ReadonlyMap<string, GgufValue> {
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  const stateHeads: GgufValue =
    family === "lfm2"
      ? { type: "array", of: "int32", value: layers.map((one) => (isConvolution(family, one) ? 0 : shape.stateHeads)) }
      : u32(shape.stateHeads);
  const own: Readonly<Record<Family, Readonly<Record<string, GgufValue>>>> = {
    llama: { "rope.dimension_count": u32(shape.width / shape.heads) },
    qwen3: {},
    lfm2: { "shortconv.l_cache": u32(3), vocab_size: u32(shape.vocabulary) },
    gemma3: { "attention.sliding_window": u32(64) },
  };
  const headSize = u32(shape.width / shape.heads);
  const keys: Readonly<Record<string, GgufValue>> = {
    block_count: u32(shape.layers),
    context_length: u32(shape.contextTokens),
    embedding_length: u32(shape.width),
    feed_forward_length: u32(shape.inner),
    "attention.head_count": u32(shape.heads),
    "attention.head_count_kv": stateHeads,
    "attention.key_length": headSize,
    "attention.value_length": headSize,
    "attention.layer_norm_rms_epsilon": f32(1e-6),
    "rope.freq_base": f32(10_000),
    ...own[family],
  };
  return new Map<string, GgufValue>([
    ["general.architecture", { type: "string", value: family }],
    ["general.name", { type: "string", value: `random ${family}` }],
    ...Object.entries(keys).map(([key, value]) => [`${family}.${key}`, value] as const),
  ]);
}

function tensorsOf(family: Family, shape: RandomShape): readonly Tensor[] {
  const { width, inner, layers } = shape;
  const words = byteVocabulary(family, shape.vocabulary).get("tokenizer.ggml.tokens");
  const vocabulary = words?.type === "array" ? words.value.length : 0;
  const last = family === "lfm2" ? "token_embd_norm.weight" : "output_norm.weight";
  const blocks = Array.from({ length: layers }, (_, at) => {
    const mixing = isConvolution(family, at) ? convolution(shape) : attention(family, shape);
    const rest: readonly Tensor[] = [
      ["attn_norm.weight", [width]],
      ["ffn_norm.weight", [width]],
      ["ffn_gate.weight", [width, inner]],
      ["ffn_up.weight", [width, inner]],
      ["ffn_down.weight", [inner, width]],
    ];
    return [...mixing, ...rest].map(([name, dimensions, type]): Tensor => [`blk.${at}.${name}`, dimensions, type]);
  });
  return [["token_embd.weight", [width, vocabulary]], ...blocks.flat(), [last, [width]]];
}

function attention(family: Family, { width, heads, stateHeads }: RandomShape): readonly Tensor[] {
  const head = width / heads;
  const norms: readonly Tensor[] = [
    ["attn_q_norm.weight", [head]],
    ["attn_k_norm.weight", [head]],
  ];
  const after: readonly Tensor[] = [
    ["post_attention_norm.weight", [width]],
    ["post_ffw_norm.weight", [width]],
  ];
  return [
    ["attn_q.weight", [width, width]],
    ["attn_k.weight", [width, stateHeads * head]],
    ["attn_v.weight", [width, stateHeads * head]],
    ["attn_output.weight", [width, width]],
    ...(family === "llama" ? [] : norms),
    ...(family === "gemma3" ? after : []),
  ];
}

function convolution({ width }: RandomShape): readonly Tensor[] {
  return [
    ["shortconv.conv.weight", [3, width], "f32"],
    ["shortconv.in_proj.weight", [width, 3 * width]],
    ["shortconv.out_proj.weight", [width, width]],
  ];
}

/** Numbers that look random and are the same in every file. */
class RandomBytes {
  #state = 0x9e3779b9;

  tensor(type: TensorType, elements: number, around1: boolean): Uint8Array {
    if (type === "f32") {
      const spread = around1 ? 0.1 : 0.15;
      return new Uint8Array(
        Float32Array.from({ length: elements }, () => Number(around1) + spread * this.#next()).buffer,
      );
    }
    // A megabyte of blocks, over and over: each a scale of 0.001 and 32 numbers.
    const whole = new Uint8Array(tensorBytes("q8_0", elements));
    const pattern = new Uint8Array(34 * 30_000);
    for (let at = 0; at < pattern.length; at++) {
      const within = at % 34;
      pattern[at] = within === 0 ? 0x19 : within === 1 ? 0x14 : Math.floor(256 * Math.abs(this.#next()));
    }
    for (let at = 0; at < whole.length; at += pattern.length) {
      whole.set(pattern.subarray(0, Math.min(pattern.length, whole.length - at)), at);
    }
    return whole;
  }

  /** -1..1 */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
    return this.#state / 2_147_483_648;
  }
}
