import { type DocumentText, WeirError } from "../core/index.ts";
import type { DocumentReader, ReadOptions } from "../ports/index.ts";
import { createReaderChild, defaultLimits, type ChildLimits, type TaskOptions } from "./child.ts";
import { sniff } from "./sniff.ts";
import { formLines } from "./flow/form.ts";
import { layOutFlow } from "./flow/lay.ts";
import { readText } from "./flow/text.ts";

/** A reader that owns a child process for all files but plain text. */
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

/** Starts its process with the first document that is not plain text. */
export function createReader(limits: ChildLimits = defaultLimits): OwnReader {
  const child = createReaderChild(limits);
  return {
    read: async (bytes, options) => {
      refuse(bytes, options);
      const kind = sniff(bytes, options.name);
      if (kind === "text") return readPlain(bytes, options);
      if (typeof kind === "string") {
        return child.perform({ kind: "read", format: kind, bytes, pagesMax: options.pagesMax }, options);
      }
      if ("encrypted" in kind) throw new WeirError("document.encrypted", `${options.name} is ${kind.encrypted}.`);
      if ("damaged" in kind) throw new WeirError("document.damaged", `${options.name} is ${kind.damaged}.`);
      throw new WeirError("document.unsupported", `${options.name} is ${kind.unsupported}.`);
    },
    picture: async (bytes, { page, widthMax = pictureWidth, ...options }) =>
      sniff(bytes, "") === "pdf" ? child.perform({ kind: "picture", bytes, page, widthMax }, options) : null,
    close: () => child.close(),
  };
}

/** A form that was sent as JSON is a message; any other text is what it is. */
function readPlain(bytes: Uint8Array, { name, pagesMax }: ReadOptions): DocumentText {
  const form = /\.json$/i.test(name) ? formLines(bytes) : null;
  return form ? layOutFlow("mail", [{ text: form.join("\n") }], pagesMax) : readText(bytes, pagesMax);
}

function refuse(bytes: Uint8Array, { bytesMax, signal }: ReadOptions): void {
  signal?.throwIfAborted();
  if (bytes.length === 0) throw new WeirError("document.empty", "The file has 0 bytes.");
  if (bytes.length > bytesMax) {
    throw new WeirError("document.too-large", `The file has ${bytes.length} bytes; bytesMax is ${bytesMax}.`);
  }
}
