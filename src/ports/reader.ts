import type { DocumentText } from "../core/index.ts";

/** Bytes → pages, lines, words. Runs outside this process where the format can hang or crash it. */
export interface DocumentReader {
  /**
   * @throws WeirError `document.empty`, `document.encrypted`, `document.damaged`, `document.no-text`,
   *   `document.too-large`, `document.too-slow`, `document.unsupported`
   */
  read(bytes: Uint8Array, options: ReadOptions): Promise<DocumentText>;
}

export interface ReadOptions {
  /** For the kind, where the bytes do not tell (Markdown, plain text). */
  readonly name: string;
  /** Pages after this one are skipped and named. */
  readonly pagesMax: number;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}
