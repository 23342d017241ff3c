import { expect, test } from "vitest";
import type { Decision, Reader, RunStatus } from "../../core/index.ts";
import type { RunRecord } from "../../ports/index.ts";
import { statsText } from "../render/stats.ts";
import { paintWith } from "../render/text.ts";
import { RunningMedian } from "./median.ts";
import { Tally } from "./tally.ts";

const decided = (by: Reader, status: Decision["status"] = "accepted", value: string | null = "1"): Decision => ({
  value,
  confidence: null,
  status,
  by,
  source: [],
  alternatives: [],
  evidence: {},
});

const open = decided("slm", "review");
const absent = decided("rule", "review", null);

function run(
  status: RunStatus,
  decisions: Readonly<Record<string, Decision>>,
  more: Partial<RunRecord> = {},
): RunRecord {
  return {
    id: "01J",
    itemId: "a.txt",
    workflow: { name: "invoice", version: 1, hash: "sha256:0", file: null },
    document: { sha256: "0", name: "a.txt", bytes: 1 },
    settings: {},
    profile: null,
    models: {},
    folder: "/",
    engineBuild: "1",
    reuseKey: null,
    lane: "run",
    priority: 0,
    status,
    waiting: null,
    createdAt: 0,
    updatedAt: 0,
    startedAt: null,
    finishedAt: null,
    attempts: 0,
    hostCrashes: 0,
    cancelRequested: false,
    draft: { decisions, doubts: [], optional: ["note"] },
    reading: { sha256: "1", pages: 1, characters: 4_000, complete: true, skipped: [] },
    usage: { ms: 1_000, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 },
    error: null,
    prunedAt: null,
    ...more,
  };
}

const queue = { due: 0, later: 0, held: 0 };

function statsOf(runs: readonly RunRecord[], now = 0) {
  const tally = new Tally();
  for (const one of runs) tally.add(one);
  return tally.stats({ queue, profiles: [] }, now);
}

test("every path of a document has one fate, and a document that of its hardest path", () => {
  const { workflows } = statsOf([
    run("succeeded", { total: decided("rule"), tax: decided("learned"), note: absent }),
    run("succeeded", { total: decided("rule"), tax: decided("cloud") }),
    run("succeeded", { total: decided("human"), tax: decided("cloud") }),
    run("succeeded", { total: decided("human", "rejected"), tax: decided("rule") }),
    run("review", { total: decided("slm"), tax: open, note: absent }),
  ]);
  const [invoice] = workflows;
  expect(invoice?.paths).toEqual({
    total: { n: 5, accepted: 3, cloud: 0, person: 2, waiting: 0, empty: 0 },
    tax: { n: 5, accepted: 2, cloud: 2, person: 0, waiting: 1, empty: 0 },
    note: { n: 2, accepted: 0, cloud: 0, person: 0, waiting: 0, empty: 2 },
  });
  expect(invoice?.all).toEqual({ n: 12, accepted: 5, cloud: 2, person: 2, waiting: 1, empty: 2 });
  expect(invoice?.documents).toEqual({ n: 5, accepted: 1, cloud: 1, person: 2, waiting: 1, empty: 0 });
});

test("what a rule doubts waits although a machine had an answer, and what was given out unproven is empty", () => {
  const doubts = [{ code: "rule.sums", paths: ["total", "tax"], message: "does not add up", step: "sums" }];
  const draft = { decisions: { total: open, tax: decided("human") }, doubts, optional: [] };
  const [held] = statsOf([run("review", {}, { draft })]).workflows;
  expect(held?.paths).toMatchObject({ total: { waiting: 1 }, tax: { person: 1 } });
  const [given] = statsOf([run("succeeded", { total: open })]).workflows;
  expect(given?.paths).toMatchObject({ total: { waiting: 0, empty: 1 } });
});

test("places in a list are one path", () => {
  const lines = { "lines.0.amount": decided("rule"), "lines.1.amount": open };
  expect(statsOf([run("review", lines)]).workflows[0]?.paths).toEqual({
    "lines.*.amount": { n: 2, accepted: 1, cloud: 0, person: 0, waiting: 1, empty: 0 },
  });
});

test("what is at work, failed or cancelled counts among the runs and decides nothing", () => {
  const total = { total: decided("rule") };
  const { runs, workflows } = statsOf([run("running", total), run("failed", total), run("cancelled", total)]);
  expect(runs).toMatchObject({ running: 1, failed: 1, cancelled: 1, succeeded: 0 });
  expect(workflows[0]?.documents.n).toBe(0);
  expect(workflows[0]?.secondsMedian).toBeNull();
});

test("workflows are counted apart, runs together, and the oldest in the queue is told", () => {
  const other = { workflow: { name: "ad-order", version: 1, hash: "sha256:1", file: null } };
  const runs = [run("queued", {}, { updatedAt: 700 }), run("queued", {}, { updatedAt: 400 }), run("failed", {}, other)];
  const stats = statsOf(runs, 1_000);
  expect(stats.workflows.map(({ name, runs: { queued, failed } }) => [name, queued, failed])).toEqual([
    ["ad-order", 0, 1],
    ["invoice", 2, 0],
  ]);
  expect(stats.runs).toMatchObject({ queued: 2, failed: 1 });
  expect(stats.queue).toEqual({ ...queue, oldestQueuedMs: 600 });
});

test("the tokens of a cloud that reads everything are summed, and nothing was sent", () => {
  const [invoice] = statsOf([run("succeeded", {}), run("review", { total: open })]).workflows;
  // 4000 characters are about 1000 tokens, and 400 of instructions go with each.
  expect(invoice?.tokens.allCloud.prompt).toBe(2_800);
  expect(invoice?.tokens.sent).toEqual({ prompt: 0, completion: 0, bytes: 0 });
});

test("the median is within half a per cent, whatever was added, in bounded memory", () => {
  const median = new RunningMedian();
  expect(median.value()).toBeNull();
  median.add(0);
  expect(median.value()).toBe(0);
  for (let ms = 1; ms <= 20_001; ms += 2) median.add(ms);
  expect(Math.abs((median.value() ?? 0) / 10_001 - 1)).toBeLessThan(0.006);
});

test("people see the shares side by side", () => {
  const stats = statsOf(
    [
      run("succeeded", { total: decided("rule"), "seller.name": decided("human") }),
      run("succeeded", { total: decided("rule"), "seller.name": decided("rule") }),
      run("queued", {}, { updatedAt: 0 }),
    ],
    90_000,
  );
  const text = statsText(stats, 100, paintWith(false));
  expect(text).toContain("3: 1 queued, 2 done");
  expect(text).toContain("the oldest waits for 1 min 30 s");
  expect(text).toMatch(/seller\.name +2 +50\.0 % +0\.0 % +50\.0 % +0\.0 % +0\.0 %/);
  expect(text).toMatch(/documents +2 +50\.0 % +0\.0 % +50\.0 %/);
  expect(text).toMatch(/untouched by cloud and person: 1 of 2 documents; median (998 ms|1\.0 s) a document/);
  expect(statsText(statsOf([]), 100, paintWith(false))).toContain("none yet");
});
