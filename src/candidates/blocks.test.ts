import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { findAddresses } from "./addresses.ts";
import { candidatesMax } from "./candidate.ts";
import { findCurrencies } from "./currencies.ts";
import { findDates } from "./dates.ts";
import { findIbans } from "./ibans.ts";
import { findIdentifiers } from "./identifiers.ts";
import { layoutOf, rowCharsMax } from "./layout.ts";
import { findMoney } from "./money.ts";
import { findNames } from "./names.ts";
import { findNumbers } from "./numbers.ts";
import { findOptions, findText } from "./texts.ts";
import { findVatIds } from "./vat-ids.ts";

const read = (text: string) => layoutOf(readText(new TextEncoder().encode(text), 10));

describe("names of companies and people", () => {
  const names = (text: string) => findNames(read(text)).map((one) => one.value);

  it("stand in cells, between bullets and after labels", () => {
    expect(names("Nordwind Handels GmbH      Invoice")).toEqual(["Nordwind Handels GmbH", "Invoice"]);
    expect(names("Nordwind GmbH • Am Hafen 3 • 20457 Hamburg")).toContain("Nordwind GmbH");
    expect(names("Nordwind SARL - 3 quai du port - 13002 Marseille")).toContain("Nordwind SARL");
    expect(names("Seller: Nordwind Ltd")).toContain("Nordwind Ltd");
  });

  it("go on in the next line", () => {
    expect(names("NORDWIND HARDWARE\nENTERPRISE")).toContain("NORDWIND HARDWARE ENTERPRISE");
    expect(names("NORDWIND ENTERPRISE (PORT\nKLANG) SDN BHD")).toContain("NORDWIND ENTERPRISE (PORT KLANG) SDN BHD");
    expect(names("THE\nHARBOUR\nBREAD\nROOM")).toContain("THE HARBOUR BREAD ROOM");
    expect(names("Nordwind GmbH\nHafenstadt")).not.toContain("Nordwind GmbH Hafenstadt");
  });

  it("go on below a label's cell, and over a dash", () => {
    const text = "Advertiser: Friends of Mira for\nDistrict CD-1";
    expect(names(text)).toContain("Friends of Mira for District CD-1");
    expect(names("Client: Vogel, Mira - Harbour District")).toContain("Vogel, Mira - Harbour District");
  });

  it("have their legal form behind a wide gap, and their number in brackets", () => {
    expect(names("NORDWIND SDN  BHD")).toContain("NORDWIND SDN BHD");
    expect(names("NORDWIND TRADING  SDN BHD")).toContain("NORDWIND TRADING SDN BHD");
    expect(names("Nordwind Party (72141)")).toEqual(
      expect.arrayContaining(["Nordwind Party", "Nordwind Party (72141)"]),
    );
    expect(names("NORDWIND SDN BHD (CO. NO:20154-T)")).toContain("NORDWIND SDN BHD");
  });

  it("end before a registration number", () => {
    expect(names("NORDWIND SDN BHD (123456-X)")).toContain("NORDWIND SDN BHD");
    expect(names("NORDWIND SDN BHD 123456-X (KL)")).toContain("NORDWIND SDN BHD");
    expect(names("NORDWIND (M) SDN BHD")).toContain("NORDWIND (M) SDN BHD");
  });
});

describe("addresses", () => {
  const addresses = (text: string) => findAddresses(read(text)).map((one) => one.value);

  it.each([
    ["Nordwind GmbH\nAm Hafen 3\n20457 Hamburg", "Am Hafen 3, 20457 Hamburg"],
    ["Nordwind SARL\n3 quai du Port\n13002 Marseille\nFrance", "3 quai du Port, 13002 Marseille, France"],
    ["Nordwind BV\nHavenstraat 3\n1012 AB Amsterdam", "Havenstraat 3, 1012 AB Amsterdam"],
    ["Nordwind Inc\n3 Harbour Rd\nAustin, TX 78701", "3 Harbour Rd, Austin, TX 78701"],
    ["Nordwind Pty\n3 Harbour Rd\nPerth WA 6000", "3 Harbour Rd, Perth WA 6000"],
    ["Nordwind Inc, 7 Harbour St, Suite 3, Austin, TX 78701", "7 Harbour St, Suite 3, Austin, TX 78701"],
    ["Nordwind GmbH | Am Hafen 3 | 20457 Hamburg", "Am Hafen 3, 20457 Hamburg"],
    ["Nordwind SARL - 3 quai du Port - 13002 Marseille", "3 quai du Port, 13002 Marseille"],
    ["   3 Harbour Road West\n   20457 HAMBURG-ALTONA", "3 Harbour Road West, 20457 HAMBURG-ALTONA"],
    ["Nordwind Ltd\n3 Harbour Rd\nLondon EC1A 1BB", "3 Harbour Rd, London EC1A 1BB"],
    [
      "Nordwind\nNO: 7, JALAN HUJUNG,\nTAMAN LAUT, 40000\nSHAH ALAM",
      "NO: 7, JALAN HUJUNG, TAMAN LAUT, 40000, SHAH ALAM",
    ],
    ["Nordwind\n(123456-X)\n7, SS9/1A,\nDAMANSARA\nTEL: 03-123", "7, SS9/1A, DAMANSARA"],
    ["7, JALAN HUJUNG,\n40000 KLANG. TEL: 03-1234567\nTAX INVOICE", "7, JALAN HUJUNG, 40000 KLANG."],
    ["Head office: LOT 7, BATU 2,\n40000 KLANG", "LOT 7, BATU 2, 40000 KLANG"],
    ["LOT 7, BATU 2\n40000 KLANG  SITE 12", "LOT 7, BATU 2, 40000 KLANG SITE 12"],
  ])("%s", (text, value) => {
    expect(addresses(text)).toContain(value);
  });

  it.each([
    "TAX INVOICE\nCASHIER 3",
    "COFFEE 2 x 3.50\nTEA 1",
    "Tel 03-1234567",
    "(123456-X)",
    "12:30 TABLE 7",
    "12 March 2024",
    "Date: 3. Januar 2026",
  ])("%s is none", (text) => {
    expect(addresses(text)).toEqual([]);
  });

  it("stay in their column", () => {
    const text = "Nordwind GmbH        Buyer AG\nAm Hafen 3           Talweg 9\n20457 Hamburg        80333 München";
    expect(addresses(text)).toContain("Am Hafen 3, 20457 Hamburg");
    expect(addresses(text)).toContain("Talweg 9, 80333 München");
  });

  it("have a span for every line", () => {
    const found = findAddresses(read("Am Hafen 3\n20457 Hamburg")).find((one) => one.value.startsWith("Am Hafen 3,"));
    expect(found?.spans.map((span) => [span.line, span.text])).toEqual([
      [1, "Am Hafen 3"],
      [2, "20457 Hamburg"],
    ]);
  });
});

describe("strings of no known kind", () => {
  it("are cells and what follows a label", () => {
    expect(findText(read("Terms: net 30 days    paid")).map((one) => one.value)).toEqual([
      "Terms: net 30 days",
      "net 30 days",
      "paid",
    ]);
  });

  it("options are found as whole words", () => {
    const found = findOptions(read("Priority: HIGH\nhighway"), ["low", "high"]);
    expect(found.map((one) => [one.value, one.text])).toEqual([["high", "HIGH"]]);
  });
});

describe("the grid", () => {
  it("counts columns in characters for plain text and keeps cells apart at wide gaps", () => {
    const [row] = read("Total   12,00 €").rows;
    expect(row?.cells.map(({ text, left, right }) => [text, left, right])).toEqual([
      ["Total", 0, 5],
      ["12,00 €", 8, 15],
    ]);
  });

  it("counts columns in average character widths for pages with boxes", () => {
    const word = (text: string, start: number, x: number) =>
      ({ text, start, end: start + text.length, box: [x, 100, text.length * 6, 10] }) as const;
    const words = [word("Total", 0, 60), word("12,00", 7, 300)];
    const line = { page: 1, line: 1, text: "Total  12,00", words, box: [60, 100, 270, 10] } as const;
    const layout = layoutOf({
      kind: "pdf",
      pageCount: 1,
      pages: [{ page: 1, size: { width: 600, height: 800 }, lines: [line] }],
      complete: true,
      skipped: [],
    });
    expect(layout.width).toBe(100);
    expect(layout.rows[0]?.cells.map(({ left, right }) => [left, right])).toEqual([
      [10, 15],
      [50, 55],
    ]);
  });

  it("cuts a cell where its text runs into the next column", () => {
    const word = (text: string, start: number, x: number) =>
      ({ text, start, end: start + text.length, box: [x, 100, text.length * 6, 10] }) as const;
    const line = (at: number, words: readonly ReturnType<typeof word>[], text: string) =>
      ({ page: 1, line: at, text, words, box: [60, 100 + at * 12, 400, 10] }) as const;
    const lines = [
      line(1, [word("Harbour", 0, 60), word("Invoice", 11, 300), word("A-17", 19, 345)], "Harbour    Invoice A-17"),
      line(2, [word("Nordwind", 0, 60), word("Party", 9, 265), word("Date", 15, 300)], "Nordwind Party Date"),
    ];
    const layout = layoutOf({
      kind: "pdf",
      pageCount: 1,
      pages: [{ page: 1, size: { width: 600, height: 800 }, lines }],
      complete: true,
      skipped: [],
    });
    expect(layout.rows[1]?.cells.map(({ text }) => text)).toEqual(["Nordwind Party", "Date"]);
  });

  it("wraps long lines and loses nothing", () => {
    const text = "word 12,50 ".repeat(200).trim();
    const { rows } = read(text);
    expect(rows.every((row) => row.text.length <= rowCharsMax)).toBe(true);
    expect(
      rows
        .map((row) => row.text)
        .join("")
        .replaceAll(" ", ""),
    ).toBe(text.replaceAll(" ", ""));
    expect(rows.every((row) => row.line.text.slice(row.offset, row.offset + row.text.length) === row.text)).toBe(true);
  });
});

describe("hostile text costs time in proportion to its length", () => {
  const finders = [
    findMoney,
    findDates,
    findIdentifiers,
    findIbans,
    findVatIds,
    findCurrencies,
    findNames,
    findNumbers,
    findAddresses,
    findText,
  ];
  it.each(["1", "1.", "1 ", "DE12 ", "a/", "(", "1,1", "12/", " -", "A1B2", "€", "20260305", "x: ", "GmbH "])(
    "a quarter of a megabyte of %j",
    (piece) => {
      const layout = read(piece.repeat(Math.ceil(250_000 / piece.length)));
      const begin = performance.now();
      for (const find of finders) expect(find(layout).length).toBeLessThanOrEqual(candidatesMax + 2 * rowCharsMax);
      expect(performance.now() - begin).toBeLessThan(4_000);
    },
  );
});
