import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { findDates, isoOf } from "./dates.ts";
import { layoutOf } from "./layout.ts";

const found = (text: string) => findDates(layoutOf(readText(new TextEncoder().encode(text), 10)));
const values = (text: string) => found(text).map((one) => one.value);

describe("dates are read in every printed form", () => {
  it.each([
    ["2026-03-05", "2026-03-05"],
    ["2026/03/05", "2026-03-05"],
    ["20260305", "2026-03-05"],
    ["25/03/2026", "2026-03-25"],
    ["25.03.26", "2026-03-25"],
    ["25. 3. 2026", "2026-03-25"],
    ["25-03-2026", "2026-03-25"],
    ["03/25/2026", "2026-03-25"],
    ["5. März 2026", "2026-03-05"],
    ["5 mars 2026", "2026-03-05"],
    ["1er août 2026", "2026-08-01"],
    ["5 maart 2026", "2026-03-05"],
    ["12 de diciembre de 2026", "2026-12-12"],
    ["3 gennaio 2026", "2026-01-03"],
    ["March 5, 2026", "2026-03-05"],
    ["Mar 5 2026", "2026-03-05"],
    ["5th of March 2026", "2026-03-05"],
    ["05-MAR-26", "2026-03-05"],
    ["05MAR2026", "2026-03-05"],
    ["DATE:25/03/201807:07PM", "2018-03-25"],
    ["25/03/18 19:07", "2018-03-25"],
    ["29.02.2024", "2024-02-29"],
    ["the 3rd day of May, 2011", "2011-05-03"],
    ["3 rd of May 2011", "2011-05-03"],
    ["0012 25032018  13:11", "2018-03-25"],
    ["07/05-2026", "2026-05-07"],
  ])("%s", (text, value) => {
    expect(values(text)).toEqual([value]);
  });

  it("a range without blanks is two", () => {
    expect(values("25/02/20-28/03/20")).toEqual(["2020-02-25", "2020-03-28"]);
    expect(values("25/02/2020-28/03/2020")).toEqual(["2020-02-25", "2020-03-28"]);
  });

  it.each([
    "25032018",
    "31.02.2026",
    "29.02.2025",
    "13/13/2026",
    "1.234,56",
    "192.168.10.20",
    "07-5547360",
    "2026",
    "12:30:45",
    "00/00/0000",
  ])("%s is no date", (text) => {
    expect(values(text)).toEqual([]);
  });
});

describe("a date that can be read two ways", () => {
  it("follows an unmistakable date of the same page", () => {
    expect(values("Invoice 03/05/2026\nDelivery 25/04/2026")).toEqual(["2026-05-03", "2026-04-25"]);
    expect(values("Invoice 03/05/2026\nDelivery 04/25/2026")).toEqual(["2026-03-05", "2026-04-25"]);
  });

  it("follows the language of the page", () => {
    expect(values("Facture du 03/05/2026, montant TVA")).toEqual(["2026-05-03"]);
  });

  it("gives both readings where nothing decides, and says which is unlikely", () => {
    const both = found("Invoice 03/05/2026");
    expect(both.map((one) => [one.value, one.traits.includes("unlikely")])).toEqual([
      ["2026-05-03", false],
      ["2026-03-05", true],
    ]);
    expect(both.every((one) => one.traits.includes("ambiguous"))).toBe(true);
  });

  it("puts the month first where dollars and an American address stand", () => {
    expect(values("Austin, TX 78701\nInvoice 03/05/2026\nTotal $12.00")[0]).toBe("2026-03-05");
  });

  it("reads points as day first without doubt", () => {
    expect(found("03.05.2026").map((one) => [one.value, one.traits])).toEqual([["2026-05-03", []]]);
  });
});

describe("printing and reading a date gives the date back", () => {
  it("for every day of two years in five forms", () => {
    for (let at = Date.UTC(2023, 0, 1); at < Date.UTC(2025, 0, 1); at += 86_400_000) {
      const iso = new Date(at).toISOString().slice(0, 10);
      const [y = "", m = "", d = ""] = iso.split("-");
      const month = new Date(at).toLocaleDateString("en-GB", { month: "long", timeZone: "UTC" });
      for (const text of [
        iso,
        `${d}.${m}.${y}`,
        `${y}${m}${d}`,
        `${Number(d)} ${month} ${y}`,
        `${month} ${Number(d)}, ${y}`,
      ]) {
        expect(values(text)).toEqual([iso]);
      }
    }
  });

  it("two-digit years lie between 1970 and 2069", () => {
    expect([isoOf("69", "1", "2"), isoOf("70", "1", "2")]).toEqual(["2069-01-02", "1970-01-02"]);
  });
});
