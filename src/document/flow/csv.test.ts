import { describe, expect, it } from "vitest";
import type { DocumentText } from "../../core/index.ts";
import { readCsv } from "./csv.ts";

const lines = (text: DocumentText) => text.pages.flatMap((page) => page.lines.map((line) => line.text));
const read = (text: string | Uint8Array) => readCsv(Buffer.from(text), 20);

describe("a CSV file", () => {
  it("has a line for each record, its columns below each other", async () => {
    const text = await read("Item,Price\nScrews,12.50\nNail,3\n");
    expect(text).toMatchObject({ kind: "csv", pageCount: 1, complete: true });
    expect(lines(text)).toEqual(["Item    Price", "Screws  12.50", "Nail    3"]);
    expect(text.pages[0]?.lines[1]?.words[1]).toEqual({ text: "12.50", start: 8, end: 13, box: null });
  });

  it("is parted by what parts most of its records alike", async () => {
    expect(lines(await read("a;1,50\nb;2,50\n"))).toEqual(["a  1,50", "b  2,50"]);
    expect(lines(await read("Pos;Text;Preis\r\n1;Schraube, lang;3,50\r\n"))).toEqual([
      "Pos  Text            Preis",
      "1    Schraube, lang  3,50",
    ]);
    expect(lines(await read("a\tb\n1\t2"))).toEqual(["a  b", "1  2"]);
    expect(lines(await read("sep=|\na|b,c\n1|2,3"))).toEqual(["a  b,c", "1  2,3"]);
  });

  it("loses no cell: names twice, without names, longer than the first record, empty ones", async () => {
    expect(lines(await read("a,a,\n1,2,3,4\n\n,,x\n"))).toEqual(["a  a", "1  2  3  4", "      x"]);
  });

  it("unquotes cells, and shows their line ends as lines", async () => {
    expect(lines(await read('name,note\n"ACME, Ltd","He said ""no""\nand left"\nB,1: 2\n'))).toEqual([
      "name       note",
      'ACME, Ltd  He said "no"',
      "           and left",
      "B          1: 2",
    ]);
  });

  it("whose quotes do not close is read as text, with every character", async () => {
    for (const text of ['a,b\n"5"x,3', 'a,b\n"open,3\nc,4', "one column\nonly"]) {
      expect(await read(text)).toMatchObject({ kind: "text" });
      expect(lines(await read(text))).toEqual(text.split("\n"));
    }
  });

  it("is read in its own encoding", async () => {
    const wide = Buffer.from("\uFEFFGröße;5", "utf16le");
    for (const bytes of [
      Buffer.from("Größe;5"),
      Buffer.from("\uFEFFGröße;5"),
      wide,
      Buffer.from("Größe;5", "latin1"),
    ]) {
      expect(lines(await read(bytes))).toEqual(["Größe  5"]);
    }
  });

  it("with a line of a megabyte is read, every word of it", async () => {
    const cells = Array.from({ length: 9000 }, (_, index) => `${"x".repeat(100)}${index}`);
    for (const separator of [",", " "]) {
      const text = await read(`${cells.join(separator)}\nend,1`);
      expect(text.pages[0]?.lines.every((line) => line.text.length <= 4000)).toBe(true);
      expect(text.pages[0]?.lines.flatMap((line) => line.words).length).toBeGreaterThanOrEqual(9001);
    }
  });

  it("of white space is empty", async () => {
    await expect(read(" \n\n ")).rejects.toMatchObject({ code: "document.empty" });
    await expect(read(",,\n,,")).rejects.toMatchObject({ code: "document.empty" });
  });
});
