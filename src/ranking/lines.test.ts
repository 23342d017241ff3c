import { describe, expect, it } from "vitest";
import { z } from "zod";
import { money } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import { fieldsOf } from "./fields.ts";
import { proposeLines } from "./lines.ts";
import { surveyOf } from "./survey.ts";

const Bill = z.object({
  lines: z.array(
    z.object({
      description: z.string().meta({ weir: "text" }),
      quantity: z.string().meta({ weir: "decimal" }),
      unitPrice: money(),
      amount: money(),
    }),
  ),
});

/** The lines of a text as rows of description, quantity, unit price, amount. */
function linesOf(text: string): readonly (readonly unknown[])[] {
  const proposals = proposeLines(fieldsOf(Bill), surveyOf(readText(new TextEncoder().encode(text), 10)));
  const rows = Object.values(Object.groupBy(proposals, ({ path }) => path.split(".")[1] ?? ""));
  return rows.map((row) => (row ?? []).map(({ value }) => value));
}

describe("line items", () => {
  it("are the rows between the heading and the sums", () => {
    const text = `Pos  Description      Qty   Unit price   Amount
1    Steel bracket      2        10.00     20.00
2    Copper pipe        3         5.00     15.00
     Subtotal                              35.00`;
    expect(linesOf(text)).toEqual([
      ["Steel bracket", "2", "10.00", "20.00"],
      ["Copper pipe", "3", "5.00", "15.00"],
    ]);
  });

  it("have their name in the row above, as tills print it", () => {
    const text = `HARBOUR SHOP
Coffee house blend 1 kg
  2 x 13.10                 26.20
Sparkling water 0,75 l
  1 x 2.50                   2.50
SUB TOTAL               AUD 28.70`;
    expect(linesOf(text)).toEqual([
      ["Coffee house blend 1 kg", "2", "13.10", "26.20"],
      ["Sparkling water 0,75 l", "1", "2.50", "2.50"],
    ]);
  });

  it("go on after a sum that is carried forward to the next page", () => {
    const text = `Description          Qty   Unit price   Amount
Steel bracket 40x40     2        10.00     20.00
Carried forward                            20.00
Nordwind Ltd            Invoice 17
Description          Qty   Unit price   Amount
Carried forward                            20.00
Copper pipe 15 mm       3         5.00     15.00
Total                                      35.00`;
    expect(linesOf(text)).toEqual([
      ["Steel bracket 40x40", "2", "10.00", "20.00"],
      ["Copper pipe 15 mm", "3", "5.00", "15.00"],
    ]);
  });

  it("end at a sum that stands right of the descriptions, whatever it is called", () => {
    const text = `Description          Qty   Unit price   Amount
Steel bracket           2        10.00     20.00
                              Xyzbedrag    20.00
                              Reiskosten    5.00`;
    expect(linesOf(text)).toEqual([["Steel bracket", "2", "10.00", "20.00"]]);
  });

  it("are read in text without gaps by what multiplies", () => {
    const text = `Produkt Menge Preis/Einheit Gesamt
Arbeitsstunde Meister 8,00 Std. 59,95 479,60
Kupferrohr 15 mm 2,00 Stk. 23,00 46,00
Summe 525,60`;
    expect(linesOf(text)).toEqual([
      ["Arbeitsstunde Meister", "8", "59.95", "479.60"],
      ["Kupferrohr 15 mm", "2", "23.00", "46.00"],
    ]);
  });

  it("have descriptions that go on in the rows below", () => {
    const text = `Bezeichnung          Menge   Einzelpreis   Gesamt
Beratung vor Ort         2        100,00    200,00
im Werk Nord
Nettobetrag                                 200,00`;
    expect(linesOf(text)).toEqual([["Beratung vor Ort im Werk Nord", "2", "100.00", "200.00"]]);
  });

  it("find quantity and price by their product where headings do not say", () => {
    const text = `Description            Total\nCoffee  2 x 3.50       7.00\nTea  1 x 2.50       2.50\nTOTAL                  9.50`;
    expect(linesOf(text).map((line) => line.slice(1))).toEqual([
      ["2", "3.50", "7.00"],
      ["1", "2.50", "2.50"],
    ]);
  });

  it("do without a heading, up to the first sum", () => {
    expect(
      linesOf("Corner Shop\nMilk 1L   3.20\nBread     2.80\nTOTAL     6.00\nCASH     10.00").map((line) => line[3]),
    ).toEqual(["3.20", "2.80"]);
  });

  it("do not take a summary of taxes for items", () => {
    const text = `Description      Qty   Price   Amount\nSteel bracket      2   10.00    20.00\nTotal                          20.00
Tax summary   Rate   Base   Amount\nStandard       19 %   16.81    3.19`;
    expect(linesOf(text)).toHaveLength(1);
  });

  it("of a page without any are none", () => {
    expect(linesOf("Dear reader,\nthere is nothing to pay.")).toEqual([]);
  });
});
