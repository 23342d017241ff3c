import { afterAll, afterEach, describe, expect, it } from "vitest";
import { execFileSync } from "node:child_process";
import { deflateSync } from "node:zlib";
import { PdfWriter } from "../../test/support/pdf/index.ts";
import { createReaderChild, defaultLimits, type ReaderChild, type ChildLimits } from "./child.ts";

const children: ReaderChild[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.close()));
});

function create(limits: Partial<ChildLimits> = {}): ReaderChild {
  const child = createReaderChild({ ...defaultLimits, ...limits });
  children.push(child);
  return child;
}

const read = (child: ReaderChild, bytes: Uint8Array, timeoutMs = 15_000, signal?: AbortSignal) =>
  child.perform({ kind: "read", format: "pdf", bytes, pagesMax: 20 }, signal ? { timeoutMs, signal } : { timeoutMs });

function good(word = "good"): Uint8Array {
  const writer = new PdfWriter();
  writer.page().text(word, { x: 60, y: 100 });
  return writer.bytes();
}

/** Objects by number; parsers find them without a table. */
function pdfOf(objects: Readonly<Record<number, string>>): Uint8Array {
  const bodies = Object.entries(objects).map(([number, body]) => `${number} 0 obj\n${body}\nendobj\n`);
  return Buffer.from(`%PDF-1.4\n${bodies.join("")}trailer\n<< /Root 1 0 R >>\n%%EOF\n`, "latin1");
}

const stream = (entries: string, data: string) => `<< ${entries} /Length ${data.length} >>\nstream\n${data}\nendstream`;

/** Every form draws the next one ten times: ten to the `depth` texts. */
function tenfold(depth: number): Uint8Array {
  const objects: Record<number, string> = {
    1: "<< /Type /Catalog /Pages 2 0 R >>",
    2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /X 10 0 R >> >> /Contents 4 0 R >>",
    4: stream("", "/X Do"),
    5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  };
  for (let level = 0; level < depth; level++) {
    const last = level === depth - 1;
    const resources = last ? "/Font << /F 5 0 R >>" : `/XObject << /X ${11 + level} 0 R >>`;
    const content = last ? "BT /F 9 Tf 50 50 Td (again) Tj ET" : "/X Do ".repeat(10);
    objects[10 + level] = stream(
      `/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << ${resources} >>`,
      content,
    );
  }
  return pdfOf(objects);
}

/** A page whose content is small as stored and huge when unpacked. */
function unpacksTo(bytes: number): Uint8Array {
  const packed = deflateSync(Buffer.alloc(bytes, " ")).toString("latin1");
  return pdfOf({
    1: "<< /Type /Catalog /Pages 2 0 R >>",
    2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
    4: stream("/Filter /FlateDecode", packed),
  });
}

describe("the PDF process", () => {
  it("is killed when a document takes too long, and the next one is read", async () => {
    const child = create();
    await read(child, good());
    const [slow, next] = await Promise.allSettled([read(child, tenfold(12), 800), read(child, good("next"))]);
    expect(slow).toMatchObject({ status: "rejected", reason: { code: "document.too-slow" } });
    expect(next).toMatchObject({ status: "fulfilled", value: { pages: [{ lines: [{ text: "next" }] }] } });
  });

  it("is killed when a document takes too much memory", async () => {
    const child = create({ memoryBytesMax: 400_000_000 });
    await expect(read(child, unpacksTo(600_000_000))).rejects.toMatchObject({ code: "document.too-large" });
    expect(await read(child, good())).toMatchObject({ pageCount: 1 });
  });

  it("is killed when nobody waits any more, with the reason of the signal", async () => {
    const child = create();
    const abort = new AbortController();
    const pending = read(child, tenfold(12), 30_000, abort.signal);
    abort.abort(new Error("run cancelled"));
    await expect(pending).rejects.toThrow("run cancelled");
    expect(await read(child, good())).toMatchObject({ pageCount: 1 });
  });

  it("serves many documents and is replaced after some", async () => {
    const child = create({ documentsMax: 3 });
    const texts = await Promise.all(Array.from({ length: 8 }, (_, index) => read(child, good(`n${index}`))));
    expect(texts.map((text) => text.pages[0]?.lines[0]?.text)).toEqual([
      "n0",
      "n1",
      "n2",
      "n3",
      "n4",
      "n5",
      "n6",
      "n7",
    ]);
  });

  it("leaves no process behind", async () => {
    const child = createReaderChild();
    await read(child, good());
    expect(ours()).toBe(1);
    await child.close();
    expect(ours()).toBe(0);
    await expect(read(child, good())).rejects.toMatchObject({ code: "cancelled" });
  });

  it("lets the program end while it rests", () => {
    const program = `
      import { createReader } from ${JSON.stringify(new URL("./reader.ts", import.meta.url).href)};
      const bytes = Buffer.from(${JSON.stringify(Buffer.from(good()).toString("base64"))}, "base64");
      const text = await createReader().read(bytes, { name: "a", pagesMax: 1, bytesMax: 1e6, timeoutMs: 15000 });
      console.log(text.pageCount);`;
    const args = ["--input-type=module", "--eval", program];
    expect(execFileSync(process.execPath, args, { timeout: 15_000, encoding: "utf8" })).toBe("1\n");
  });
});

describe("hostile files", () => {
  const child = createReaderChild();
  afterAll(() => child.close());

  it.each([
    ["pages that hold each other", { 2: "<< /Type /Pages /Count 9 /Kids [2 0 R 3 0 R] >>" }],
    ["a count of pages that are not there", { 2: "<< /Type /Pages /Count 100000000 /Kids [3 0 R] >>" }],
    ["a page the size of a country", { 3: page("[0 0 1e9 1e9]") }],
    ["a page without size", { 3: page("[0 0 0 0]") }],
    [
      "a form that draws itself",
      { 6: stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>", "/X Do") },
    ],
    ["an object that is itself", { 4: "4 0 R" }],
    ["numbers without end", { 4: stream("", `${"9".repeat(100_000)} 0 Td`) }],
    ["brackets without end", { 4: stream("", "[".repeat(100_000)) }],
  ])("%s", async (_, change: Readonly<Record<number, string>>) => {
    const bytes = pdfOf({
      1: "<< /Type /Catalog /Pages 2 0 R >>",
      2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
      3: page("[0 0 595 842]"),
      4: stream("", "BT /F 12 Tf 60 700 Td (text) Tj ET /X Do"),
      5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      6: stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", ""),
      ...change,
    });
    const outcome = await read(child, bytes, 10_000).then(
      () => "read",
      (error: { code?: string }) => error.code,
    );
    expect(["read", "document.damaged", "document.empty", "document.no-text"]).toContain(outcome);
    expect(await read(child, good())).toMatchObject({ pageCount: 1 });
  });
});

function page(mediaBox: string): string {
  return `<< /Type /Page /Parent 2 0 R /MediaBox ${mediaBox} /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> /Contents 4 0 R >>`;
}

/** Reader processes that this process started and that still run. */
function ours(): number {
  const listed = execFileSync("ps", ["-A", "-o", "ppid=,args="], { encoding: "utf8" });
  const own = listed.split("\n").filter((line) => Number.parseInt(line, 10) === process.pid);
  return own.filter((line) => line.includes("document-reader")).length;
}
