import { expect, test } from "vitest";
import { summaryOfCare } from "../../fixtures/records/records.ts";
import type { Certificate } from "../../src/core/index.ts";
import { readText } from "../../src/document/flow/text.ts";
import type { LabelledExample, LearnContext } from "../../src/ports/index.ts";
import { draftOf } from "./draft.ts";
import { judged, learnFacts } from "./learn.ts";

const text = readText(new TextEncoder().encode(summaryOfCare), 10);
const context = {
  settings: {},
  without: new Set<string>(),
  signal: new AbortController().signal,
  progress: () => {},
} as unknown as LearnContext;

/** Records of as many houses, all read alike; what is wrong in some is the second problem. */
const examples: readonly LabelledExample[] = Array.from({ length: 20 }, (_, at) => ({
  id: `r${at}`,
  source: `house ${at}`,
  text,
  truth: {
    "patient.name": "Maren K. Holloway",
    problems: ["Essential hypertension", ...(at < 10 ? ["Osteoarthritis of left knee"] : []), "Iron deficiency anemia"],
    allergies: ["Penicillin V"],
  },
}));

test("a name's chance is how often names found in the same way were right in records of other sources", async () => {
  const { outOfFold } = await learnFacts(examples, context);
  const of = (path: string) => outOfFold.filter((row) => row.path === path);
  expect(of("problems.*.name")).toHaveLength(60);
  expect(of("problems.*.name").filter(({ right }) => !right)).toHaveLength(10);
  const [first] = of("problems.*.name");
  // 19 other records: 38 right for certain, 9 of 19 of the second problem, two of the prior.
  expect(first?.confidence).toBeCloseTo((38 + 9 + 1) / (57 + 2), 5);
  expect(of("allergies.*.substance")[0]?.confidence).toBeCloseTo(20 / 21, 5);
  expect(of("medications.*.name")).toEqual([]);
});

test("what is labelled is given its chance, and is accepted under a certificate only, unless it is doubted", async () => {
  const { model } = await learnFacts(examples, context);
  const certificate = { risk: 0.05 } as Certificate;
  const draft = draftOf(text);
  const accepts = (path: string) => (path === "allergies.*.substance" ? certificate : null);
  const { decisions } = judged(draft, { model, accepts });
  expect(decisions["allergies.0.substance"]).toMatchObject({
    status: "accepted",
    evidence: { "certificate.risk": 0.05 },
  });
  expect(decisions["problems.0.name"]).toMatchObject({ status: "review", confidence: expect.any(Number) });
  expect(decisions["allergies.0.reaction"]).toMatchObject({ status: "review", confidence: null });
  const doubt = { code: "record.contradicts", paths: ["allergies.0.substance"], message: "", step: "facts" };
  const doubted = judged({ ...draft, doubts: [doubt] }, { model, accepts });
  expect(doubted.decisions["allergies.0.substance"]?.status).toBe("review");
  expect(judged(draft, null)).toBe(draft);
});
