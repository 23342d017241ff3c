import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { findCurrencies } from "./currencies.ts";
import { findIbans } from "./ibans.ts";
import { findIdentifiers } from "./identifiers.ts";
import { layoutOf } from "./layout.ts";
import { findNumbers } from "./numbers.ts";
import { findVatIds } from "./vat-ids.ts";

const read = (text: string) => layoutOf(readText(new TextEncoder().encode(text), 10));

describe("account numbers", () => {
  it.each([
    ["IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000"],
    ["IBAN: DE89370400440532013000 BIC COBADEFFXXX", "DE89370400440532013000"],
    ["NL91ABNA0417164300", "NL91ABNA0417164300"],
    ["FR14 2004 1010 0505 0001 3M02 606 - BIC PSSTFRPP", "FR1420041010050500013M02606"],
    ["GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"],
    ["ES91-2100-0418-4502-0005-1332", "ES9121000418450200051332"],
    ["IBAN IT60 X054 2811 1010 0000 0123 456.", "IT60X0542811101000000123456"],
  ])("%s", (text, value) => {
    const [one] = findIbans(read(text));
    expect([one?.value, one?.traits]).toEqual([value, ["checksum"]]);
  });

  it("a wrong check digit is found, without the trait that makes it evidence", () => {
    expect(findIbans(read("IBAN DE88 3704 0044 0532 0130 00")).map((one) => one.traits)).toEqual([[]]);
  });

  it.each(["DE89 3704", "XX89 3704 0044 0532 0130 00", "ORDER 12 3456 7890 1234 5678"])("%s is none", (text) => {
    expect(findIbans(read(text))).toEqual([]);
  });
});

describe("VAT ids", () => {
  it.each([
    ["USt-IdNr. DE136695976", "DE136695976", true],
    ["TVA : FR 83 404 833 048", "FR83404833048", true],
    ["BTW NL 8200.98.395.B01", "NL820098395B01", true],
    ["VAT no. GB 980 7806 84", "GB980780684", true],
    ["UID ATU13585627 Wien", "ATU13585627", true],
    ["USt-ID: DE123456789", "DE123456789", false],
  ])("%s", (text, value, checksum) => {
    expect(findVatIds(read(text)).map((one) => [one.value, one.traits.includes("checksum")])).toEqual([
      [value, checksum],
    ]);
  });

  it.each(["DE12345", "IT is fine", "DEAL 123456789"])("%s is none", (text) => {
    expect(findVatIds(read(text))).toEqual([]);
  });
});

describe("currencies", () => {
  it.each([
    ["12,00 €", "EUR"],
    ["Beträge in EUR", "EUR"],
    ["$ 12.00", "USD"],
    ["US$ 12.00", "USD"],
    ["A$12.00", "AUD"],
    ["RM 12.00", "MYR"],
    ["RM35.40", "MYR"],
    ["Fr. 12.00", "CHF"],
    ["CHF 12.00", "CHF"],
    ["£12.00", "GBP"],
    ["Rs. 1939", "INR"],
  ])("%s", (text, value) => {
    expect(findCurrencies(read(text)).map((one) => one.value)).toEqual([value]);
  });

  it("a sign of several is that of the page's country", () => {
    const values = (text: string) => findCurrencies(read(text)).map((one) => one.value);
    expect(values("Summa 120,00 kr\nBankgiro 123-4567")).toEqual(["SEK"]);
    expect(values("I alt kr. 120,00\nCVR 12345678")).toEqual(["DKK"]);
    expect(values("Total $12.00\nABN 12 345 678 901")).toEqual(["AUD"]);
    expect(values("Total $12.00")).toEqual(["USD"]);
    expect(values("120,00 kr")).toEqual([]);
  });

  it.each(["the form", "Fr. Müller", "leicht", "Europe", "FARM 12"])("%s names none", (text) => {
    expect(findCurrencies(read(text))).toEqual([]);
  });
});

describe("numbers of something", () => {
  it.each([
    ["Rechnung RE-20260703/502", "RE-20260703/502"],
    ["INV NO: 22497", "22497"],
    ["INV#003281900229170", "003281900229170"],
    ["BILL#:V001-539327", "V001-539327"],
    ["INVOICE NO.: CS 10012", "CS 10012"],
    ["Facture n° FA-2017-0009,", "FA-2017-0009"],
    ["Beleg 2026.0042", "2026.0042"],
    ["RCPT NO.18252", "18252"],
    ["Invoice No 2026 / 17", "2026 / 17"],
  ])("%s", (text, value) => {
    expect(findIdentifiers(read(text)).map((one) => one.value)).toContain(value);
  });
});

describe("plain numbers", () => {
  it("are quantities without padding and shares with their sign", () => {
    const found = findNumbers(read("2,00 Stk  0,50 h  19,0 %  1.000,00"));
    expect(found.map((one) => [one.value, one.traits.includes("percent")])).toEqual([
      ["2", false],
      ["0.5", false],
      ["19", true],
      ["1000", false],
    ]);
  });
});
