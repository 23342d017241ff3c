import { PDFiumLibrary, type PDFiumDocument } from "@hyzyla/pdfium";
import { WeirError } from "../../core/errors.ts";
import { encodePng } from "../png.ts";

/** Pages as pixels, by PDFium: what people see, for pictures and to tell visible text from hidden text. */

export interface GrayPage {
  readonly width: number;
  readonly height: number;
  /** From the top left, one byte a pixel: 0 black … 255 white. */
  readonly data: Uint8Array;
}

export interface Pictures {
  readonly pageCount: number;
  /** The page in gray, `scale` pixels a point or fewer where it is huge. */
  gray(page: number, scale: number): Promise<GrayPage>;
  /** The page as PNG, about `widthMax` pixels wide. */
  png(page: number, widthMax: number): Promise<Uint8Array>;
  /** Characters of the page's text as PDFium reads it, without white space: a second opinion. */
  characters(page: number): number;
  /** Whether the page holds an image, even one that cannot be drawn. */
  holdsImage(page: number): boolean;
  close(): void;
}

/** Bounds the bitmap of a page that declares the size of a football field. */
const pixelsMax = 4_000_000;

let library: Promise<PDFiumLibrary> | undefined;

/** @throws WeirError `document.encrypted`, `document.damaged` */
export async function openPictures(bytes: Uint8Array): Promise<Pictures> {
  library ??= PDFiumLibrary.init();
  const pdfium = await library;
  let document: PDFiumDocument;
  try {
    document = await pdfium.loadDocument(bytes);
  } catch (error) {
    throw opening(error);
  }
  const render = async (page: number, scaleFor: (width: number) => number, colorSpace: "Gray" | "BGRA") => {
    try {
      const loaded = document.getPage(page - 1);
      const { originalWidth: width, originalHeight: height } = loaded.getOriginalSize();
      const scale = Math.min(scaleFor(width), Math.sqrt(pixelsMax / (width * height)));
      return await loaded.render({ scale: atLeastOnePixel(scale, width, height), colorSpace, renderFormFields: true });
    } catch (error) {
      throw new WeirError("document.damaged", `Page ${page} cannot be drawn.`, { cause: error });
    }
  };
  return {
    pageCount: document.getPageCount(),
    gray: (page, scale) => render(page, () => scale, "Gray"),
    png: async (page, widthMax) => encodePng(await render(page, (width) => widthMax / width, "BGRA")),
    characters: (page) =>
      document
        .getPage(page - 1)
        .getText()
        .replaceAll(/\s/g, "").length,
    holdsImage: (page) =>
      [...document.getPage(page - 1).objects()].some(({ type }) => type === "image" || type === "form"),
    close: () => document.destroy(),
  };
}

function atLeastOnePixel(scale: number, width: number, height: number): number {
  return Math.max(scale, 1 / width, 1 / height);
}

function opening(error: unknown): WeirError {
  const message = error instanceof Error ? error.message : String(error);
  if (/password/i.test(message)) {
    return new WeirError("document.encrypted", "The PDF asks for a password.", { cause: error });
  }
  return new WeirError("document.damaged", `The PDF does not open: ${message}`, { cause: error });
}
