import { stat } from "node:fs/promises";
import { WeirError } from "../core/index.ts";
import { adapterFor } from "./adapter.ts";
import { contextTokensDefault, memoryNeeded, type ModelRole } from "./catalogue.ts";
import { numberOf, textOf, type GgufHeader } from "./gguf/format.ts";
import { readHeader } from "./gguf/read.ts";
import type { ModelFile } from "./library.ts";
import type { LoadPlan } from "./protocol.ts";

export interface LoadLimits {
  readonly contextTokensMax: number;
  readonly threads: number;
  readonly gpu: boolean;
  /** Where states of documents are kept, and how many bytes of them; null: nowhere. */
  readonly states: LoadPlan["states"];
  /** Memory that may still be taken, in bytes. */
  readonly availableBytes: () => number;
}

export const defaultLimits: LoadLimits = {
  contextTokensMax: contextTokensDefault,
  threads: 0,
  gpu: true,
  states: null,
  availableBytes: () => process.availableMemory(),
};

/** Architectures that only read: they can embed a text, never answer. */
const encoderArchitectures = /bert|^t5encoder$/;

/**
 * Reads a model file's header and decides how to load it, before any memory is taken.
 * @param adapter path of a LoRA adapter for it
 * @throws WeirError `model.missing`, `model.load`, `model.no-memory`, `model.adapter`
 */
export async function planLoad(file: ModelFile, limits: LoadLimits, adapter: string | null = null): Promise<LoadPlan> {
  const header = await readHeader(file.path);
  const architecture = textOf(header.metadata, "general.architecture") ?? "unknown";
  wantRole(file, architecture);
  const trained = numberOf(header.metadata, `${architecture}.context_length`) ?? limits.contextTokensMax;
  const contextTokens = Math.min(trained, limits.contextTokensMax);
  const { size: fileBytes } = await stat(file.path);
  const stateBytesPerToken = file.role === "decoder" ? stateBytes(header, architecture) : 0;
  const needed = memoryNeeded({ fileBytes, stateBytesPerToken }, contextTokens);
  const available = limits.availableBytes();
  if (needed > available) {
    const [want, have] = [needed, available].map((bytes) => `${Math.ceil(bytes / 1_000_000)} MB`);
    throw new WeirError("model.no-memory", `The model ${file.name} takes ${want} of memory; ${have} are free.`);
  }
  const { threads, gpu, states } = limits;
  const adapted = adapter === null ? null : await adapterFor(adapter, { name: file.name, header });
  return { path: file.path, id: file.sha256, adapter: adapted, contextTokens, threads, gpu, states };
}

function wantRole(file: ModelFile, architecture: string): void {
  const wanted: ModelRole = encoderArchitectures.test(architecture) ? "encoder" : "decoder";
  // A decoder can embed (some are trained for it), an encoder cannot answer.
  if (file.role === "decoder" && wanted === "encoder") {
    throw new WeirError("model.load", `The model ${file.name} (${architecture}) is an encoder: it cannot answer.`, {
      hint: "Choose a decoder: `weir model ls`.",
    });
  }
}

/** Keys and values of one token in half precision, over all layers. */
function stateBytes({ metadata }: GgufHeader, architecture: string): number {
  const number = (key: string) => numberOf(metadata, `${architecture}.${key}`);
  const layers = number("block_count") ?? 0;
  const heads = number("attention.head_count") ?? 1;
  const stateHeads = number("attention.head_count_kv") ?? heads;
  const headSize = (number("embedding_length") ?? 0) / heads;
  const keys = number("attention.key_length") ?? headSize;
  const values = number("attention.value_length") ?? headSize;
  return layers * stateHeads * (keys + values) * 2;
}
