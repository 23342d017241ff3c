import { describe, expect, it } from "vitest";
import type { DocumentText } from "../../core/index.ts";
import { epubOf } from "../../../test/support/office/index.ts";
import { readEpub } from "./epub.ts";

const lines = (text: DocumentText) => text.pages.map((page) => page.lines.map((line) => line.text));
const locked = (uri: string) => ({
  name: "META-INF/encryption.xml",
  data: `<encryption><EncryptedData><CipherData><CipherReference URI="${uri}"/></CipherData></EncryptedData></encryption>`,
});

describe("a book", () => {
  it("has a page for each chapter, as it is printed", async () => {
    const text = await readEpub(
      epubOf(["<h1>First chapter</h1><p>It was\n a   dark&nbsp;night.<br/>And <b>cold</b>.</p>", "<div>two</div>"]),
      20,
    );
    expect(text).toMatchObject({ kind: "epub", pageCount: 2, complete: true });
    expect(lines(text)).toEqual([["First chapter", "It was a dark night.", "And cold."], ["two"]]);
    expect(text.pages[1]?.lines[0]).toMatchObject({ page: 2, line: 1, box: null });
  });

  it("has tables with aligned cells, lists and preformatted text as they are", async () => {
    const table =
      "<table><thead><tr><th>Item</th><th>Price</th></tr></thead>\n<tr><td>Lamp, large</td><td>12.50</td></tr>" +
      "<tr><td colspan='2'>both</td></tr></table>";
    expect(lines(await readEpub(epubOf([`${table}<ul><li>a</li><li>b</li></ul><pre>x  y\n  z</pre>`]), 20))).toEqual([
      ["Item         Price", "Lamp, large  12.50", "both", "a", "b", "x  y", "  z"],
    ]);
  });

  it("leaves out scripts and what is hidden, and says so", async () => {
    const text = await readEpub(
      epubOf([
        "<script>var a</script><p>seen</p><p style='display: none'>not <i>seen</i> at all</p><p hidden=''>no</p>",
      ]),
      20,
    );
    expect(lines(text)).toEqual([["seen"]]);
    expect(text.pages[0]?.hiddenWords).toBe(5);
  });

  it("names chapters that are pictures, that do not unpack, and those behind the limit", async () => {
    const chapters = ["<img src='cover.jpg'/>", "<p>text</p>", "<p>broken</p>", "<p>more</p>"];
    const bytes = Buffer.from(epubOf(chapters));
    // A byte in what chapter 2 was packed to.
    const at = bytes.indexOf("ch 2.xhtml") + 40;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    const text = await readEpub(bytes, 3);
    expect(text).toMatchObject({ pageCount: 4, complete: false, pages: [{ page: 2 }] });
    expect(text.skipped).toEqual([
      { page: 1, reason: "page.no-text" },
      { page: 3, reason: "page.unreadable" },
      { page: 4, reason: "page.over-limit" },
    ]);
  });

  it("from a shop is refused; locked fonts do no harm", async () => {
    await expect(readEpub(epubOf(["<p>a</p>"], [locked("OEBPS/text/ch%200.xhtml")]), 20)).rejects.toMatchObject({
      code: "document.encrypted",
    });
    expect(lines(await readEpub(epubOf(["<p>a</p>"], [locked("OEBPS/font.otf")]), 20))).toEqual([["a"]]);
  });
});
