import { expect, test } from "vitest";
import { type Json, type Reader, type Result, sameValue } from "../../core/index.ts";
import { areaUnderRiskCoverage, auroc, calibrationError } from "../../confidence/index.ts";
import { score } from "./score.ts";

type Given = readonly [value: Json, accepted: boolean, confidence?: number, by?: Reader];

function result(decisions: Readonly<Record<string, Given>>, ms = 1_000, promptTokens = 0): Result {
  const made = Object.entries(decisions).map(([path, [value, accepted, confidence = null, by = "rule"]]) => [
    path,
    { value, confidence, status: accepted ? "accepted" : "review", by, source: [], alternatives: [], evidence: {} },
  ]);
  const usage = { ms, cloud: { calls: 0 }, local: { promptTokens, reusedTokens: 0, generatedTokens: 0 } };
  return { status: "review", output: {}, decisions: Object.fromEntries(made), usage } as unknown as Result;
}

test("values are the same by number where one has decimals, else by letters and digits", () => {
  const same: [Json, Json][] = [
    ["1,234.50", "1234.5"],
    ["RM 5", "rm5"],
    ["Müller & Co.", "MÜLLER CO"],
    ["ﬁrst", "FIRST"],
    [null, null],
    [12, "12"],
  ];
  const other: [Json, Json][] = [
    ["1234.50", "1234.51"],
    ["0012", "12"],
    [null, ""],
    ["2026-01-02", "2026-02-01"],
  ];
  expect(same.filter(([a, b]) => !sameValue(a, b))).toEqual([]);
  expect(other.filter(([a, b]) => sameValue(a, b))).toEqual([]);
});

test("exact counts every best answer, coverage and risk only what was accepted without cloud or person", () => {
  const { fields, all } = score([
    { truth: { total: "1.00" }, result: result({ total: ["1", true] }) },
    { truth: { total: "2.00" }, result: result({ total: ["3.00", true] }) },
    { truth: { total: "4.00" }, result: result({ total: ["4.00", false] }) },
    { truth: { total: "5.00" }, result: result({ total: ["5.00", true, 0.9, "human"] }) },
  ]);
  expect(fields["total"]).toMatchObject({ n: 4, exact: 0.75, coverage: 0.5, risk: 0.5 });
  expect(all).toEqual(fields["total"]);
});

test("no result and no decision are never right, and what is not labelled is not scored", () => {
  const { fields, documents } = score([
    { truth: { iban: null }, result: result({ total: ["1", true] }) },
    { truth: { iban: null }, result: null },
    { truth: { iban: null }, result: result({ iban: [null, true] }) },
  ]);
  expect(Object.keys(fields)).toEqual(["iban"]);
  expect(fields["iban"]).toMatchObject({ n: 3, exact: 1 / 3 });
  expect(documents).toMatchObject({ n: 3, missing: 1, untouched: 1 / 3, untouchedWrong: 0, status: { review: 2 } });
});

test("nested truth names the same paths as decisions", () => {
  const { fields } = score([{ truth: { seller: { name: "A" } }, result: result({ "seller.name": ["a", false] }) }]);
  expect(fields["seller.name"]?.exact).toBe(1);
});

test("lists are compared as sets of names", () => {
  const truth = { lines: [{ description: "Bolts" }, { description: "Nuts" }] };
  const given = result({
    "lines.0.description": ["bolts", false],
    "lines.0.amount": ["1.00", false],
    "lines.1.description": ["Screws", false],
    "lines.10.description": ["Nuts", false],
  });
  expect(score([{ truth, result: given }]).lists["lines"]).toEqual({ n: 2, precision: 2 / 3, recall: 1, f1: 0.8 });
});

test("confidence is measured by order, by honesty and by what it is worth", () => {
  const told = [
    { confidence: 0.9, right: true },
    { confidence: 0.8, right: false },
    { confidence: 0.3, right: true },
    { confidence: 0.2, right: false },
  ];
  expect(auroc(told)).toBe(0.75);
  expect(
    auroc([
      { confidence: 0.5, right: true },
      { confidence: 0.5, right: false },
    ]),
  ).toBe(0.5);
  expect(auroc([{ confidence: 0.5, right: true }])).toBeNull();
  expect(calibrationError(told)).toBeCloseTo((0.1 + 0.8 + 0.7 + 0.2) / 4);
  expect(areaUnderRiskCoverage(told)).toBeCloseTo((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4);
  expect([calibrationError([]), areaUnderRiskCoverage([])]).toEqual([null, null]);
});

test("shares come with the range in which the true share lies, exact and two-sided", () => {
  const right = Array.from({ length: 20 }, () => ({ truth: { total: "1" }, result: result({ total: ["1", true] }) }));
  const { all, documents } = score(right);
  expect(all.risk).toBe(0);
  // 1 - 0.025^(1/20)
  expect(all.riskInterval?.map((one) => Number(one.toFixed(4)))).toEqual([0, 0.1684]);
  expect(documents.untouchedInterval).toEqual(all.riskInterval);
  expect(score([{ truth: { total: "1" }, result: null }]).all.riskInterval).toBeNull();
});

test("times are ranks of what was measured, and a woken language model is seen by its tokens", () => {
  const times = Array.from({ length: 100 }, (_, at) => ({
    truth: { total: "1" },
    result: result({ total: ["1", true] }, at + 1, at < 25 ? 300 : 0),
  }));
  expect(score(times.toReversed()).documents).toMatchObject({
    milliseconds: { p50: 50, p95: 95, p99: 99 },
    decoderWoken: 0.25,
  });
  expect(score([]).documents.milliseconds).toBeNull();
});

test("each reader's own word is measured on the answers it was asked for", () => {
  const told = (right: boolean, evidence: Readonly<Record<string, number>>) => {
    const one = result({ total: [right ? "1" : "2", false, 0.5] });
    return {
      truth: { total: "1" },
      result: { ...one, decisions: { total: { ...one.decisions["total"], evidence } } } as Result,
    };
  };
  const { baselines } = score(
    [
      told(true, { "logit.probability": 0.9, "logit.margin": 0.8, "slm.probability": 0.7 }),
      // Left out: the reader gave it no probability.
      told(false, { "logit.margin": 0.1 }),
      told(true, { "logit.probability": 0.6, "logit.margin": 0.05, other: 1 }),
    ],
    0.1,
  );
  expect(Object.keys(baselines)).toEqual([
    "confidence",
    "logit.margin",
    "logit.probability",
    "slm.probability",
    "accept always",
  ]);
  expect(baselines["logit.probability"]).toMatchObject({ n: 3, auroc: 1, coverageAtRisk: 2 / 3 });
  expect(baselines["logit.margin"]).toMatchObject({ n: 3, auroc: 0.5, coverageAtRisk: 1 / 3 });
  expect(baselines["slm.probability"]).toMatchObject({ n: 1, auroc: null });
  expect(baselines["accept always"]).toMatchObject({ n: 3, auroc: 0.5, coverageAtRisk: 0 });
});

test("so is what a choice of routes says of itself, and not what it says of the message", () => {
  const one = result({ route: ["cards", false, 0.5] });
  const evidence = { "choice.chance": 0.9, "choice.lead": 0.8, "choice.nearest": 0.7, "choice.agreement": 1 };
  const answer = { ...one, decisions: { route: { ...one.decisions["route"], evidence } } } as Result;
  const { baselines } = score([{ truth: { route: "cards" }, result: answer }]);
  expect(Object.keys(baselines)).toEqual([
    "confidence",
    "choice.chance",
    "choice.lead",
    "choice.nearest",
    "accept always",
  ]);
});

test("a whole text is compared with the sentences under its path, what is left out beside what is not supported", () => {
  const signals = { "support.alignment": 0.4 };
  const decision = (value: string, evidence: Readonly<Record<string, number>>) => ({ value, evidence });
  const decisions = {
    "summary.0.title": decision("Plan", { "summary.length": 0.3, "summary.dropped": 0.2 }),
    "summary.0.sentences.0": decision("start lisinopril 20 mg", {}),
    "summary.0.sentences.1": decision("asthma", signals),
  };
  const answer = { ...result({}), decisions } as unknown as Result;
  const truth = { note: "Start lisinopril 20 mg for hypertension." };
  const { texts, fields, all } = score([{ truth, result: answer }], 0.05, new Map([["note", "summary"]]));
  expect(fields).toEqual({});
  expect(all.n).toBe(0);
  expect(texts["note"]).toMatchObject({
    n: 1,
    length: 0.3,
    dropped: 0.2,
    sentences: 2,
    unsupported: 0.5,
    omitted: 1 / 3,
  });
  expect(texts["note"]?.rouge1).toBeCloseTo(8 / 11);
});
