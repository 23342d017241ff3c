import { describe, expect, test } from "vitest";
import type { DocumentText, Json } from "../core/index.ts";
import { challenge, type Opinion, plausibility } from "./challenge.ts";
import { pageTextOf, standsOn } from "./grounding.ts";

const rows = [
  "Muster & Sohn GmbH",
  "Unit 2-1, Lange Strasse 14/6 Hinterhof,",
  "28195 Bremen",
  "Invoice 2025-0417 of 03.02.2025, due 17.02.2025",
  "Net amount   100.00",
  "VAT 19 %      19.00",
  "Total        119.00",
];
const text: DocumentText = {
  kind: "text",
  pageCount: 1,
  complete: true,
  skipped: [],
  pages: [
    { page: 1, size: null, lines: rows.map((row, at) => ({ page: 1, line: at + 1, text: row, words: [], box: null })) },
  ],
};
const page = pageTextOf(text);

function opinion(confidence: number, values: readonly Json[], printed: readonly string[] | null = null): Opinion {
  const rest = (1 - confidence) / Math.max(1, values.length - 1);
  return {
    confidence,
    printed,
    ranked: values.map((value, at) => ({ value, probability: at === 0 ? confidence : rest })),
  };
}
const amounts = ["100.00", "19.00", "119.00"];
const opinions: Readonly<Record<string, Opinion>> = {
  seller: opinion(0.97, ["Muster & Sohn GmbH", "Lange Strasse 14"]),
  address: opinion(0.9, ["Unit 2-1, Lange Strasse 14/6 Hinterhof, 28195 Bremen"]),
  issuedOn: opinion(0.995, ["2025-02-03", "2025-02-17"], ["2025-02-03", "2025-02-17"]),
  net: opinion(0.99, ["100.00", "119.00", "19.00"], amounts),
  tax: opinion(0.99, ["19.00", "119.00", "100.00"], amounts),
  total: opinion(0.995, ["119.00", "100.00", "19.00"], amounts),
  number: opinion(0.98, ["2025-0417"]),
};
const sums = { net: "net", tax: "tax", total: "total" };
const truth: Readonly<Record<string, Json>> = {
  seller: "MUSTER & SOHN GMBH",
  address: "Unit 2-1 Lange Strasse 14/6, Hinterhof 28195 Bremen",
  issuedOn: "2025-02-03",
  net: "100.00",
  tax: "19.00",
  total: "119.00",
  number: "2025-0417",
};
const doubtsOf = (claims: Readonly<Record<string, Json>>) =>
  challenge({ claims, opinions, page, sums }).map(({ code, paths }) => `${code} ${paths.join("+")}`);

describe("challenges", () => {
  test("what is right is not doubted, also written otherwise than on the page", () => {
    expect(doubtsOf(truth)).toEqual([]);
  });

  test.each([
    ["total", "119.01"],
    ["issuedOn", "2025-02-04"],
    ["number", "2025-0418"],
    ["address", "Unit 2-4, Lange Strasse 14/6 Hinterhof, 28195 Bremen"],
    ["address", "Unit 2-1, Lange Strasse 14/2 Hinterhof, 28195 Bremen"],
    ["seller", "Mister Nobody Inc"],
  ])("%s said to be %s does not stand in the document", (path, value) => {
    expect(doubtsOf({ ...truth, [path]: value })).toContain(`claim.not-on-page ${path}`);
  });

  test("another date or amount of the same page is less likely than the engine's own", () => {
    expect(doubtsOf({ issuedOn: "2025-02-17" })).toEqual(["claim.unlikely issuedOn"]);
    expect(doubtsOf({ total: "19.00" })).toEqual(["claim.unlikely total"]);
    const [doubt] = challenge({ claims: { total: "19.00" }, opinions, page, sums });
    expect(doubt?.message).toBe('"119.00" is much likelier than "19.00"');
  });

  test("net and total the wrong way round, sums that do not add up", () => {
    expect(doubtsOf({ ...truth, net: "119.00", total: "100.00" })).toContain("claim.sum net+total");
    expect(doubtsOf({ ...truth, net: "19.00" })).toContain("claim.sum net+tax+total");
  });

  test("sums that do not add up on the page either are no doubt", () => {
    const deposit = { ...opinions, total: opinion(0.995, ["150.00"], [...amounts, "150.00"]) };
    expect(challenge({ claims: { ...truth, total: "150.00" }, opinions: deposit, page, sums })).toEqual([]);
  });

  test("a tax of nothing need not be printed when net and total are one", () => {
    const untaxed = { net: "119.00", tax: "0.00", total: "119.00" };
    const own = { ...opinions, net: opinion(0.9, ["119.00"], amounts) };
    expect(challenge({ claims: untaxed, opinions: own, page, sums })).toEqual([]);
    expect(doubtsOf({ ...untaxed, tax: "1.00" })).toContain("claim.not-on-page tax");
  });

  test("an engine that is unsure itself doubts no printed value", () => {
    const unsure = { total: opinion(0.5, ["119.00", "100.00", "19.00"], amounts) };
    expect(challenge({ claims: { total: "100.00" }, opinions: unsure, page })).toEqual([]);
  });

  test("what was not calibrated makes no printed value unlikely", () => {
    const uncalibrated = { total: { ...opinion(0.999, ["119.00", "19.00"], amounts), confidence: null } };
    expect(challenge({ claims: { total: "19.00" }, opinions: uncalibrated, page })).toEqual([]);
    expect(challenge({ claims: { total: "19.01" }, opinions: uncalibrated, page })).toHaveLength(1);
  });

  test("values that are not listed share what the listed ones leave", () => {
    const listed = (best: number): Opinion => ({
      confidence: best,
      ranked: [{ value: "119.00", probability: best }],
      printed: amounts,
    });
    expect(plausibility("19.00", listed(0.9))).toBeCloseTo(0.1, 9);
    expect(challenge({ claims: { total: "19.00" }, opinions: { total: listed(0.9) }, page })).toEqual([]);
    expect(challenge({ claims: { total: "19.00" }, opinions: { total: listed(0.995) }, page })).toHaveLength(1);
  });

  test("said to be absent: doubted when the engine is sure of a value, not when it found none", () => {
    expect(doubtsOf({ total: null })).toEqual(["claim.unlikely total"]);
    expect(challenge({ claims: { iban: null }, opinions: { iban: opinion(0.9, [null]) }, page })).toEqual([]);
  });

  test("without an opinion only the page is asked", () => {
    const asked = (value: string) => challenge({ claims: { note: value }, opinions: {}, page }).length;
    expect(asked("28195 Bremen")).toBe(0);
    expect(asked("28196 Bremen")).toBe(1);
  });

  test("plausibilities of all values add up to one at most", () => {
    const own = opinion(0.7, ["119.00", "100.00", "19.00"], amounts);
    const all = amounts.map((value) => plausibility(value, own));
    expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    expect(plausibility("7.00", own)).toBe(0);
  });
});

describe("standing on the page", () => {
  test.each(["muster&sohn gmbh", "Lange Strasse 14/6 28195 Bremen", "119.00", "Muster and Sohn GmbH"])(
    "%s does",
    (value) => {
      expect(standsOn(page, value)).toBe(true);
    },
  );

  test.each(["Lange Strasse 16/6 28195 Bremen", "Bremen 28195 Lange Strasse 14", "Muster Mann AG Berlin"])(
    "%s does not",
    (value) => {
      expect(standsOn(page, value)).toBe(false);
    },
  );
});
