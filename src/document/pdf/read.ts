import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { WeirError, type DocumentText, type Page, type SkippedPage } from "../../core/index.ts";
import { layOut } from "./layout.ts";
import { openPdf } from "./open.ts";
import { openPictures, type Pictures } from "./picture.ts";
import { runsOf, type PageRuns } from "./text.ts";
import { isBlank, sortByVisibility } from "./visible.ts";

/** PDF bytes → text with places. Runs in the reader's child process, which may be killed at any moment. */

/** Pixels a point: 8-point text is 12 pixels tall, enough to see whether there is ink. */
const lookScale = 1.5;

/** @throws WeirError `document.encrypted`, `document.damaged`, `document.no-text` */
export async function readPdf(bytes: Uint8Array, pagesMax: number): Promise<DocumentText> {
  const { pdf, close } = await openPdf(bytes);
  // What PDFium cannot open cannot be looked at: the text then stands as pdfjs reads it.
  const pictures = await openPictures(bytes).catch(() => null);
  try {
    return await readPages(pdf, pictures, pagesMax);
  } finally {
    pictures?.close();
    await close();
  }
}

async function readPages(pdf: PDFDocumentProxy, pictures: Pictures | null, pagesMax: number): Promise<DocumentText> {
  const pages: Page[] = [];
  const skipped: SkippedPage[] = [];
  for (let number = 1; number <= Math.min(pdf.numPages, pagesMax); number++) {
    const read = await readPage(pdf, pictures, number);
    if ("reason" in read) skipped.push(read);
    else pages.push(read);
  }
  for (let page = pagesMax + 1; page <= pdf.numPages; page++) skipped.push({ page, reason: "page.over-limit" });
  if (!pages.some((page) => page.lines.length > 0)) throw nothingRead(pdf.numPages, skipped);
  return { kind: "pdf", pageCount: pdf.numPages, pages, complete: skipped.length === 0, skipped };
}

async function readPage(pdf: PDFDocumentProxy, pictures: Pictures | null, number: number): Promise<Page | SkippedPage> {
  let raw: PageRuns;
  try {
    const page = await pdf.getPage(number);
    raw = await runsOf(page);
    page.cleanup();
  } catch {
    return { page: number, reason: "page.unreadable" };
  }
  const picture = await pictures?.gray(number, lookScale).catch(() => null);
  const { visible, hidden } = picture
    ? sortByVisibility(raw.runs, raw.size, picture)
    : { visible: raw.runs, hidden: [] };
  const lines = layOut(visible, number);
  // Something is painted that is not text: a scan, or letters drawn as outlines.
  if (lines.length === 0 && !(picture && isBlank(picture))) return { page: number, reason: "page.no-text" };
  const hiddenWords = layOut(hidden, number).reduce((sum, line) => sum + line.words.length, 0);
  return { page: number, size: raw.size, lines, ...(hiddenWords > 0 ? { hiddenWords } : {}) };
}

function nothingRead(pageCount: number, skipped: readonly SkippedPage[]): WeirError {
  if (pageCount === 0) return new WeirError("document.damaged", "The PDF has no pages.");
  if (skipped.some((page) => page.reason === "page.no-text")) {
    return new WeirError("document.no-text", "No page has text: there are only pictures or drawings on them.");
  }
  if (skipped.some((page) => page.reason === "page.unreadable")) {
    return new WeirError("document.damaged", "No page can be read.");
  }
  return new WeirError(
    "document.empty",
    `Nothing is printed on ${pageCount === 1 ? "the page" : `${pageCount} pages`}.`,
  );
}
