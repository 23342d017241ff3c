/** Whether a file is complete, from a few small reads: size and time alone are no proof where a server writes the size first. */

/** A file open for reading. */
export interface Readable {
  readonly size: number;
  /** Fewer bytes where the file ends. */
  read(at: number, length: number): Promise<Uint8Array>;
}

const headBytes = 1024;
/** The PDF specification wants the end marker within the last 1024 bytes; some writers add a little. */
const pdfTailBytes = 4096;
/** End record of a zip with the longest comment there can be. */
const zipTailBytes = 22 + 65_535;
const blankBytes = 64;

/** @returns why the file looks unfinished, or null when it looks complete or is of a kind that does not tell */
export async function whyUnfinished(file: Readable): Promise<string | null> {
  if (isBlank(await file.read(Math.max(0, file.size - blankBytes), blankBytes))) return "its end is not written yet";
  const head = Buffer.from(await file.read(0, headBytes));
  if (isBlank(head)) return "its beginning is not written yet";
  const pdfAt = head.indexOf("%PDF-");
  if (pdfAt >= 0) return await whyUnfinishedPdf(file, pdfAt);
  if (head.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004"))) return await whyUnfinishedZip(file);
  return null;
}

async function whyUnfinishedPdf(file: Readable, startsAt: number): Promise<string | null> {
  const tail = await tailOf(file, pdfTailBytes);
  if (!tail.includes("%%EOF")) return "the PDF has no end yet";
  const offset = [...tail.toString("latin1").matchAll(/startxref\s+(\d+)/g)].at(-1)?.[1];
  if (offset === undefined) return null;
  // A wrong offset is a damaged PDF, which its reader may mend; a hole there is one still being written.
  const table = await file.read(Number(offset) + startsAt, "xref".length);
  return table.length > 0 && isBlank(table) ? "the PDF has a part that is not written yet" : null;
}

async function whyUnfinishedZip(file: Readable): Promise<string | null> {
  const tail = await tailOf(file, zipTailBytes);
  const end = tail.lastIndexOf("PK\u0005\u0006");
  if (end < 0 || end + 22 > tail.length) return "the zip has no directory yet";
  const [entries, at] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 16)];
  if (entries === 0 || at === 0xff_ff_ff_ff) return null;
  const directory = Buffer.from(await file.read(at, 4));
  return directory.equals(Buffer.from("PK\u0001\u0002")) ? null : "the zip has a part that is not written yet";
}

async function tailOf(file: Readable, length: number): Promise<Buffer> {
  return Buffer.from(await file.read(Math.max(0, file.size - length), length));
}

const isBlank = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);
