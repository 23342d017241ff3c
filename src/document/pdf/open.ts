import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { WeirError } from "../../core/errors.ts";

/** Opens PDF bytes through pdf-parse; its own pdfjs-dist gives the positions that pdf-parse keeps to itself. */

export interface OpenPdf {
  readonly pdf: PDFDocumentProxy;
  close(): Promise<void>;
}

/** @throws WeirError `document.encrypted`, `document.damaged` */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const { PDFParse } = await load();
  const parser = new PDFParse({
    // pdfjs takes the buffer over and detaches it.
    data: Uint8Array.from(bytes),
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
    cMapUrl: join(pdfjsFolder, "cmaps/"),
    cMapPacked: true,
    standardFontDataUrl: join(pdfjsFolder, "standard_fonts/"),
  });
  try {
    // The public methods of pdf-parse give text without places; `load` hands out the document behind them.
    const pdf: PDFDocumentProxy = await Reflect.apply(Reflect.get(parser, "load"), parser, []);
    return { pdf, close: () => parser.destroy() };
  } catch (error) {
    await parser.destroy().catch(() => {});
    throw opening(error);
  }
}

const pdfjsFolder = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

function load(): Promise<typeof import("pdf-parse")> {
  // pdfjs names DOMMatrix while loading. Only drawing would use it, and pdfjs never draws here.
  if (!("DOMMatrix" in globalThis)) Object.assign(globalThis, { DOMMatrix: function DOMMatrix() {} });
  return import("pdf-parse");
}

function opening(error: unknown): WeirError {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  if (name === "PasswordException") {
    return new WeirError("document.encrypted", "The PDF asks for a password.", { cause: error });
  }
  return new WeirError("document.damaged", `The PDF does not open: ${message}`, { cause: error });
}
