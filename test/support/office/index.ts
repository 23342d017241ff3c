export { cell, docxEntries, docxOf, pageBreak, paragraph, row, run, table } from "./docx.ts";
export { epubOf } from "./epub.ts";
export { zipOf, type ZipEntry } from "./zip.ts";
