import { expect, test } from "vitest";
import { type RecordedRun, inProgress, tally } from "./tally.ts";

const event = (type: string, step: string | null = null) => ({ type, step });
const did = (step: string) => [event("step.started", step), event("step.done", step)];
const run = (itemId: string, status: RecordedRun["status"], events: RecordedRun["events"]): RecordedRun => ({
  itemId,
  status,
  events,
});
const whole = [event("run.queued"), ...did("read"), ...did("extract"), event("review.opened", "review")];

test("documents that were read once each are neither lost nor doubled, and nothing was done again", () => {
  expect(tally(["a", "b"], [run("a", "review", whole), run("b", "succeeded", whole)])).toEqual({
    documents: 2,
    results: 2,
    lost: 0,
    doubled: 0,
    steps: 4,
    redone: 0,
  });
});

test("a document without a run, or with one that is not over, is lost", () => {
  const runs = [run("a", "running", [event("step.started", "read")])];
  expect(tally(["a", "b"], runs)).toMatchObject({ results: 0, lost: 2 });
});

test("a step that a kill interrupted and another worker did is done again, not doubled", () => {
  const runs = [run("a", "review", [...did("read"), event("step.started", "extract"), ...did("extract")])];
  expect(tally(["a"], runs)).toMatchObject({ doubled: 0, steps: 2, redone: 1 });
});

test("two runs, two ends and a step recorded as done twice all count as doubled", () => {
  const runs = [
    run("two runs", "review", whole),
    run("two runs", "review", whole),
    run("two ends", "succeeded", [...whole, event("review.opened", "review")]),
    run("one step twice", "succeeded", [...whole, event("step.done", "read")]),
    run("fine", "succeeded", whole),
  ];
  expect(tally(["two runs", "two ends", "one step twice", "fine"], runs)).toMatchObject({ lost: 0, doubled: 3 });
});

test("what a kill interrupts is what began and is not done", () => {
  expect(inProgress(run("a", "running", [...did("read"), event("step.started", "extract")]))).toEqual(["extract"]);
  expect(inProgress(run("a", "review", whole))).toEqual([]);
});
