import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decision } from "../../test/support/engine.ts";
import { type DraftData, money } from "../core/index.ts";
import { type Answers, toDecisions } from "./answers.ts";

const Order = z.object({
  number: z.string().min(2),
  seller: z.object({ name: z.string(), vatId: z.string().nullable() }),
  paid: z.boolean(),
  count: z.number(),
  lines: z.array(z.object({ text: z.string(), amount: money() })),
  tags: z.array(z.string()).nullable(),
});

const span = { page: 1, line: 3, text: "Acme Ltd", box: null };
const draft: DraftData = {
  decisions: {
    "seller.name": decision("Acme Ltd", { status: "review", by: "slm", confidence: 0.7, source: [span] }),
    "seller.vatId": decision(null, { status: "review" }),
    number: decision("1", { status: "review" }),
    "lines.0.amount": decision("9.00", { status: "review" }),
  },
  doubts: [],
  optional: ["seller.vatId"],
};

const answer = (answers: Answers) => toDecisions(Order, draft, answers);

describe("a person's answers", () => {
  it("keep source, confidence and evidence where the value stays as it was", () => {
    const kept = { ...draft.decisions["seller.name"], by: "human", status: "accepted" };
    expect(answer({ "seller.name": "accept" })).toEqual({ "seller.name": kept });
    expect(answer({ "seller.name": { value: "Acme Ltd" } })).toEqual({ "seller.name": kept });
  });

  it("stand by themselves where the value changes, with the machine's as an alternative", () => {
    expect(answer({ "seller.name": { value: "Acme Inc" } })["seller.name"]).toEqual({
      value: "Acme Inc",
      confidence: null,
      status: "accepted",
      by: "human",
      source: [],
      alternatives: [{ value: "Acme Ltd", confidence: 0.7 }],
      evidence: {},
    });
  });

  it("may be about lines of a list, lists, and fields the machine never found", () => {
    const given = answer({
      "lines.0.amount": { value: "9.50" },
      "lines.1.text": { value: "Delivery" },
      tags: { value: ["urgent"] },
      count: { value: 2 },
    });
    expect(Object.values(given).map(({ value }) => value)).toEqual(["9.50", "Delivery", ["urgent"], 2]);
  });

  it("may say that something optional is not there", () => {
    expect(answer({ "seller.vatId": "accept", tags: { value: null } })).toMatchObject({
      "seller.vatId": { value: null, status: "accepted", by: "human" },
      tags: { value: null },
    });
  });

  it.each<[string, Answers, string]>([
    ["of a field there is none of", { "seller.city": { value: "x" } }, 'The workflow has no field "seller.city".'],
    ["of a whole object", { seller: { value: "x" } }, 'The workflow has no field "seller".'],
    ["of a line without a field", { "lines.0": { value: "x" } }, 'The workflow has no field "lines.0".'],
    ["of a line that is no number", { "lines.x.text": { value: "x" } }, 'The workflow has no field "lines.x.text".'],
    ["of a name every object has", { constructor: { value: "x" } }, 'The workflow has no field "constructor".'],
    ["to accept what is not there", { count: "accept" }, 'There is nothing to accept at "count": give a value.'],
    [
      "to accept what breaks the schema",
      { number: "accept" },
      '"number" must be text in the form the workflow asks for, not "1".',
    ],
    [
      "that leaves out what must be there",
      { number: { value: null } },
      '"number" must be stated: give text in the form the workflow asks for.',
    ],
    [
      "with a number for money",
      { "lines.0.amount": { value: 9.5 } },
      '"lines.0.amount" must be a decimal number such as "1234.50", not 9.5.',
    ],
    ["with text for a truth", { paid: { value: "yes" } }, '"paid" must be true or false, not "yes".'],
    ["with text for a number", { count: { value: "2" } }, '"count" must be a number, not "2".'],
    ["with text for a list", { tags: { value: "urgent" } }, '"tags" must be a list, not "urgent".'],
  ])("are refused %s", (_, answers, message) => {
    expect(() => answer(answers)).toThrow(expect.objectContaining({ code: "review.invalid", message }));
  });
});
