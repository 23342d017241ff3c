import { expect, test } from "vitest";
import { emptyDraft } from "./decision.ts";
import { type ResultInput, toResult } from "./result.ts";

const run: ResultInput = {
  id: "01JD0000000000000000000000",
  itemId: "a17",
  workflow: { name: "invoice", version: 1, hash: "sha256:00" },
  profile: null,
  document: { sha256: "ab", name: "a17.pdf", bytes: 3 },
  reading: null,
  status: "queued",
  waiting: null,
  draft: null,
  usage: { ms: 0, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 },
  error: null,
};

test("a run that has not begun is already a valid result", () => {
  expect(toResult(run)).toMatchObject({
    schema: "weir.result/1",
    id: "a17",
    status: "queued",
    output: {},
    document: { pages: 0, complete: false },
    usage: { allCloud: { promptTokens: 0 } },
  });
});

test("a run that waits for its next try shows as running, with the reason and the time", () => {
  const result = toResult({ ...run, status: "waiting", waiting: { reason: "retry", until: 0 } });
  expect(result).toMatchObject({ status: "running", waiting: { reason: "retry", until: "1970-01-01T00:00:00.000Z" } });
});

test("doubts are shown while they are open and gone when the run has succeeded", () => {
  const draft = {
    ...emptyDraft,
    decisions: {
      total: {
        value: null,
        confidence: null,
        status: "review",
        by: "learned",
        source: [],
        alternatives: [],
        evidence: {},
      },
    },
  } as const;
  const reading = { sha256: "cd", pages: 1, characters: 400, complete: true, skipped: [] };
  expect(toResult({ ...run, status: "review", draft, reading }).doubts).toHaveLength(1);
  expect(toResult({ ...run, status: "succeeded", draft, reading }).doubts).toEqual([]);
  expect(toResult({ ...run, draft, reading }).usage.allCloud.promptTokens).toBe(500);
});
