import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { DocumentText, Page, SkippedPage } from "../../core/document.ts";
import { WeirError } from "../../core/errors.ts";
import { layOut } from "./layout.ts";
import { openPdf } from "./open.ts";
import { openPictures, type GrayPage, type Pictures } from "./picture.ts";
import type { Run } from "./runs.ts";
import { fontsWithoutFile, runsOf, type PageRuns } from "./text.ts";
import { isBlank, sortByVisibility, type Sorted } from "./visible.ts";

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
    const { page, reason } = await readPage(pdf, pictures, number);
    if (page) pages.push(page);
    if (reason) skipped.push({ page: number, reason });
  }
  for (let page = pagesMax + 1; page <= pdf.numPages; page++) skipped.push({ page, reason: "page.over-limit" });
  if (!pages.some((page) => page.lines.length > 0)) throw nothingRead(pdf.numPages, skipped);
  return { kind: "pdf", pageCount: pdf.numPages, pages, complete: skipped.length === 0, skipped };
}

/** A page that was read in part has both: its lines, and the reason why there are not more. */
interface ReadPage {
  readonly page: Page | null;
  readonly reason: string | null;
}

async function readPage(pdf: PDFDocumentProxy, pictures: Pictures | null, number: number): Promise<ReadPage> {
  let raw: PageRuns;
  let sorted: Sorted;
  let picture: GrayPage | null;
  try {
    const page = await pdf.getPage(number);
    raw = await runsOf(page);
    picture = (await pictures?.gray(number, lookScale).catch(() => null)) ?? null;
    const drawn = picture !== null && !(isBlank(picture) && charactersSeen(pictures, number) === 0);
    // A page on which PDFium finds nothing at all cannot be judged by its picture.
    sorted = picture && drawn ? await look(page, raw, picture) : { visible: raw.runs, hidden: [] };
    page.cleanup();
  } catch {
    return { page: null, reason: "page.unreadable" };
  }
  const lines = layOut(sorted.visible, number);
  const partly = missesMuch(raw.runs, charactersSeen(pictures, number));
  // Something is painted that is not text: a scan, or letters drawn as outlines.
  if (lines.length === 0 && !(picture && isBlank(picture) && !holdsImage(pictures, number))) {
    return { page: null, reason: partly ? "page.unreadable" : "page.no-text" };
  }
  const hiddenWords = layOut(sorted.hidden, number).reduce((sum, line) => sum + line.words.length, 0);
  return {
    page: { page: number, size: raw.size, lines, ...(hiddenWords > 0 ? { hiddenWords } : {}) },
    reason: partly ? "page.partly-read" : null,
  };
}

/**
 * What PDFium could not draw for want of a font is not hidden: letters beyond Latin in fonts that the file
 * only names.
 */
async function look(page: PDFPageProxy, { runs, size }: PageRuns, picture: GrayPage): Promise<Sorted> {
  const { visible, hidden } = sortByVisibility(runs, size, picture);
  const foreign = hidden.filter((run) => beyondLatin.test(run.text));
  if (foreign.length === 0) return { visible, hidden };
  const missing = await fontsWithoutFile(page, new Set(foreign.map((run) => run.font)));
  const undrawn = new Set(foreign.filter((run) => missing.has(run.font)));
  return { visible: [...visible, ...undrawn], hidden: hidden.filter((run) => !undrawn.has(run)) };
}

const beyondLatin = /[\u0250-\u1FFF\u2300-\uFFFF]/;

/** Few characters on a page are no measure. */
const charactersMin = 50;

/** Two parsers disagree about a page: the other one found more than twice the text. */
function missesMuch(runs: readonly Run[], other: number): boolean {
  const read = runs.reduce((sum, run) => sum + run.text.replaceAll(/\s/g, "").length, 0);
  return other >= charactersMin && read < other / 2;
}

/** A picture in a format that cannot be drawn leaves a white page; it is not a blank one. */
function holdsImage(pictures: Pictures | null, page: number): boolean {
  try {
    return pictures?.holdsImage(page) ?? false;
  } catch {
    return true;
  }
}

function charactersSeen(pictures: Pictures | null, page: number): number {
  try {
    return pictures?.characters(page) ?? 0;
  } catch {
    return 0;
  }
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
