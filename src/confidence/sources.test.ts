import { describe, expect, test } from "vitest";
import type { DocumentText } from "../core/index.ts";
import { layoutLikeness, populationOf, sourceIndexOf, sourcesOf } from "./sources.ts";

function page(...rows: readonly string[]): DocumentText {
  const lines = rows.map((text, at) => ({ page: 1, line: at + 1, text, words: [], box: null }));
  return { kind: "text", pageCount: 1, pages: [{ page: 1, size: null, lines }], complete: true, skipped: [] };
}

const towns = ["Bremen", "Leipzig", "Kiel", "Ulm", "Jena", "Trier", "Mainz", "Celle"];
const buyer = ["Bill to", "Nordlicht Handels GmbH", "Am Hafen 12", "VAT DE811223344"];

/** An invoice of sender `who` with what changes from one to the next. */
function invoice(who: number, number: number): DocumentText {
  const town = towns[who % towns.length] ?? "";
  return page(
    "INVOICE",
    `${town} Werkzeugbau ${"ABCDEFGHIJ"[who % 10]}${"KLMNOPQRST"[Math.floor(who / 10)]} KG`,
    `Industriestrasse ${who + 3}, ${10_000 + 77 * who} ${town}`,
    `Tel. 0${40 + who} / 55${100 + who} ${20 + who}0`,
    ...buyer,
    `Invoice number: ${7_000_000 + 31 * number}`,
    `Date: 2${number % 8}.0${1 + (number % 9)}.2025`,
    ...Array.from({ length: number % 5 }, (_, at) => `Item ${at}   ${at + 2}   ${number}.50`),
    `Net amount: ${number}10.00`,
    `Total: ${number}11.90`,
    "Thank you for your order. Payable within 14 days.",
  );
}

/** Six documents of each of eight senders. */
const senders = Array.from({ length: 48 }, (_, at) => at % 8);
const invoices = senders.map((who, at) => invoice(who, at));

describe("sources", () => {
  test("documents of one sender share a key, those of two senders do not", () => {
    const keys = sourcesOf(invoices);
    expect(new Set(keys).size).toBe(8);
    for (const [at, who] of senders.entries()) expect(keys[at]).toBe(keys[senders.indexOf(who)]);
  });

  test("what stands on every document (a heading, the buyer's own name and tax number) is nobody's name", () => {
    const index = sourceIndexOf(invoices);
    expect(populationOf(index, invoice(3, 99))).toBe("known");
    expect(populationOf(index, invoice(17, 99))).toBe("new");
  });

  test("a mark on many documents that share nothing else tells nothing", () => {
    const hotline = "State tax hotline 0800 123456";
    const strangers = Array.from({ length: 9 }, (_, at) =>
      page(`Laden ${"ABCDEFGHI"[at]} ${towns[at % 8]}${at}haus`, hotline, `Bon ${at}`),
    );
    expect(new Set(sourcesOf(strangers)).size).toBe(9);
    expect(populationOf(sourceIndexOf(strangers), page("Baeckerei Sonnenschein", hotline))).toBe("new");
  });

  test("a house that stands on pages of many senders, each time beside another, does not chain them together", () => {
    const agency = (at: number) => [
      `Mediabuero ${"ABCD"[at]} Holding Gesellschaft`,
      `Ringstrasse ${at + 20}, 2000${at} Hamburg`,
    ];
    const station = (at: number) => [
      `Sender ${"KLMNOP"[at]} Rundfunk Aktiengesellschaft`,
      `Tel. 0${30 + at} / 77${100 + at} 90`,
    ];
    const orders = Array.from({ length: 48 }, (_, at) =>
      page(...station(at % 6), `studio@sender${at % 6}.test`, ...agency(Math.floor(at / 6) % 4), `Spot ${at}`),
    );
    const keys = sourcesOf(orders);
    expect(new Set(keys).size).toBe(6);
    for (const [at, key] of keys.entries()) expect(key).toBe(keys[at % 6]);
  });

  test("hundreds of documents of one sender are one group", () => {
    const many = Array.from({ length: 400 }, (_, at) => invoice(at % 2, at));
    expect(new Set(sourcesOf([...many, ...invoices])).size).toBe(8);
  });

  test("one mail domain is enough, that of a provider is not", () => {
    const from = (mail: string, at: number) => page(`From: ${mail}`, `Question ${at}`);
    const keys = sourcesOf([
      from("ann@steelworks.test", 1),
      from("bob@steelworks.test", 2),
      from("c.d@gmail.com", 3),
      from("e.f@gmail.com", 4),
    ]);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
  });

  test("when every document comes from one house, all are known", () => {
    const house = Array.from({ length: 20 }, (_, at) =>
      page("St. Anna Clinic Discharge Report", `Ward ${at}`, "Tel 0421 5550000", `Patient ${at}`),
    );
    expect(new Set(sourcesOf(house)).size).toBe(1);
    expect(
      populationOf(sourceIndexOf(house), page("St. Anna Clinic Discharge Report", "Ward 99", "Tel 0421 5550000")),
    ).toBe("known");
  });

  test("messages without a head are each their own source, and new", () => {
    const messages = Array.from({ length: 300 }, (_, at) => page(`My card number ${at} has not arrived, what now?`));
    expect(new Set(sourcesOf(messages)).size).toBe(300);
    expect(populationOf(sourceIndexOf(messages), page("Where is my card?"))).toBe("new");
  });

  test("the same message again, spaced and punctuated otherwise, is of the same source", () => {
    const index = sourceIndexOf([page("Where is my card?"), page("I want a refund.")]);
    expect(populationOf(index, page("Where is  my CARD"))).toBe("known");
    const [one, two] = sourcesOf([page("Where is my card?"), page("where is my card")]);
    expect(one).toBe(two);
  });

  test("the index survives JSON and holds nothing that stands on a page", () => {
    const index = sourceIndexOf(invoices);
    const text = JSON.stringify(index);
    expect(JSON.parse(text)).toEqual(index);
    expect(text).not.toMatch(/Werkzeugbau|WERKZEUGBAU|Industriestrasse|811223344/i);
  });

  test("nothing learned knows nobody, an empty page is nobody's", () => {
    expect(populationOf(sourceIndexOf([]), invoice(1, 1))).toBe("new");
    expect(populationOf(sourceIndexOf(invoices), page())).toBe("new");
    expect(sourcesOf([])).toEqual([]);
  });

  test("a known sender's new form shows in its layout", () => {
    const index = sourceIndexOf(invoices);
    expect(layoutLikeness(index, invoice(3, 99))).toBeGreaterThan(0.8);
    const [, name = "", street = "", phone = ""] = invoice(3, 1).pages[0]?.lines.map(({ text }) => text) ?? [];
    const changed = page("Rechnung", name, street, phone, "Rechnungs-Nr.: 12", "Betrag: 12.00", "Summe: 13.00");
    expect(populationOf(index, changed)).toBe("known");
    expect(layoutLikeness(index, changed)).toBeLessThan(0.4);
    expect(layoutLikeness(index, invoice(17, 99))).toBeNull();
  });
});
