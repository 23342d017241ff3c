import { zipNames } from "./flow/zip.ts";

/** What bytes are, by their first ones; names lie more often. Pure. */

export type Kind =
  | "pdf"
  | "docx"
  | "epub"
  | "csv"
  | "mail"
  | "ccda"
  | "text"
  | { readonly unsupported: string }
  | { readonly encrypted: string }
  | { readonly damaged: string };

/** The container of Word 97 to 2003, and of anything that newer ones lock with a password. */
const oldOffice = "\xD0\xCF\x11\xE0";

/** First bytes of formats that are recognised in order to be refused by name. */
const signatures: readonly (readonly [start: string, what: string])[] = [
  ["\x89PNG\r\n", "a PNG picture"],
  ["\xFF\xD8\xFF", "a JPEG picture"],
  ["GIF8", "a GIF picture"],
  ["II*\0", "a TIFF picture"],
  ["MM\0*", "a TIFF picture"],
  ["BM", "a BMP picture"],
  ["{\\rtf", "a rich text (RTF) document"],
  [oldOffice, "an old Microsoft Office document"],
  ["%!PS", "a PostScript file"],
  ["\x1F\x8B", "a gzip archive"],
  ["7z\xBC\xAF", "a 7z archive"],
  ["Rar!", "a RAR archive"],
  ["\x7FELF", "a program"],
  ["MZ", "a program"],
  ["SQLite format 3", "a database"],
];

/** The root of a C-CDA record, behind declarations and comments. */
const clinicalRecord = /<(?:\w+:)?ClinicalDocument[\s>]/;

/** Enough to find what a file is; the rest is not looked at. */
const headBytes = 4096;

export function sniff(bytes: Uint8Array, name: string): Kind {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString("latin1");
  // Mail gateways put junk before the header; readers accept it within the first kilobyte.
  if (head.slice(0, 1024).includes("%PDF-")) return "pdf";
  if (head.startsWith("PK\x03\x04")) return zipKind(bytes);
  if (/^....ftyp(heic|heix|mif1|avif)/s.test(head)) return { unsupported: "a HEIC or AVIF picture" };
  if (/^RIFF....WEBP/s.test(head)) return { unsupported: "a WebP picture" };
  if (head.startsWith(oldOffice) && isLocked(bytes)) return { encrypted: "an Office document with a password" };
  const known = signatures.find(([start]) => head.startsWith(start));
  // "BM" and "MZ" also start ordinary words.
  if (known && (known[0].length > 2 || looksBinary(bytes))) return { unsupported: known[1] };
  const text = withoutMark(head);
  if (/^\s*(<!doctype html|<html[\s>])/i.test(text)) return { unsupported: "a web page (HTML)" };
  if (/^\s*</.test(text) && clinicalRecord.test(text)) return "ccda";
  if (/^\s*<\?xml/.test(text)) return { unsupported: "an XML document" };
  if (isMail(text)) return "mail";
  if (looksBinary(bytes)) return { unsupported: "not text" };
  if (text.trim() === "") return "text";
  // The name says otherwise and the bytes hold no such thing: somebody should ask for the file again.
  const named = /\.(pdf|docx|epub)$/i.exec(name)?.[1]?.toLowerCase();
  if (named) return { damaged: `named .${named}, but holds ${promised[named] ?? "something else"}` };
  return /\.(csv|tsv)$/i.test(name) ? "csv" : "text";
}

const promised: Readonly<Record<string, string>> = { pdf: "no PDF", docx: "no Word document", epub: "no book" };

/** Mail programs and servers begin with one of these; anybody may write "From:" above a letter. */
const mailBegins =
  /^(?:From \S+@|Return-Path:|Received:|Delivered-To:|MIME-Version:|X-[A-Za-z-]+:|Message-ID:|DKIM-Signature:)/i;
const mailHeaders = /^(?:MIME-Version|Message-ID|Content-Type|Received|Content-Transfer-Encoding):/im;

function isMail(text: string): boolean {
  if (mailBegins.test(text)) return true;
  const [head = ""] = text.split(/\r?\n\r?\n/);
  return /^[A-Za-z][A-Za-z-]*:\s/.test(head) && /^From:/im.test(head) && mailHeaders.test(head);
}

function withoutMark(head: string): string {
  return head.startsWith("\xEF\xBB\xBF") ? head.slice(3) : head;
}

/** Office files and books are zip archives with folders of known names. */
function zipKind(bytes: Uint8Array): Kind {
  const names = zipNames(bytes);
  // An archive that is cut off has lost its directory; the names also stand before each part.
  const listing = names ? [...names].join("\n") : Buffer.from(bytes.subarray(0, 65_536)).toString("latin1");
  if (listing.includes("META-INF/container.xml")) return "epub";
  if (/(^|[^/\w])word\//m.test(listing)) return "docx";
  if (listing.includes("xl/")) return { unsupported: "an Excel sheet (.xlsx)" };
  if (listing.includes("ppt/")) return { unsupported: "a PowerPoint file (.pptx)" };
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  if (head.includes("opendocument")) return { unsupported: "an OpenDocument file" };
  if (head.includes("application/epub+zip")) return "epub";
  return { unsupported: "a zip archive" };
}

/** What is locked lies in a part of this name, written in UTF-16. */
function isLocked(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("EncryptedPackage", 0, "utf16le");
}

/** Zero bytes without a UTF-16 mark, or many control characters: no text of any encoding. */
function looksBinary(bytes: Uint8Array): boolean {
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
