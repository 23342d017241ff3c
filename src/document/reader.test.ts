import { afterAll, describe, expect, it } from "vitest";
import { WeirError, type DocumentText } from "../core/index.ts";
import { PdfWriter, type GrayImage } from "../../test/support/pdf/index.ts";
import { readerSuite } from "../testing/reader.ts";
import { createReader } from "./reader.ts";

const reader = createReader();
afterAll(() => reader.close());

readerSuite("in a process of its own", reader);

const options = { name: "a.pdf", pagesMax: 20, bytesMax: 10_000_000, timeoutMs: 15_000 };
const latin1 = (text: string) => Buffer.from(text, "latin1");
const lines = (text: DocumentText) => text.pages.flatMap((page) => page.lines.map((line) => line.text));

async function codeOf(bytes: Uint8Array, change: Partial<typeof options> = {}): Promise<string> {
  try {
    await reader.read(bytes, { ...options, ...change });
    return "read";
  } catch (error) {
    return error instanceof WeirError ? error.code : String(error);
  }
}

function pdfOf(draw: (page: ReturnType<PdfWriter["page"]>) => void): Uint8Array {
  const writer = new PdfWriter();
  draw(writer.page());
  return writer.bytes();
}

const speckled: GrayImage = {
  width: 40,
  height: 40,
  data: Uint8Array.from({ length: 1600 }, (_, index) => ((index * 7919) % 251 < 120 ? 20 : 235)),
};

describe("a PDF", () => {
  it("is read from top to bottom, across columns", async () => {
    const bytes = pdfOf((page) => {
      page.text("Total", { x: 60, y: 300 });
      page.text("327.00", { x: 500, y: 300, align: "right" });
      page.text("Invoice 4711", { x: 60, y: 100, size: 18 });
    });
    const text = await reader.read(bytes, options);
    expect(lines(text)).toEqual(["Invoice 4711", expect.stringMatching(/^Total {2,}327\.00$/)]);
    expect(text).toMatchObject({ kind: "pdf", pageCount: 1, complete: true, skipped: [] });
  });

  it("gives every word a box in points from the top left and its place in the line", async () => {
    const bytes = pdfOf((page) => page.text("Amount due 12.50", { x: 100, y: 200, size: 20 }));
    const text = await reader.read(bytes, options);
    const line = text.pages[0]?.lines[0];
    expect(line?.words.map((word) => line.text.slice(word.start, word.end))).toEqual(["Amount", "due", "12.50"]);
    const [x, y, width, height] = line?.words[0]?.box ?? [0, 0, 0, 0];
    expect(x).toBeCloseTo(100, 0);
    expect(y).toBeGreaterThan(175);
    expect(y + height).toBeLessThan(210);
    // Helvetica sets "Amount" at 20 points in 71.1 points.
    expect(Math.abs(width - 71.1)).toBeLessThan(6);
  });

  it("is upright after rotation and starts at its crop box", async () => {
    const writer = new PdfWriter();
    writer.page({ rotate: 90 }).text("sideways", { x: 50, y: 60 });
    writer.page({ crop: [40, 30, 300, 400] }).text("cropped", { x: 50, y: 60 });
    const { pages } = await reader.read(writer.bytes(), options);
    expect(pages.map((page) => page.size)).toEqual([
      { width: 842, height: 595 },
      { width: 300, height: 400 },
    ]);
    // The text that ran along the top now runs down the right edge.
    const [x, , width, height] = pages[0]?.lines[0]?.box ?? [0, 0, 0, 0];
    expect(x).toBeGreaterThan(760);
    expect(height).toBeGreaterThan(width);
    expect(pages[1]?.lines[0]?.box?.[0]).toBeCloseTo(10, 0);
  });

  it("joins widely set letters and keeps numbers in columns apart", async () => {
    const bytes = pdfOf((page) => {
      page.text("Rechnung", { x: 50, y: 80, size: 14, spacing: 5 });
      for (const [index, digit] of [..."12345"].entries()) page.text(digit, { x: 60 + index * 50, y: 120 });
    });
    const text = await reader.read(bytes, options);
    expect(lines(text)[0]).toBe("Rechnung");
    expect(text.pages[0]?.lines[1]?.words).toHaveLength(5);
  });

  it("leaves out text that nobody sees, and says so", async () => {
    const bytes = pdfOf((page) => {
      page.text("Total 10.00", { x: 60, y: 100 });
      page.text("Total 99.00", { x: 60, y: 140, colour: [1, 1, 1] });
      page.text("Total 98.00", { x: 60, y: 180, renderMode: 3 });
      page.text("Total 97.00", { x: 60, y: 220, size: 0.4 });
      page.text("Total 96.00", { x: 60, y: 260 });
      page.rectangle(50, 245, 120, 20, { fill: [1, 1, 1] });
    });
    const text = await reader.read(bytes, options);
    expect(lines(text)).toEqual(["Total 10.00"]);
    expect(text.pages[0]?.hiddenWords).toBe(8);
  });

  it("keeps white text on a dark bar and the text layer of a scan", async () => {
    const bytes = pdfOf((page) => {
      page.rectangle(0, 40, 595, 40, { fill: [0.1, 0.1, 0.3] });
      page.text("Company", { x: 60, y: 66, size: 16, colour: [1, 1, 1] });
      page.image(speckled, 50, 200, 400, 400);
      page.text("Scanned line", { x: 80, y: 300, renderMode: 3 });
    });
    expect(lines(await reader.read(bytes, options))).toEqual(["Company", "Scanned line"]);
  });

  it("names pages that are pictures, and does not miss blank ones", async () => {
    const writer = new PdfWriter();
    writer.page().text("first", { x: 60, y: 100 });
    writer.page().image(speckled, 0, 0, 595, 842);
    writer.page();
    const text = await reader.read(writer.bytes(), options);
    expect(text.skipped).toEqual([{ page: 2, reason: "page.no-text" }]);
    expect(text).toMatchObject({ pageCount: 3, complete: false });
    expect(text.pages.map((page) => page.page)).toEqual([1, 3]);
  });

  it("names pages behind the limit", async () => {
    const writer = new PdfWriter();
    for (const word of ["one", "two", "three"]) writer.page().text(word, { x: 60, y: 100 });
    const text = await reader.read(writer.bytes(), { ...options, pagesMax: 1 });
    expect(text).toMatchObject({ pageCount: 3, complete: false });
    expect(text.skipped).toEqual([
      { page: 2, reason: "page.over-limit" },
      { page: 3, reason: "page.over-limit" },
    ]);
  });

  it("without any text is refused", async () => {
    expect(await codeOf(pdfOf((page) => page.image(speckled, 0, 0, 595, 842)))).toBe("document.no-text");
    expect(await codeOf(pdfOf(() => {}))).toBe("document.empty");
  });

  it("with a password is refused", async () => {
    const writer = new PdfWriter();
    writer.page().text("secret", { x: 60, y: 100 });
    expect(await codeOf(writer.bytes({ password: "geheim" }))).toBe("document.encrypted");
  });

  it("with an empty password is read", async () => {
    const writer = new PdfWriter();
    writer.page().text("open to all", { x: 60, y: 100 });
    expect(lines(await reader.read(writer.bytes({ password: "" }), options))).toEqual(["open to all"]);
  });

  it("is drawn as a PNG", async () => {
    const bytes = pdfOf((page) => page.text("drawn", { x: 60, y: 100 }));
    const picture = await reader.picture(bytes, { page: 1, widthMax: 500, timeoutMs: 15_000 });
    expect(
      Buffer.from(picture ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(Buffer.from(picture ?? []).readUInt32BE(16)).toBe(500);
    await expect(reader.picture(bytes, { page: 2, timeoutMs: 15_000 })).rejects.toMatchObject({
      code: "document.damaged",
    });
    expect(await reader.picture(latin1("text"), { page: 1, timeoutMs: 15_000 })).toBeNull();
  });
});

describe("a file that is not what it seems", () => {
  const whole = pdfOf((page) => page.text("whole", { x: 60, y: 100 }));

  it.each([
    ["0 bytes", new Uint8Array(), "document.empty"],
    ["white space", latin1(" \n\t \f "), "document.empty"],
    ["cut at 10 %", whole.subarray(0, whole.length * 0.1), "document.damaged"],
    ["random bytes behind a PDF header", latin1(`%PDF-1.7\n${"\x93\x00\xfe\x11".repeat(500)}`), "document.damaged"],
    ["a web page named .pdf", latin1("<!DOCTYPE html><html><body>hi</body></html>"), "document.unsupported"],
    ["plain text named .pdf", latin1("just text"), "document.damaged"],
    ["an Excel sheet", latin1("PK\x03\x04....xl/workbook.xml"), "document.unsupported"],
    ["a picture", latin1("\x89PNG\r\n\x1a\n\0\0\0"), "document.unsupported"],
    ["bytes of nothing known", latin1("\x00\x01\x02\x03\x04".repeat(50)), "document.unsupported"],
  ])("%s", async (_, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  it("is named in the message, with what is supported in the hint", async () => {
    await expect(
      reader.read(latin1("PK\x03\x04 xl/workbook.xml"), { ...options, name: "a.xlsx" }),
    ).rejects.toMatchObject({
      message: "a.xlsx is an Excel sheet (.xlsx).",
      hint: expect.stringContaining("Supported"),
    });
  });

  it("is not opened when it is too large", async () => {
    expect(await codeOf(new Uint8Array(2000), { bytesMax: 1999 })).toBe("document.too-large");
  });

  it("never names a path: the name is only text", async () => {
    expect(await codeOf(latin1("text"), { name: "../../etc/passwd\0.txt" })).toBe("read");
  });

  it("cut at half or near the end is read as far as it goes, or refused", async () => {
    for (const share of [0.5, 0.9, 0.99]) {
      expect(["read", "document.damaged"]).toContain(await codeOf(whole.subarray(0, whole.length * share)));
    }
  });
});

describe("plain text", () => {
  const read = (bytes: Uint8Array) => reader.read(bytes, { ...options, name: "a.txt" });

  it("is read in its own encoding", async () => {
    const utf16 = Buffer.from("\uFEFFGrüße", "utf16le");
    for (const bytes of [
      Buffer.from("Grüße"),
      Buffer.from("\uFEFFGrüße"),
      utf16,
      Buffer.from(utf16).swap16(),
      latin1("Grüße"),
    ]) {
      expect(lines(await read(bytes))).toEqual(["Grüße"]);
    }
    expect(lines(await read(latin1("5 \x80")))).toEqual(["5 €"]);
  });

  it("has lines with words at their offsets, pages at form feeds, tabs as columns", async () => {
    const text = await read(Buffer.from("Total\t327.00\n\n  second\r\n\fpage two\n\f"));
    expect(text).toMatchObject({ kind: "text", pageCount: 2, complete: true });
    expect(lines(text)).toEqual(["Total   327.00", "  second", "page two"]);
    expect(text.pages[0]?.lines[0]?.words[1]).toEqual({ text: "327.00", start: 8, end: 14, box: null });
    expect(text.pages[1]).toMatchObject({ page: 2, size: null });
  });

  it("loses nothing of a line without end", async () => {
    const long = Array.from({ length: 3000 }, (_, index) => `word${index}`).join(" ");
    const text = await read(Buffer.from(long));
    expect(text.pages[0]?.lines.length).toBeGreaterThan(1);
    expect(lines(text).join(" ")).toBe(long);
  });

  it("shows what people see: no soft hyphens, no invisible letters, ligatures spelled out", async () => {
    expect(lines(await read(Buffer.from("Rech\u00ADnung o\uFB03ce\u200B \u{E0041}end")))).toEqual([
      "Rechnung office end",
    ]);
  });

  it("names pages behind the limit", async () => {
    const text = await reader.read(Buffer.from("one\ftwo"), { ...options, name: "a.md", pagesMax: 1 });
    expect(text).toMatchObject({ pageCount: 2, complete: false, skipped: [{ page: 2, reason: "page.over-limit" }] });
  });
});
