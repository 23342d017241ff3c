import { createHash } from "node:crypto";

/** Vectors of texts seen before; the one used longest ago makes room. */
export class VectorCache {
  readonly #vectors = new Map<string, Float32Array>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string): Float32Array | undefined {
    const vector = this.#vectors.get(key);
    if (vector === undefined) return undefined;
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    return vector;
  }

  set(key: string, vector: Float32Array): void {
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    if (this.#vectors.size <= this.#entriesMax) return;
    const [oldest] = this.#vectors.keys();
    if (oldest !== undefined) this.#vectors.delete(oldest);
  }
}

/** Names a text of any length in a fixed number of characters, under the model that reads it. */
export function vectorKey(model: string, text: string): string {
  return createHash("sha256").update(model).update("\0").update(text).digest("base64");
}
