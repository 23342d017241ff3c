import type { Result } from "../../src/core/index.ts";

type Decided = Result["decisions"][string];

/** A value that waits, read from line 12; null stands nowhere. */
export const decided = (value: string | null, change: Partial<Decided> = {}): Decided => ({
  value,
  confidence: null,
  status: "review",
  by: "learned",
  source: value === null ? [] : [{ page: 1, line: 12, text: `Total ${value}`, box: null }],
  alternatives: [],
  evidence: {},
  ...change,
});

/** A result about one page in which nothing was decided. */
export const resultWith = (change: Partial<Result> = {}): Result => ({
  schema: "weir.result/1",
  id: "a.pdf",
  run: "01J",
  workflow: { name: "invoice", version: 1, hash: "sha256:0" },
  profile: null,
  document: { sha256: "0", name: "a.pdf", pages: 1, complete: true, skipped: [] },
  status: "review",
  output: {},
  decisions: {},
  doubts: [],
  usage: {
    ms: 1,
    queueMs: 0,
    local: { promptTokens: 0, reusedTokens: 0, generatedTokens: 0 },
    cloud: { calls: 0, promptTokens: 0, completionTokens: 0, bytesOut: 0, cost: "0" },
    allCloud: { promptTokens: 0, completionTokens: 0 },
  },
  error: null,
  ...change,
});
