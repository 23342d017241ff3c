import { asWeirError, WeirError, type DocumentText } from "../core/index.ts";
import type { Answers, Format, Request, Response, Task } from "./protocol.ts";

/** The child's side: answers one request after the other until the parent is gone. */
export function serveDocuments(): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", (request: Request) => void answer(request).then((response) => process.send?.(response)));
}

async function answer(request: Request): Promise<Response> {
  try {
    const value = await perform(request);
    return { id: request.id, ok: true, value, memoryBytes: process.memoryUsage.rss() };
  } catch (error) {
    // Whatever a parser throws that is not ours, the document is why.
    const { code, message } = asWeirError(error, "document.damaged");
    return { id: request.id, ok: false, code, message, memoryBytes: process.memoryUsage.rss() };
  }
}

/** Each parser is loaded with the first document of its kind. */
const readers: Readonly<Record<Format, (bytes: Uint8Array, pagesMax: number) => Promise<DocumentText>>> = {
  pdf: async (bytes, pagesMax) => (await import("./pdf/read.ts")).readPdf(bytes, pagesMax),
  docx: async (bytes, pagesMax) => (await import("./flow/docx.ts")).readDocx(bytes, pagesMax),
  csv: async (bytes, pagesMax) => (await import("./flow/csv.ts")).readCsv(bytes, pagesMax),
  mail: async (bytes, pagesMax) => (await import("./flow/mail.ts")).readMail(bytes, pagesMax),
  ccda: async (bytes, pagesMax) => (await import("./ccda/read.ts")).readCcda(bytes, pagesMax),
  epub: async (bytes, pagesMax) => (await import("./flow/epub.ts")).readEpub(bytes, pagesMax),
};

async function perform(task: Task): Promise<Answers[Task["kind"]]> {
  if (task.kind === "read") return readers[task.format](task.bytes, task.pagesMax);
  const { openPictures } = await import("./pdf/picture.ts");
  const pictures = await openPictures(task.bytes);
  try {
    if (task.page < 1 || task.page > pictures.pageCount) {
      throw new WeirError("document.damaged", `There is no page ${task.page}: the PDF has ${pictures.pageCount}.`);
    }
    return await pictures.png(task.page, task.widthMax);
  } finally {
    pictures.close();
  }
}
