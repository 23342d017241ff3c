import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Decision, type DraftData, type Json, money } from "../core/index.ts";
import { readText } from "../document/flow/text.ts";
import { mergeAnswer } from "./answer.ts";
import { policyOf } from "./policy.ts";
import { planQuestion } from "./question.ts";

const Bill = z.object({
  net: money(),
  tax: money(),
  total: money().describe("total to pay"),
  paidOn: z.iso.date().nullable(),
  kind: z.enum(["invoice", "credit"]),
});

const rows = "Netto 100,00\nMwSt 19,00\nBetrag A 119,00\nBetrag B 191,00\nBezahlt am 03.04.2024\nRechnung";
const text = readText(new TextEncoder().encode(rows), 5);

const decided = (value: Json, changes: Partial<Decision> = {}): Decision => ({
  value,
  confidence: null,
  status: "accepted",
  by: "learned",
  source: [],
  alternatives: [],
  evidence: {},
  ...changes,
});
const doubted = (value: Json, confidence: number | null, rivals: Readonly<Record<string, number>> = {}) =>
  decided(value, {
    status: "review",
    confidence,
    alternatives: Object.entries(rivals).map(([rival, sure]) => ({ value: rival, confidence: sure })),
  });

/** The draft after the cloud was asked about what is doubted in it, and said this; elsewhere it chose what was not offered. */
function told(own: Readonly<Record<string, Decision>>, said: Readonly<Record<string, Json>>): DraftData {
  const draft: DraftData = { decisions: own, doubts: [], optional: ["paidOn"] };
  const policy = policyOf({ disclose: "document" });
  const price = { promptNano: 1, completionNano: 1 };
  const asked = planQuestion({ draft, schema: Bill, text, policy, narrowed: () => null, price, seed: "seed" }).question;
  if (!asked) throw new Error("There is a question.");
  const answers = asked.slots.map(({ path, choices }) => {
    const value = said[path];
    if (value === null) return "-";
    if (value === undefined) return "z";
    const at = choices.findIndex((one) => one.value === value);
    // What is not offered is copied off the page.
    return at < 0 ? String(value).replace(".", ",") : "abcdef".charAt(at);
  });
  return mergeAnswer(draft, asked, { answers }, { schema: Bill, text });
}
const codes = ({ doubts }: DraftData) => doubts.map(({ code, paths }) => `${code} ${paths.join("+")}`);

describe("a cloud's value our own reading speaks against", () => {
  test("is not accepted where another is calibrated to be far likelier, and both are shown", () => {
    const after = told({ total: doubted("119.00", 0.995, { "191.00": 0.002 }) }, { total: "191.00" });
    expect(codes(after)).toEqual(["claim.unlikely total"]);
    expect(after.doubts[0]?.message).toBe('total: "119.00" is much likelier than "191.00"');
    expect(after.decisions["total"]).toMatchObject({
      value: "191.00",
      by: "cloud",
      status: "review",
      alternatives: [{ value: "119.00", confidence: 0.995 }],
    });
  });

  test("is not accepted where it says that a likely value is not stated", () => {
    const paid = { paidOn: doubted("2024-04-03", 0.995, {}) };
    expect(codes(told(paid, { paidOn: null }))).toEqual(["claim.unlikely paidOn"]);
    expect(codes(told(paid, { paidOn: "2024-04-03" }))).toEqual([]);
  });

  test.each([
    ["nothing was calibrated", doubted("119.00", null)],
    ["we are not sure ourselves", doubted("119.00", 0.7, { "191.00": 0.2 })],
    ["it is one of many that are not listed", doubted("119.00", 0.7, { "19.00": 0.1 })],
  ])("is accepted where %s", (_, total) => {
    const after = told({ total }, { total: "191.00" });
    expect(codes(after)).toEqual([]);
    expect(after.decisions["total"]).toMatchObject({ value: "191.00", by: "cloud", status: "accepted" });
  });

  test("is not accepted where it contradicts sums that are settled; those stay so", () => {
    const own = { net: decided("100.00"), tax: decided("19.00"), total: doubted("19.00", null) };
    const wrong = told(own, { total: "191.00" });
    expect(codes(wrong)).toEqual(["claim.sum total"]);
    expect(Object.values(wrong.decisions).map(({ status }) => status)).toEqual(["accepted", "accepted", "review"]);
    const right = told(own, { total: "119.00" });
    expect(codes(right)).toEqual([]);
    expect(right.decisions["total"]?.status).toBe("accepted");
  });

  test("is not accepted where what it says contradicts itself", () => {
    const own = { net: decided("100.00"), tax: doubted("191.00", null), total: doubted("19.00", null) };
    expect(codes(told(own, { tax: "19.00", total: "191.00" }))).toEqual(["claim.sum tax+total"]);
    expect(codes(told(own, { tax: "19.00", total: "119.00" }))).toEqual([]);
  });

  test("is not doubted for a sum that is doubtful itself", () => {
    const own = { net: decided("100.00"), tax: doubted("19.00", null), total: doubted("119.00", null) };
    const after = told(own, { total: "191.00" });
    expect(codes(after)).toEqual(["cloud.answer tax"]);
    expect(after.decisions["total"]).toMatchObject({ value: "191.00", status: "accepted" });
  });

  test("may be any label: labels are not read off the page", () => {
    const after = told({ kind: doubted("invoice", 0.995, { credit: 0.005 }) }, { kind: "credit" });
    expect(codes(after)).toEqual([]);
    expect(after.decisions["kind"]).toMatchObject({ value: "credit", status: "accepted" });
  });
});
