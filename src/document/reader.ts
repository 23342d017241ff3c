import { WeirError } from "../core/index.ts";
import type { DocumentReader, ReadOptions } from "../ports/index.ts";
import { createPdfChild, defaultLimits, type PdfChildLimits, type TaskOptions } from "./pdf/child.ts";
import { sniff } from "./sniff.ts";
import { readText } from "./text.ts";

/** A reader that owns a child process for PDF files. */
export interface OwnReader extends DocumentReader {
  /**
   * Draws a page of a PDF.
   * @returns a PNG about `widthMax` pixels wide; null for documents without a layout of their own
   * @throws WeirError like `read`
   */
  picture(bytes: Uint8Array, options: PictureOptions): Promise<Uint8Array | null>;
  /** Leaves no process behind. */
  close(): Promise<void>;
}

export interface PictureOptions extends TaskOptions {
  /** From 1. */
  readonly page: number;
  /** In pixels; default 1000. */
  readonly widthMax?: number;
}

const pictureWidth = 1000;

/** Starts its process with the first PDF. */
export function createReader(limits: PdfChildLimits = defaultLimits): OwnReader {
  const child = createPdfChild(limits);
  return {
    read: async (bytes, options) => {
      refuse(bytes, options);
      const kind = sniff(bytes, options.name);
      if (kind === "text") return readText(bytes, options.pagesMax);
      if (kind === "pdf") return child.perform({ kind: "read", bytes, pagesMax: options.pagesMax }, options);
      if ("damaged" in kind) throw new WeirError("document.damaged", `${options.name} is ${kind.damaged}.`);
      throw new WeirError("document.unsupported", `${options.name} is ${kind.unsupported}.`);
    },
    picture: async (bytes, { page, widthMax = pictureWidth, ...options }) =>
      sniff(bytes, "") === "pdf" ? child.perform({ kind: "picture", bytes, page, widthMax }, options) : null,
    close: () => child.close(),
  };
}

function refuse(bytes: Uint8Array, { bytesMax, signal }: ReadOptions): void {
  signal?.throwIfAborted();
  if (bytes.length === 0) throw new WeirError("document.empty", "The file has 0 bytes.");
  if (bytes.length > bytesMax) {
    throw new WeirError("document.too-large", `The file has ${bytes.length} bytes; bytesMax is ${bytesMax}.`);
  }
}
