import { open, readFile } from "node:fs/promises";
import { WeirError } from "../../core/index.ts";
import { floatsToF16 } from "./blocks.ts";
import type { GgufValue } from "./format.ts";
import { readSafetensors, type Safetensor } from "./safetensors.ts";
import { writeGguf, type TensorSource } from "./write.ts";

/** Sizes of a BERT encoder that its tensors do not tell. */
export interface BertShape {
  readonly name: string;
  readonly licence: string;
  readonly layers: number;
  readonly heads: number;
  readonly normEpsilon: number;
  /** Longest input in tokens. */
  readonly contextTokens: number;
  readonly embedding: number;
  readonly feedForward: number;
}

const poolingMean = 1;
const tokenNormal = 1;
const tokenControl = 3;
const fileTypeF16 = 1;

/**
 * BERT weights as safetensors plus a WordPiece vocabulary (one token a line) → a GGUF that llama.cpp
 * loads as a mean-pooling encoder, laid out as its own converter does it.
 * @returns the sha256 of the file written
 */
export async function bertToGguf(
  from: { readonly weights: string; readonly vocabulary: string },
  to: string,
  shape: BertShape,
): Promise<string> {
  const vocabulary = (await readFile(from.vocabulary, "utf8")).split("\n").filter((token) => token !== "");
  const file = await open(from.weights, "r");
  try {
    const tensors = await readSafetensors(file);
    return await writeGguf(to, metadataOf(shape, vocabulary), tensorSources(tensors, shape.layers));
  } finally {
    await file.close();
  }
}

function metadataOf(shape: BertShape, vocabulary: readonly string[]): ReadonlyMap<string, GgufValue> {
  const id = (token: string) => uint32(vocabulary.indexOf(token));
  const specials = new Set(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  return new Map<string, GgufValue>([
    ["general.architecture", text("bert")],
    ["general.type", text("model")],
    ["general.name", text(shape.name)],
    ["general.license", text(shape.licence)],
    ["general.file_type", uint32(fileTypeF16)],
    ["general.quantization_version", uint32(2)],
    ["bert.block_count", uint32(shape.layers)],
    ["bert.context_length", uint32(shape.contextTokens)],
    ["bert.embedding_length", uint32(shape.embedding)],
    ["bert.feed_forward_length", uint32(shape.feedForward)],
    ["bert.attention.head_count", uint32(shape.heads)],
    ["bert.attention.layer_norm_epsilon", { type: "float32", value: shape.normEpsilon }],
    ["bert.attention.causal", { type: "bool", value: false }],
    ["bert.pooling_type", uint32(poolingMean)],
    ["tokenizer.ggml.model", text("bert")],
    ["tokenizer.ggml.pre", text("default")],
    ["tokenizer.ggml.token_type_count", uint32(2)],
    ["tokenizer.ggml.tokens", { type: "array", of: "string", value: vocabulary.map(phantomSpace) }],
    [
      "tokenizer.ggml.token_type",
      {
        type: "array",
        of: "int32",
        value: vocabulary.map((token) => (specials.has(token) ? tokenControl : tokenNormal)),
      },
    ],
    ["tokenizer.ggml.unknown_token_id", id("[UNK]")],
    // llama.cpp spells this key so.
    ["tokenizer.ggml.seperator_token_id", id("[SEP]")],
    ["tokenizer.ggml.padding_token_id", id("[PAD]")],
    ["tokenizer.ggml.cls_token_id", id("[CLS]")],
    ["tokenizer.ggml.mask_token_id", id("[MASK]")],
    ["tokenizer.ggml.bos_token_id", id("[CLS]")],
    ["tokenizer.ggml.eos_token_id", id("[SEP]")],
  ]);
}

/** llama.cpp marks the start of a word where WordPiece marks its continuation: `##ing` → `ing`, `run` → `▁run`. */
function phantomSpace(token: string): string {
  if (token.startsWith("[") && token.endsWith("]")) return token;
  return token.startsWith("##") ? token.slice(2) : `\u2581${token}`;
}

function text(value: string): GgufValue {
  return { type: "string", value };
}

function uint32(value: number): GgufValue {
  return { type: "uint32", value };
}

const outerNames: Readonly<Record<string, string>> = {
  "embeddings.word_embeddings.weight": "token_embd.weight",
  "embeddings.position_embeddings.weight": "position_embd.weight",
  "embeddings.token_type_embeddings.weight": "token_types.weight",
  "embeddings.LayerNorm.weight": "token_embd_norm.weight",
  "embeddings.LayerNorm.bias": "token_embd_norm.bias",
};

const layerNames: Readonly<Record<string, string>> = {
  "attention.self.query": "attn_q",
  "attention.self.key": "attn_k",
  "attention.self.value": "attn_v",
  "attention.output.dense": "attn_output",
  "attention.output.LayerNorm": "attn_output_norm",
  "intermediate.dense": "ffn_up",
  "output.dense": "ffn_down",
  "output.LayerNorm": "layer_output_norm",
};

function tensorSources(tensors: ReadonlyMap<string, Safetensor>, layers: number): TensorSource[] {
  const names = new Map(Object.entries(outerNames));
  for (let layer = 0; layer < layers; layer++) {
    for (const [from, to] of Object.entries(layerNames)) {
      for (const part of ["weight", "bias"]) {
        names.set(`encoder.layer.${layer}.${from}.${part}`, `blk.${layer}.${to}.${part}`);
      }
    }
  }
  return [...names].map(([from, to]) => tensorSource(tensors.get(from), from, to));
}

/** Matrices in half precision; vectors and the small embedding tables in full, as llama.cpp wants them. */
function tensorSource(tensor: Safetensor | undefined, from: string, to: string): TensorSource {
  if (tensor === undefined) throw new WeirError("model.load", `The encoder's weights lack the tensor ${from}.`);
  const shape = tensor.shape.toReversed();
  const full = shape.length === 1 || to === "position_embd.weight" || to === "token_types.weight";
  if (full) {
    return { name: to, shape, type: "f32", bytes: async () => new Uint8Array((await tensor.floats()).buffer) };
  }
  return { name: to, shape, type: "f16", bytes: async () => floatsToF16(await tensor.floats()) };
}
