/** What bytes are, by their first ones; names lie more often. Pure. */

export type Kind = "pdf" | "text" | { readonly unsupported: string } | { readonly damaged: string };

/** First bytes of formats that are recognised in order to be refused by name. */
const signatures: readonly (readonly [start: string, what: string])[] = [
  ["\x89PNG\r\n", "a PNG picture"],
  ["\xFF\xD8\xFF", "a JPEG picture"],
  ["GIF8", "a GIF picture"],
  ["II*\0", "a TIFF picture"],
  ["MM\0*", "a TIFF picture"],
  ["BM", "a BMP picture"],
  ["{\\rtf", "a rich text (RTF) document"],
  ["\xD0\xCF\x11\xE0", "an old Microsoft Office document"],
  ["%!PS", "a PostScript file"],
  ["\x1F\x8B", "a gzip archive"],
  ["7z\xBC\xAF", "a 7z archive"],
  ["Rar!", "a RAR archive"],
  ["\x7FELF", "a program"],
  ["MZ", "a program"],
  ["SQLite format 3", "a database"],
];

/** Enough to find what a file is; the rest is not looked at. */
const headBytes = 4096;

export function sniff(bytes: Uint8Array, name: string): Kind {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString("latin1");
  // Mail gateways put junk before the header; readers accept it within the first kilobyte.
  if (head.slice(0, 1024).includes("%PDF-")) return "pdf";
  if (head.startsWith("PK\x03\x04")) return { unsupported: zipKind(bytes) };
  if (/^....ftyp(heic|heix|mif1|avif)/s.test(head)) return { unsupported: "a HEIC or AVIF picture" };
  if (/^RIFF....WEBP/s.test(head)) return { unsupported: "a WebP picture" };
  const known = signatures.find(([start]) => head.startsWith(start));
  // "BM" and "MZ" also start ordinary words.
  if (known && (known[0].length > 2 || looksBinary(bytes))) return { unsupported: known[1] };
  const text = withoutMark(head);
  if (/^\s*(<!doctype html|<html[\s>])/i.test(text)) return { unsupported: "a web page (HTML)" };
  if (/^\s*<\?xml/.test(text)) return { unsupported: "an XML document" };
  if (/^(From |Return-Path:|Received:|Delivered-To:|MIME-Version:)/i.test(text)) return { unsupported: "an e-mail" };
  if (looksBinary(bytes)) return { unsupported: "not text" };
  // The name says PDF and the bytes hold none: somebody should ask for the file again.
  return /\.pdf$/i.test(name) && text.trim() !== "" ? { damaged: "named .pdf, but holds no PDF" } : "text";
}

function withoutMark(head: string): string {
  return head.startsWith("\xEF\xBB\xBF") ? head.slice(3) : head;
}

/** Office files are zip archives with folders of known names. */
function zipKind(bytes: Uint8Array): string {
  const listing = Buffer.from(bytes.subarray(0, 65_536)).toString("latin1");
  if (listing.includes("word/")) return "a Word document (.docx)";
  if (listing.includes("xl/")) return "an Excel sheet (.xlsx)";
  if (listing.includes("ppt/")) return "a PowerPoint file (.pptx)";
  if (listing.includes("opendocument")) return "an OpenDocument file";
  return "a zip archive";
}

/** Zero bytes without a UTF-16 mark, or many control characters: no text of any encoding. */
export function looksBinary(bytes: Uint8Array): boolean {
  if (utf16Mark(bytes)) return false;
  const head = bytes.subarray(0, headBytes);
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    // Tab, line feed, form feed, carriage return and escape stand in text files.
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  }
  return controls > head.length / 50;
}

export function utf16Mark(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}
