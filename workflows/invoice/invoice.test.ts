import { describe, expect, it } from "vitest";
import { generateInvoice } from "../../fixtures/invoices/generate.ts";
import { fieldsOf, proposeFrom, proven, type RankerProfile, surveyOf } from "../../src/ranking/index.ts";
import { sameValue } from "../../src/ranking/ranker.ts";
import { type Json, valueAt } from "../../src/core/index.ts";
import { readText } from "../../src/document/flow/text.ts";
import shipped from "./profile/ranker.json" with { type: "json" };
import { Invoice } from "./schema.ts";

const ranker = shipped as RankerProfile;
const fields = fieldsOf(Invoice);

/** Seeds the shipped profile never learned from. */
const seeds = Array.from({ length: 80 }, (_, at) => 3_000_000 + at);

interface Outcome {
  readonly path: string;
  readonly right: boolean;
  readonly proven: boolean;
}

function outcomesOf(seed: number): readonly Outcome[] {
  const { text, truth } = generateInvoice(seed);
  const survey = surveyOf(readText(new TextEncoder().encode(text), 20));
  const proposals = proposeFrom(survey, fields, { ranker });
  const proofs = proven(proposals, survey);
  return proposals.flatMap(({ path, value, field }) => {
    const wanted = valueAt(truth as unknown as Json, path);
    if (wanted === undefined || field.array !== null) return [];
    const right =
      wanted === null || value === null ? wanted === value : sameValue(String(value)) === sameValue(String(wanted));
    return [{ path, right, proven: proofs.has(path) }];
  });
}

const outcomes = seeds.flatMap(outcomesOf);

function share(path: string): number {
  const own = outcomes.filter((one) => one.path === path);
  return own.filter((one) => one.right).length / own.length;
}

describe("the shipped profile reads invented invoices it has not learned from", () => {
  it.each([
    ["total", 0.96],
    ["issuedOn", 0.92],
    ["dueOn", 0.92],
    ["number", 0.88],
    ["net", 0.9],
    ["iban", 0.95],
    ["seller.name", 0.84],
    ["seller.vatId", 0.92],
    ["buyer.name", 0.74],
    ["purchaseOrder", 0.85],
    ["currency", 0.88],
  ])("%s right in at least %d of all", (path, least) => {
    expect(share(path)).toBeGreaterThanOrEqual(least);
  });

  it("what is proven is right, and something is", () => {
    // Currency: where a receipt prints it only in the label of the sum, the invented truth says absent.
    const sure = outcomes.filter((one) => one.proven && one.path !== "currency");
    expect(sure.filter((one) => !one.right)).toEqual([]);
    expect(sure.length).toBeGreaterThan(80);
  });
});

describe("line items of invented invoices", () => {
  it("are found with their amounts, row by row, in most documents", () => {
    const whole = seeds.filter((seed) => {
      const { text, truth } = generateInvoice(seed);
      const survey = surveyOf(readText(new TextEncoder().encode(text), 20));
      const amounts = proposeFrom(survey, fields, { ranker }).filter((one) => /^lines\.\d+\.amount$/.test(one.path));
      return amounts.map((one) => one.value).join() === truth.lines.map((line) => line.amount).join();
    });
    expect(whole.length / seeds.length).toBeGreaterThan(0.6);
  });
});

describe("a proposal", () => {
  it("points at the page for every value, and the words it points at are there", () => {
    const { text } = generateInvoice(3_000_001);
    const document = readText(new TextEncoder().encode(text), 20);
    const lines = new Map(
      document.pages.flatMap((page) => page.lines.map((line) => [`${line.page}:${line.line}`, line.text])),
    );
    for (const { value, spans } of proposeFrom(surveyOf(document), fields, { ranker })) {
      expect(value === null || spans.length > 0).toBe(true);
      for (const span of spans) expect(lines.get(`${span.page}:${span.line}`)).toContain(span.text);
    }
  });
});
