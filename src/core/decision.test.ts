import { describe, expect, test } from "vitest";
import { type Decision, type DraftData, amend, emptyDraft, openDoubts, raise, withdraw } from "./decision.ts";

const decision = (change: Partial<Decision> = {}): Decision => ({
  value: "1.00",
  confidence: null,
  status: "review",
  by: "learned",
  source: [],
  alternatives: [],
  evidence: {},
  ...change,
});

const draft = (decisions: Record<string, Decision>, change: Partial<DraftData> = {}): DraftData => ({
  ...emptyDraft,
  decisions,
  ...change,
});

const sums = { code: "rule.sums", paths: ["net", "total"], message: "net is not total", step: "sums" };

describe("what holds a draft back", () => {
  test("a value that is neither accepted nor proven", () => {
    expect(openDoubts(draft({ total: decision() }))).toMatchObject([{ code: "confidence.unproven", paths: ["total"] }]);
  });

  test("a required value that was not found", () => {
    expect(openDoubts(draft({ total: decision({ value: null }) }))).toMatchObject([{ code: "value.missing" }]);
  });

  test("never an absent optional value", () => {
    expect(openDoubts(draft({ dueOn: decision({ value: null }) }, { optional: ["dueOn"] }))).toEqual([]);
  });

  test("nothing when all is accepted", () => {
    expect(openDoubts(draft({ total: decision({ status: "accepted" }) }))).toEqual([]);
  });
});

describe("a doubt of a rule", () => {
  const accepted = draft({ net: decision({ status: "accepted" }), total: decision({ status: "accepted" }) });

  test("sends what a machine accepted back to review", () => {
    const doubted = raise(accepted, sums);
    expect(doubted.decisions["net"]?.status).toBe("review");
    expect(openDoubts(doubted)).toEqual([sums]);
  });

  test("raised twice is one doubt", () => {
    expect(raise(raise(accepted, sums), sums).doubts).toHaveLength(1);
  });

  test("is settled when a person has decided every path it falls on", () => {
    const human = decision({ status: "accepted", by: "human" });
    const half = amend(raise(accepted, sums), { net: human });
    expect(openDoubts(half)).toEqual([sums]);
    expect(openDoubts(amend(half, { total: human }))).toEqual([]);
    expect(raise(amend(half, { total: human }), sums).decisions["total"]?.status).toBe("accepted");
  });

  test("is taken back when its step no longer raises it", () => {
    expect(withdraw(raise(accepted, sums), "sums").doubts).toEqual([]);
  });
});
