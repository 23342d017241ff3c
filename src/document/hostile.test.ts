import { afterAll, describe, expect, it, vi } from "vitest";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WeirError } from "../core/index.ts";
import { docxEntries, docxOf, epubOf, paragraph, zipOf, type ZipEntry } from "../../test/support/office/index.ts";
import { readCsv } from "./flow/csv.ts";
import { readDocx } from "./flow/docx.ts";
import { readEpub } from "./flow/epub.ts";
import { createReader } from "./reader.ts";

const reader = createReader();
afterAll(() => reader.close());

const options = { name: "a.docx", pagesMax: 20, bytesMax: 20_000_000, timeoutMs: 15_000 };
const body = paragraph("Total 10.00");

async function outcome(bytes: Uint8Array, name = "a.docx"): Promise<string> {
  try {
    const text = await reader.read(bytes, { ...options, name });
    return text.pages.flatMap((page) => page.lines.map((line) => line.text)).join("|");
  } catch (error) {
    return error instanceof WeirError ? error.code : String(error);
  }
}

/** A whole Word document, but for its body. */
const withBody = (change: Partial<ZipEntry>) => {
  const entries = docxEntries(body);
  return zipOf(entries.map((entry) => (entry.name === "word/document.xml" ? Object.assign({}, entry, change) : entry)));
};

const old = (stream: string) => Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.from(stream, "utf16le")]);

describe("a hostile Office file or book", () => {
  const whole = docxOf(body);
  const zeros = Buffer.alloc(40_000_000, " ");

  it.each<readonly [what: string, bytes: Uint8Array, expected: string]>([
    ["whole", whole, "Total 10.00"],
    ["cut in the middle", whole.subarray(0, whole.length / 2), "document.damaged"],
    ["without its last byte", whole.subarray(0, -1), "document.damaged"],
    ["with junk before it", Buffer.concat([Buffer.from("PK\x03\x04"), whole]), "Total 10.00"],
    ["without a body", zipOf(docxEntries(body).filter((one) => one.name !== "word/document.xml")), "document.damaged"],
    ["that says it unpacks to 4 GB", withBody({ declared: 0xff_ff_ff_fe }), "document.too-large"],
    ["that unpacks to more than it says", withBody({ data: zeros, declared: 900 }), "document.damaged"],
    ["that unpacks to less than it says", withBody({ declared: 90_000 }), "document.damaged"],
    ["with a wrong checksum", withBody({ crc: 1 }), "document.damaged"],
    ["with a locked part", withBody({ flags: 1 }), "document.encrypted"],
    ["with 20000 parts", docxOf(body, { more: parts(20_000) }), "document.too-large"],
    ["with two bodies", docxOf(body, { more: [{ name: "word/document.xml", data: "<w:p/>" }] }), "document.damaged"],
    ["with a password (OLE)", old("Root Entry..EncryptionInfo..EncryptedPackage"), "document.encrypted"],
    ["of Word 97", old("Root Entry..WordDocument"), "document.unsupported"],
    ["that is a web page", Buffer.from("<!DOCTYPE html><html><body>hi</body></html>"), "document.unsupported"],
    ["that is plain text", Buffer.from("just text"), "document.damaged"],
    ["of no bytes", new Uint8Array(), "document.empty"],
  ])("%s", async (_, bytes, expected) => {
    expect(await outcome(bytes)).toBe(expected);
    expect(await outcome(whole)).toBe("Total 10.00");
  });

  it("that is large in all its parts together is refused before the last one is unpacked", async () => {
    const chapter = `<p>${"lorem ".repeat(4_000_000)}</p>`;
    expect(await outcome(epubOf([chapter, chapter, chapter]), "a.epub")).toBe("document.too-large");
  });

  it("with macros is read; macros, pictures and embedded files are not even unpacked", async () => {
    const more = ["word/vbaProject.bin", "word/media/image1.png", "word/embeddings/a.bin"];
    const bytes = docxOf(body, { more: more.map((name) => ({ name, data: "x", crc: 1, declared: 0xff_ff_ff_fe })) });
    expect(await outcome(bytes, "a.docm")).toBe("Total 10.00");
  });

  it("with a million nested elements, rows or attributes is read or refused, and the next one is read", async () => {
    for (const content of [
      "<w:tbl><w:tr><w:tc>".repeat(600),
      "<w:tbl><w:tr><w:tc>".repeat(50_000),
      `<w:tbl>${"<w:tr><w:tc><w:p/></w:tc></w:tr>".repeat(100_000)}</w:tbl>`,
      "<w:r>".repeat(300_000),
      `<w:p ${Array.from({ length: 100_000 }, (_, index) => `a${index}="1"`).join(" ")}/>`,
      `<w:tc><w:tcPr><w:gridSpan w:val="4000000000"/></w:tcPr></w:tc>`,
    ]) {
      expect(["Total 10.00", "document.damaged", "document.too-large", "document.too-slow"]).toContain(
        await outcome(docxOf(content + body)),
      );
      expect(await outcome(whole)).toBe("Total 10.00");
    }
  });

  it("never makes its reader fetch, open or expand what it declares", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end("<!ENTITY secret 'leaked'>");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const declared =
      `<!DOCTYPE x SYSTEM "${url}/x.dtd" [<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY web SYSTEM "${url}/e">` +
      `<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
    const outside = `<Relationships><Relationship Id="h" TargetMode="External" Type="x/header" Target="${url}/h.xml"/><Relationship Id="i" Type="x/header" Target="../../../etc/hostname"/></Relationships>`;
    const xml = `<?xml version="1.0"?>${declared}<w:document><w:body>${paragraph("[&file;&web;&c;]")}<w:sectPr><w:headerReference r:id="h"/></w:sectPr></w:body></w:document>`;
    const bytes = zipOf(
      docxEntries(body).map((entry) => {
        if (entry.name === "word/document.xml") return { name: entry.name, data: xml };
        return entry.name === "word/_rels/document.xml.rels" ? { name: entry.name, data: outside } : entry;
      }),
    );
    const linked = epubOf([`<p>in</p><img src="${url}/i.png"/><iframe src="${url}"></iframe><script src="${url}/s"/>`]);
    try {
      expect(await outcome(bytes)).toBe("[&file;&web;&c;]");
      expect(await outcome(linked, "a.epub")).toBe("in");
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  it("leaves no files behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "weir-reader-"));
    // Read in this process: the child gets nothing of our environment.
    vi.stubEnv("TMPDIR", folder);
    try {
      expect(tmpdir()).toBe(folder);
      await readDocx(whole, 20);
      await readEpub(epubOf(["<p>a</p>"]), 20);
      await readCsv(Buffer.from("a,b\n1,2"), 20);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a hostile CSV file", () => {
  it.each<readonly [what: string, text: string]>([
    ["a line of a megabyte", "x".repeat(1_000_000)],
    ["as many columns as a sheet", `${Array.from({ length: 16_000 }, (_, index) => index).join(",")}\n1,2`],
    ["names that are code", '__proto__,"""]);process.exit();//",constructor\n1,2,3'],
    ["letters behind closing quotes", 'a,b\n"c"d,e'],
  ])("%s is read whole", async (_, text) => {
    const letters = (from: string) => (from.match(/[a-z0-9]/g) ?? []).join("");
    expect(letters(await outcome(Buffer.from(text), "a.csv"))).toBe(letters(text));
  });

  it.each([
    ["a million separators in a line", ","],
    ["a megabyte of quotes", '"'],
  ])("%s is text of that", async (_, character) => {
    const read = await outcome(Buffer.from(character.repeat(1_000_000)), "a.csv");
    expect(read.replaceAll("|", "")).toBe(character.repeat(1_000_000));
  });
});

function parts(count: number): readonly ZipEntry[] {
  return Array.from({ length: count }, (_, index) => ({ name: `word/${index}.xml`, data: "", stored: true }));
}
