import { describe, expect, it } from "vitest";
import { readText } from "../document/flow/text.ts";
import { parseAmount } from "./amounts.ts";
import { layoutOf } from "./layout.ts";
import { findMoney } from "./money.ts";

const read = (text: string) => layoutOf(readText(new TextEncoder().encode(text), 10));
const values = (text: string) => findMoney(read(text)).map((one) => one.value);

describe("amounts are read exactly in every printed form", () => {
  it.each([
    ["Total 1.234,56 EUR", "1234.56"],
    ["Total 1,234.56", "1234.56"],
    ["Total 1 234,56 €", "1234.56"],
    ["Total 1\u202f234,56 €", "1234.56"],
    ["Total CHF 1'234.56", "1234.56"],
    ["Total CHF 1’234’567.05", "1234567.05"],
    ["Summe 12,- €", "12.00"],
    ["Summe 12.-- CHF", "12.00"],
    ["Summe 12,– EUR", "12.00"],
    ["TOTAL RM35.40", "35.40"],
    ["TOTAL  RM 35.40", "35.40"],
    ["Total $1,939", "1939.00"],
    ["Total 300 EUR", "300.00"],
    ["Betrag -12,50", "-12.50"],
    ["Betrag −12,50 €", "-12.50"],
    ["Betrag 12,50- €", "-12.50"],
    ["Betrag € -12,50", "-12.50"],
    ["Betrag   - 5,00", "-5.00"],
    ["Amount ($12.50)", "-12.50"],
    ["Amount (12.50)", "-12.50"],
    ["TOTAL:15.00SR", "15.00"],
    ["Rabatt -0,00", "0.00"],
    ["Amount £7.5", "7.50"],
    ["Rounding RM .02", "0.02"],
    ["Rounding -.02", "-0.02"],
    ["Montant 0,125 €", "0.125"],
  ])("%s", (text, value) => {
    expect(values(text)).toEqual([value]);
  });

  it.each(["05.03.2026", "03/05/2026", "Tel 07-5547360", "19,0 %", "6%", "09:44:00", "4.1.2", "V1.20-A"])(
    "%s is no amount",
    (text) => {
      expect(values(text)).toEqual([]);
    },
  );

  it("whole numbers count where the page has hardly any decimals", () => {
    expect(values("Room 2 nights\nTotal 1939")).toContain("1939.00");
    expect(values("80333 München\nA 1,00\nB 2,00\nC 3,00")).toEqual(["1.00", "2.00", "3.00"]);
  });

  it("takes the document's decimal sign for numbers that do not tell", () => {
    expect(values("Menge 1.234 EUR\nSumme 12,50 EUR\nGesamt 13,50 EUR")).toEqual(["1234.00", "12.50", "13.50"]);
    expect(values("Price 1.234 EUR\nSum 12.50 EUR\nTotal 13.50 EUR")).toEqual(["1.234", "12.50", "13.50"]);
  });

  it("points at the amount, not at what stands around it", () => {
    const [one] = findMoney(read("Gesamt:   1.234,50 €"));
    expect(one?.text).toBe("1.234,50");
    expect(one?.spans).toEqual([{ page: 1, line: 1, text: "1.234,50", box: null }]);
  });
});

describe("printing and reading an amount gives the amount back", () => {
  const styles = [
    { group: ".", decimal: "," },
    { group: ",", decimal: "." },
    { group: "'", decimal: "." },
    { group: "", decimal: "," },
  ] as const;
  const amounts = [0, 1, 7, 10, 99, 100, 101, 999, 1000, 12_345, 100_000, 123_456, 1_000_000, 98_765_432_10];

  it.each(styles)("with $group and $decimal", ({ group, decimal }) => {
    for (const cents of amounts) {
      const whole = String(Math.floor(cents / 100)).replaceAll(/\B(?=(?:\d{3})+$)/g, group);
      const fraction = String(cents % 100).padStart(2, "0");
      const exact = `${Math.floor(cents / 100)}.${fraction}`;
      expect(parseAmount(`${whole}${decimal}${fraction}`, null)).toBe(exact);
      expect(values(`Total ${whole}${decimal}${fraction} EUR`)).toEqual([exact]);
      expect(values(`Total -${whole}${decimal}${fraction} EUR`)).toEqual([cents === 0 ? exact : `-${exact}`]);
    }
  });
});

describe("groups that are no thousands are no number", () => {
  it.each(["1.23.456", "12,34,56", "1..2", "", "abc"])("%s", (text) => {
    expect(parseAmount(text, null)).toBeNull();
  });
});
