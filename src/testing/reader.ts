import { describe, expect, it } from "vitest";
import type { DocumentReader, ReadOptions } from "../ports/index.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const options: ReadOptions = { name: "a.txt", pagesMax: 20, bytesMax: 1_000_000, timeoutMs: 30_000 };

/** What every reader of documents promises, whatever formats it knows; plain text is one of them. */
export function readerSuite(name: string, reader: DocumentReader): void {
  describe(`reader: ${name}`, () => {
    it("gives pages and lines in order, numbered from 1, and words at their places in the line", async () => {
      const text = await reader.read(bytesOf("Invoice 4711\nTotal 12.50\fSecond page"), options);
      expect(text).toMatchObject({ pageCount: 2, complete: true, skipped: [] });
      const lines = text.pages.flatMap((page) => page.lines);
      expect(lines.map((line) => [line.page, line.line, line.text])).toEqual([
        [1, 1, "Invoice 4711"],
        [1, 2, "Total 12.50"],
        [2, 1, "Second page"],
      ]);
      for (const line of lines) {
        for (const word of line.words) expect(line.text.slice(word.start, word.end)).toBe(word.text);
        expect(line.words.map((word) => word.text).join(" ")).toBe(line.text);
      }
    });

    it("reads the same bytes the same way again", async () => {
      const read = async () => await reader.read(bytesOf("One\n\nTwo three"), options);
      expect(await read()).toEqual(await read());
    });

    it("names the pages it left out", async () => {
      const text = await reader.read(bytesOf("one\ftwo\fthree"), { ...options, pagesMax: 2 });
      expect(text).toMatchObject({
        pageCount: 3,
        complete: false,
        skipped: [{ page: 3, reason: "page.over-limit" }],
      });
      expect(text.pages.map(({ page }) => page)).toEqual([1, 2]);
    });

    it.each([
      ["no bytes", "document.empty", new Uint8Array(), {}],
      ["white space only", "document.empty", bytesOf(" \n\t\n"), {}],
      ["more bytes than are allowed", "document.too-large", bytesOf("too much"), { bytesMax: 3 }],
    ])("refuses %s by name", async (_, code, bytes, change) => {
      await expect(reader.read(bytes, { ...options, ...change })).rejects.toMatchObject({ code });
    });

    it("ends when it is told to, with the reason, and reads the next document", async () => {
      const reason = new Error("Somebody else does it.");
      const read = reader.read(bytesOf("a"), { ...options, signal: AbortSignal.abort(reason) });
      await expect(read).rejects.toBe(reason);
      expect((await reader.read(bytesOf("b"), options)).pages[0]?.lines[0]?.text).toBe("b");
    });
  });
}
