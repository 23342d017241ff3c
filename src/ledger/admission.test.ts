import { describe, expect, test } from "vitest";
import type { CallRecord, CallStatus } from "../ports/index.ts";
import { type Admission, admit } from "./admission.ts";

const now = 1_700_000_000_000;
const dayMs = 86_400_000;
const nothing = { tokens: 0, costNano: 0 };
const free: Admission = {
  call: { tokens: 100, costNano: 50 },
  limits: {
    budget: { whenOver: "review" },
    patienceMs: 60_000,
    requestsPerMinute: 3,
    tokensPerMinute: 1_000,
    concurrent: 2,
    callMs: 30_000,
  },
  tries: [],
  recent: [],
  spent: { document: nothing, workflowDay: nothing, day: nothing },
  now,
};

/** A call so many milliseconds ago. */
const call = (status: CallStatus, agoMs: number, changes: Partial<CallRecord> = {}): CallRecord => ({
  key: "k",
  attempt: 1,
  run: "r",
  workflow: "w",
  model: "openai:m",
  status,
  sentAt: now - agoMs,
  endedAt: status === "sending" ? null : now - agoMs,
  bytesOut: 1,
  promptTokens: 100,
  completionTokens: 0,
  costNano: 1,
  problem: null,
  retryAt: null,
  answer: null,
  ...changes,
});
const verdict = (changes: Partial<Admission>) => admit({ ...free, ...changes });

test("nothing in the way: a question goes out", () => {
  expect(admit(free)).toEqual({ verdict: "go" });
});

describe("budgets", () => {
  const over = (budget: Admission["limits"]["budget"], spent: Partial<Admission["spent"]>) =>
    verdict({ limits: { ...free.limits, budget }, spent: { ...free.spent, ...spent } });

  test("of a document, a workflow, a day, in tokens or money: what would go over goes to a person", () => {
    const used = { tokens: 950, costNano: 980 };
    const budget = { whenOver: "review" as const };
    expect(over({ ...budget, document: { tokens: 1_000 } }, { document: used })).toMatchObject({
      code: "cloud.budget",
    });
    expect(over({ ...budget, workflowDay: { costNano: 1_000 } }, { workflowDay: used })).toMatchObject({
      verdict: "no",
    });
    expect(over({ ...budget, day: { tokens: 1_000 } }, { day: used })).toMatchObject({ verdict: "no" });
    expect(over({ ...budget, day: { tokens: 1_050 } }, { day: used })).toEqual({ verdict: "go" });
  });

  test("of a day can be waited for, that of a document cannot", () => {
    const spent = { tokens: 1_000, costNano: 0 };
    const wait = over({ whenOver: "wait", day: { tokens: 1_000 } }, { day: spent });
    expect(wait).toMatchObject({ verdict: "wait", reason: "budget", until: Math.ceil(now / dayMs) * dayMs });
    expect(over({ whenOver: "wait", document: { tokens: 1_000 } }, { document: spent })).toMatchObject({
      verdict: "no",
    });
  });
});

test("a question is tried with growing pauses, no sooner than the provider says, until the patience is over", () => {
  const failed = (attempt: number, agoMs: number, retryAt: number | null = null) =>
    call("unavailable", agoMs, { attempt, retryAt, problem: "HTTP 503" });
  expect(verdict({ tries: [failed(1, 400)] })).toMatchObject({ verdict: "wait", until: now + 600 });
  expect(verdict({ tries: [failed(1, 5_000), failed(2, 1_500)] })).toMatchObject({ until: now + 500 });
  expect(verdict({ tries: [failed(1, 400, now + 9_000)] })).toMatchObject({ until: now + 9_000 });
  expect(verdict({ tries: [failed(1, 2_000)] })).toEqual({ verdict: "go" });
  expect(verdict({ tries: [failed(1, 61_000)] })).toMatchObject({ verdict: "no", code: "cloud.unavailable" });
});

test("after three failures in a row, whoever's, nobody asks for a while; then one does", () => {
  const limits = { ...free.limits, requestsPerMinute: 9 };
  const down = [1, 2, 3].map((at) => call("unavailable", at * 100, { key: `k${at}`, problem: "HTTP 500" }));
  expect(verdict({ limits, recent: down })).toMatchObject({ verdict: "wait", until: now - 100 + 1_000 });
  expect(verdict({ recent: down.slice(0, 2) })).toEqual({ verdict: "go" });
  expect(verdict({ recent: [call("answered", 50), ...down], limits })).toEqual({
    verdict: "go",
  });
  const later = [1, 2, 3].map(() => call("unavailable", 70_000));
  expect(verdict({ recent: later })).toEqual({ verdict: "go" });
  expect(verdict({ recent: [call("sending", 10), ...later] })).toMatchObject({ verdict: "wait" });
});

test("a provider's rates hold for all workers together", () => {
  const minute = [1, 2, 3].map((at) => call("answered", at * 10_000));
  expect(verdict({ recent: minute })).toMatchObject({ verdict: "wait", until: now + 30_000 });
  const heavy = [call("answered", 20_000, { promptTokens: 950 })];
  expect(verdict({ recent: heavy })).toMatchObject({ verdict: "wait", until: now + 40_000 });
  const busy = [call("sending", 100), call("sending", 200)];
  expect(verdict({ recent: busy })).toMatchObject({ verdict: "wait" });
  // Their workers are dead.
  expect(verdict({ recent: [call("sending", 40_000), call("sending", 50_000)] })).toEqual({ verdict: "go" });
});
