import { zipOf, type ZipEntry } from "./zip.ts";

/** Writes books for tests: each chapter is the XHTML of its body. */
export function epubOf(chapters: readonly string[], more: readonly ZipEntry[] = []): Uint8Array {
  const items = chapters.map((_, index) => `<item id="c${index}" href="text/ch%20${index}.xhtml"/>`).join("");
  const order = chapters.map((_, index) => `<itemref idref="c${index}"/>`).join("");
  return zipOf([
    { name: "mimetype", data: "application/epub+zip", stored: true },
    {
      name: "META-INF/container.xml",
      data: '<container><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    },
    { name: "OEBPS/book.opf", data: `<package><manifest>${items}</manifest><spine>${order}</spine></package>` },
    ...chapters.map((body, index) => ({
      name: `OEBPS/text/ch ${index}.xhtml`,
      data: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><style>p{}</style></head><body>${body}</body></html>`,
    })),
    ...more,
  ]);
}
