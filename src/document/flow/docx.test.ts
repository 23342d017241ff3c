import { describe, expect, it } from "vitest";
import type { DocumentText } from "../../core/index.ts";
import {
  cell,
  docxEntries,
  docxOf,
  pageBreak,
  paragraph,
  row,
  run,
  table,
  zipOf,
} from "../../../test/support/office/index.ts";
import { readDocx } from "./docx.ts";

const lines = (text: DocumentText) => text.pages.map((page) => page.lines.map((line) => line.text));
const read = (...content: Parameters<typeof docxOf>) => readDocx(docxOf(...content), 20);

describe("a Word document", () => {
  it("has a line for each paragraph, with words at their offsets and no boxes", async () => {
    const text = await read(
      paragraph("Rechnung 4711", '<w:pStyle w:val="Heading1"/>') + paragraph("Größe &amp; Preis"),
    );
    expect(text).toMatchObject({ kind: "docx", pageCount: 1, complete: true, skipped: [] });
    expect(lines(text)).toEqual([["Rechnung 4711", "Größe & Preis"]]);
    expect(text.pages[0]).toMatchObject({ size: null, lines: [{ box: null }, { box: null }] });
    expect(text.pages[0]?.lines[0]?.words[1]).toEqual({ text: "4711", start: 9, end: 13, box: null });
  });

  it("joins runs without a gap and keeps breaks and tabs", async () => {
    const content = `${run("Rech")}${run("nung")}<w:r><w:br/></w:r>${run("Total:")}<w:r><w:tab/></w:r>${run("5")}`;
    expect(lines(await read(paragraph(content)))).toEqual([["Rechnung", "Total:  5"]]);
    expect(lines(await read(paragraph(`${run("seven77")}<w:r><w:tab/></w:r>${run("5")}`)))).toEqual([["seven77  5"]]);
  });

  it("sets the cells of a table below each other, with two spaces or more between them", async () => {
    const text = await read(
      table(
        row(cell("Pos"), cell("Description"), cell("Amount")),
        row(cell("1"), cell(paragraph("Screws") + paragraph("zinc")), cell("12.50")),
        row(cell("Sum", '<w:gridSpan w:val="2"/>'), cell("12.50")),
      ),
    );
    expect(lines(text)).toEqual([
      ["Pos  Description  Amount", "1    Screws       12.50", "     zinc", "Sum               12.50"],
    ]);
  });

  it("keeps a table within a table", async () => {
    const inner = table(row(cell("a"), cell("b")));
    expect(lines(await read(table(row(cell(`${inner}<w:p/>`), cell("c")))))).toEqual([["a  b  c"]]);
  });

  it("starts a page at each break, told by the author or by Word, and at none twice", async () => {
    const rendered = `<w:r><w:lastRenderedPageBreak/></w:r>`;
    const text = await read(
      `${paragraph("one")}${pageBreak}${paragraph(rendered + run("two"))}` +
        `${paragraph("three", "<w:pageBreakBefore/>")}${paragraph(run("begins") + rendered + run(" and ends"))}${paragraph("four")}`,
    );
    expect(lines(text)).toEqual([["one"], ["two"], ["three", "begins and ends"], ["four"]]);
  });

  it("parts a table where a page ends", async () => {
    const broken = paragraph(`<w:r><w:lastRenderedPageBreak/></w:r>${run("b")}`);
    const text = await read(table(row(cell("a"), cell("1")), row(cell(broken), cell("2")), row(cell("c"), cell("3"))));
    expect(lines(text)).toEqual([["a  1"], ["b  2", "c  3"]]);
  });

  it("has the letterhead: headers and footers on the first page, once each", async () => {
    const text = await read(paragraph("body") + pageBreak + paragraph("end"), {
      headers: { default: paragraph("ACME Ltd"), first: paragraph("ACME first"), even: paragraph("ACME even") },
      footers: { default: paragraph("VAT GB123") },
      section: "<w:titlePg/>",
    });
    expect(lines(text)).toEqual([["ACME Ltd", "ACME first", "body", "VAT GB123"], ["end"]]);
  });

  it("leaves out headers that are not shown", async () => {
    const headers = { first: paragraph("never"), even: paragraph("even") };
    expect(lines(await read(paragraph("body"), { headers }))).toEqual([["body"]]);
    const settings = "<w:evenAndOddHeaders/>";
    expect(lines(await read(paragraph("body"), { headers, settings }))).toEqual([["even", "body"]]);
  });

  it("has text boxes once, behind their paragraph, and notes at the end", async () => {
    const box = `<w:txbxContent>${paragraph("boxed")}</w:txbxContent>`;
    const both = `<w:r><mc:AlternateContent><mc:Choice>${box}</mc:Choice><mc:Fallback>${box}</mc:Fallback></mc:AlternateContent></w:r>`;
    const text = await read(paragraph(`${run("be")}${both}${run("fore")}`) + pageBreak + paragraph("last"), {
      footnotes: `<w:footnote w:id="1">${paragraph("a note")}</w:footnote>`,
    });
    expect(lines(text)).toEqual([
      ["before", "boxed"],
      ["last", "a note"],
    ]);
  });

  it("leaves out what is deleted, and codes of fields", async () => {
    const changed = `<w:del>${run("old").replaceAll("w:t", "w:delText")}</w:del><w:ins>${run("new")}</w:ins>`;
    const moved = `<w:moveFrom>${run("elsewhere")}</w:moveFrom>`;
    const field = `<w:r><w:instrText>PAGE</w:instrText></w:r>`;
    expect(lines(await read(paragraph(changed + moved + field)))).toEqual([["new"]]);
  });

  it("leaves out text that nobody sees, and says so", async () => {
    const white = '<w:color w:val="FFFFFF"/>';
    const text = await read(
      paragraph(run("Total 10.00") + run(" Total 99.00", "<w:vanish/>")) +
        paragraph(run("Total 98.00", white)) +
        paragraph(run("Total 97.00", '<w:sz w:val="1"/>')) +
        paragraph(run("shaded", white), '<w:shd w:fill="000080"/>') +
        paragraph(run("not vanished", '<w:vanish w:val="0"/><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>')) +
        paragraph(run("the mark only"), "<w:rPr><w:vanish/></w:rPr>") +
        table(row(cell(paragraph(run("head", white))))),
    );
    expect(lines(text)).toEqual([["Total 10.00", "shaded", "not vanished", "the mark only", "head"]]);
    expect(text.pages[0]?.hiddenWords).toBe(6);
  });

  it("names pages behind the limit", async () => {
    const text = await readDocx(docxOf(paragraph("one") + pageBreak + paragraph("two")), 1);
    expect(text).toMatchObject({ pageCount: 2, complete: false, skipped: [{ page: 2, reason: "page.over-limit" }] });
  });

  it("without text is refused", async () => {
    await expect(read("<w:p/>")).rejects.toMatchObject({ code: "document.empty" });
    await expect(read(paragraph("<w:r><w:drawing/></w:r>"))).rejects.toMatchObject({ code: "document.no-text" });
  });

  it("is read the same under other prefixes", async () => {
    const renamed = docxEntries(table(row(cell("a"), cell("b")))).map(({ name, data }) => {
      return { name, data: String(data).replaceAll(/(<\/?|:| )w:/g, "$1ns0:") };
    });
    expect(lines(await readDocx(zipOf(renamed), 20))).toEqual([["a  b"]]);
  });
});
