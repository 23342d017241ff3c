import { type DocumentText, type ReadingRef, WeirError } from "../core/index.ts";
import type { Pages, Start, Step } from "../ports/index.ts";

export interface ReadOptions {
  /** Pages after this one are skipped and named; default 50. */
  readonly pagesMax?: number;
  /** Default 50 MB. */
  readonly bytesMax?: number;
  /** Time limit, milliseconds; default 60 s. */
  readonly timeoutMs?: number;
}

/** Reads the document into pages, lines and words. The text is stored beside the state, not in it. */
export function read(options: ReadOptions = {}): Step<Start, Pages> {
  const limits = {
    pagesMax: options.pagesMax ?? 50,
    bytesMax: options.bytesMax ?? 50_000_000,
    timeoutMs: options.timeoutMs ?? 60_000,
  };
  return {
    name: "read",
    kind: "read",
    shape: limits,
    run: async ({ document }, { reader, blobs, signal }) => {
      if (document.bytes > limits.bytesMax) throw tooLarge(document.bytes, limits.bytesMax);
      const bytes = await blobs.get(document.sha256);
      const text = await reader.read(bytes, { ...limits, name: document.name, signal });
      const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify(text)));
      return { document, reading: readingOf(text, sha256) };
    },
  };
}

function readingOf(text: DocumentText, sha256: string): ReadingRef {
  const lines = text.pages.flatMap((page) => page.lines);
  return {
    sha256,
    pages: text.pageCount,
    characters: lines.reduce((sum, line) => sum + line.text.length + 1, 0),
    complete: text.complete,
    skipped: text.skipped,
  };
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

function tooLarge(bytes: number, bytesMax: number): WeirError {
  return new WeirError(
    "document.too-large",
    `The document has ${megabytes(bytes)}, the limit is ${megabytes(bytesMax)} (bytesMax of the read step).`,
  );
}
