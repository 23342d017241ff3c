import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { Invoice } from "../../workflows/invoice/schema.ts";
import { fieldsOf } from "./fields.ts";
import { proposeFrom } from "./propose.ts";
import type { Proposal } from "./proposal.ts";
import { proven } from "./proven.ts";
import { surveyOf } from "./survey.ts";

const ranker = {
  schema: "weir.ranker/1",
  learned: { from: "nothing", on: "2026-11-22", documents: 0 },
  paths: {},
  types: {},
} as const;
const fields = fieldsOf(Invoice);

function saying(proposal: Proposal, value: string | null): Proposal {
  return { ...proposal, value };
}

/** What is proven when the given values are proposed for the text. */
function proofsFor(text: string, values: Readonly<Record<string, string>>) {
  const survey = surveyOf(readText(new TextEncoder().encode(text), 10));
  const proposals = proposeFrom(survey, fields, { ranker }).map((one) => saying(one, values[one.path] ?? null));
  return [...proven(proposals, survey).keys()].toSorted();
}

const bill = (rows: string) => `Invoice No. A-1001\nInvoice date: 2026-03-25\n${rows}`;
const sums = { net: "100.00", tax: "19.00", total: "119.00" };

describe("sums are proven", () => {
  it("when net and tax are the total, each beside its own label, at a tax rate", () => {
    expect(proofsFor(bill("Net   100.00\nVAT 19 %   19.00\nTotal   119.00"), sums)).toEqual(["net", "tax", "total"]);
    expect(proofsFor(bill("Netto 100,00\nzzgl. MwSt 19,00\nBrutto 119,00"), sums)).toEqual(["net", "tax", "total"]);
  });

  it("together with the amount due that follows from them", () => {
    const text = bill("Net 100.00\nVAT 19.00\nTotal 119.00\nDeposit paid 19.00\nAmount due 100.00");
    expect(proofsFor(text, { ...sums, amountDue: "100.00" })).toContain("amountDue");
    expect(proofsFor(text, { ...sums, amountDue: "119.00" })).not.toContain("amountDue");
  });

  it("not when they do not add up", () => {
    expect(
      proofsFor(bill("Net 300.00\nVAT 57.00\nTotal 375.00"), { net: "300.00", tax: "57.00", total: "375.00" }),
    ).toEqual([]);
  });

  it("not when a label is missing or says something else", () => {
    expect(proofsFor(bill("Something 100.00\nVAT 19.00\nTotal 119.00"), sums)).toEqual([]);
    expect(proofsFor(bill("Net 100.00\nDiscount 19.00\nTotal 119.00"), sums)).toEqual([]);
  });

  it("not when another amount calls itself the total", () => {
    expect(proofsFor(bill("Net 100.00\nVAT 19.00\nTotal 119.00\nGrand total 150.00"), sums)).toEqual([]);
  });

  it("not when the total is rounded afterwards", () => {
    expect(proofsFor(bill("Net 100.00\nVAT 19.00\nTotal 119.00\nRounding 0.02"), sums)).toEqual([]);
  });

  it("not when only the part of one tax rate is proposed", () => {
    const text = bill("Net 100.00\nVAT 19.00\nTotal 119.00\nNet total 300.00\nVAT total 57.00\nTotal 357.00");
    expect(proofsFor(text, sums)).toEqual([]);
  });
});

describe("a receipt's total is proven by cash and change", () => {
  it("and not without change, nor when it differs", () => {
    const text = "TOTAL 35.40\nCASH 50.00\nCHANGE 14.60";
    expect(proofsFor(text, { total: "35.40" })).toEqual(["total"]);
    expect(proofsFor("TOTAL 35.40\nCASH 35.40\nCHANGE 0.00", { total: "35.40" })).toEqual([]);
    expect(proofsFor("TOTAL 35.40\nCASH 50.00\nCHANGE 14.00", { total: "35.40" })).toEqual([]);
  });
});

describe("an IBAN is proven", () => {
  it("when it is the only one, its check digits are right and it is called one", () => {
    expect(proofsFor("IBAN: DE89 3704 0044 0532 0130 00", { iban: "DE89370400440532013000" })).toEqual(["iban"]);
  });

  it.each([
    "IBAN: DE88 3704 0044 0532 0130 00",
    "Code DE89 3704 0044 0532 0130 00",
    "IBAN DE89 3704 0044 0532 0130 00\nIBAN NL91 ABNA 0417 1643 00",
  ])("not otherwise: %s", (text) => {
    expect(proofsFor(text, { iban: "DE89370400440532013000" })).toEqual([]);
  });
});

describe("a date is proven by a label of its own", () => {
  it("when nothing else has that label and it reads one way", () => {
    expect(
      proofsFor("Invoice date: 25.03.2026\nDue date: 25.04.2026", { issuedOn: "2026-03-25", dueOn: "2026-04-25" }),
    ).toEqual(["dueOn", "issuedOn"]);
  });

  it.each([
    "Invoice date: 03/05/2026",
    "Order date: 25.03.2026",
    "Invoice date: 25.03.2026\nInvoice date: 26.03.2026",
    "Invoice date 25.03.2026 through the end of the following year",
    "25.03.2026",
  ])("not otherwise: %s", (text) => {
    expect(proofsFor(text, { issuedOn: text.includes("/") ? "2026-05-03" : "2026-03-25" })).toEqual([]);
  });
});

describe("a number is proven when its own label and a second place say so", () => {
  it("and not from one place", () => {
    expect(proofsFor("Invoice No. A-1001\nPlease quote A-1001", { number: "A-1001" })).toEqual(["number"]);
    expect(proofsFor("Invoice No. A-1001", { number: "A-1001" })).toEqual([]);
    expect(proofsFor("Order No. A-1001\nPlease quote A-1001", { number: "A-1001" })).toEqual([]);
  });
});
