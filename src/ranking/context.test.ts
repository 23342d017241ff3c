import { describe, expect, it } from "vitest";
import { type Candidate, findDates, findIdentifiers, findMoney, layoutOf } from "../candidates/index.ts";
import { readText } from "../document/flow/text.ts";
import { contextOf } from "./context.ts";
import { surveyOf } from "./survey.ts";

const read = (text: string) => layoutOf(readText(new TextEncoder().encode(text), 10));

function labels(text: string, find: (layout: ReturnType<typeof read>) => readonly Candidate[], value: string) {
  const layout = read(text);
  const candidate = find(layout).find((one) => one.value === value);
  if (candidate === undefined) throw new Error(`${value} is not found in ${text}`);
  const { left, above, prior, section } = contextOf(layout, candidate);
  return { left: left.text, hops: left.hops, above: above.text, prior: prior.text, section: section.text };
}

describe("the label of a value", () => {
  it("stands to its left, also past a colon, a currency and a wide gap", () => {
    expect(labels("Total due :        EUR  12,00", findMoney, "12.00").left).toBe("Total due :");
  });

  it("is the nearest of several on a row", () => {
    const row = "DOC NO. : CS00004040  DATE: 11/01/2019";
    expect(labels(row, findDates, "2019-01-11").left).toBe("DATE:");
    expect(labels(row, findIdentifiers, "CS00004040").left).toBe("DOC NO. :");
    expect(labels("INV NO: 388171 DATE: 20/10/2016", findDates, "2016-10-20").left).toBe("DATE:");
  });

  it("may lie beyond other values, which are counted", () => {
    const { left, hops } = labels("VAT 7 %   275,00   19,25", findMoney, "19.25");
    expect([left, hops]).toEqual(["VAT 7 %", 1]);
    expect(labels("VAT 7%   275,00   19,25", findMoney, "275.00").hops).toBe(0);
  });

  it("stands above in the same column", () => {
    const table = "Net          VAT         Total\n100,00       19,00       119,00";
    expect(labels(table, findMoney, "19.00").above).toBe("VAT");
    expect(labels(table, findMoney, "119.00").above).toBe("Total");
  });

  it("stands further left in the row above where labels have rows of their own", () => {
    expect(
      labels("Street 1        Invoice number\nTown                            471102", findIdentifiers, "471102").prior,
    ).toBe("Invoice number");
  });

  it("reaches over the number it shares with another value", () => {
    expect(labels("Rechnung RE-77 vom 18.11.2017", findDates, "2017-11-18").left).toBe("Rechnung vom");
  });

  it("of a block is the heading above it", () => {
    const page =
      "Bill to            Seller\nNordwind GmbH      Talweg AG\nAm Hafen 3         Talweg 9\n20457 Hamburg      2026-03-05";
    expect(labels(page, findDates, "2026-03-05").section).toBe("Seller");
  });
});

describe("the labels of a value in running text", () => {
  const text = `7. Governing law. This agreement is governed by, and construed under, the laws of the State of
Delaware. It shall remain in effect for a period of two (2) years from the date of its signature, and not longer.`;
  const survey = surveyOf(readText(new TextEncoder().encode(text), 10));

  it("are the words before and after it, over line breaks and within its sentence", () => {
    const [place] = survey.candidates("place");
    const [duration] = survey.candidates("duration");
    if (place === undefined || duration === undefined) throw new Error("nothing found");
    expect(survey.context(place).left.text).toMatch(/construed under, the laws of the State of$/);
    expect(survey.context(place).left.meaning.has("law")).toBe(true);
    expect(survey.context(duration).left.text).toBe("It shall remain in effect for a period of");
    expect(survey.context(duration).right.text).toMatch(/^from the date of its signature/);
  });
});
