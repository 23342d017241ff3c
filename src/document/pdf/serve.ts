import { asWeirError, WeirError } from "../../core/errors.ts";
import { openPictures } from "./picture.ts";
import type { Answers, Request, Response, Task } from "./protocol.ts";
import { readPdf } from "./read.ts";

// Imports below this file name single files of core: the child starts in half the time without the schemas.

/** The child's side: answers one request after the other until the parent is gone. */
export function servePdf(): void {
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

async function perform(task: Task): Promise<Answers[Task["kind"]]> {
  if (task.kind === "read") return readPdf(task.bytes, task.pagesMax);
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
