import type { DocumentText } from "../../core/index.ts";
import { utf16Mark } from "../sniff.ts";
import { layOutFlow } from "./lay.ts";

/** Plain text and Markdown: pages are split by form feeds, lines are the file's own. Pure. */

/** @throws WeirError `document.empty` where there is only white space */
export function readText(bytes: Uint8Array, pagesMax: number): DocumentText {
  const parts = decode(bytes).split("\f");
  // A form feed at the very end closes the last page.
  if (parts.length > 1 && parts.at(-1)?.trim() === "") parts.pop();
  return layOutFlow(
    "text",
    parts.map((text) => ({ text })),
    pagesMax,
  );
}

/** UTF-8 and UTF-16 by their marks; bytes that are no UTF-8 are Windows-1252, which holds Latin-1. */
export function decode(bytes: Uint8Array): string {
  const wide = utf16Mark(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
