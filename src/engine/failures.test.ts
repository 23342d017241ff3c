import { afterEach, describe, expect, it } from "vitest";
import { type ErrorCode, WeirError, isSettled } from "../core/index.ts";
import { z } from "zod";
import type { Draft, Start, Step, StepContext } from "../ports/index.ts";
import { review } from "../steps/review.ts";
import { type EngineKit, type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import { type ManualClock, manualClock } from "../testing/manual-clock.ts";
import type { WorkflowDefinition, WorkflowOptions } from "./definition.ts";
import { workflow } from "./flow.ts";

/** A workflow of one good step and one that does as it is told. */
function telling(
  behave: (context: StepContext) => Promise<void> | void,
  limits: Pick<WorkflowOptions, "stepTimeoutMs" | "runTimeoutMs" | "attemptsMax"> = {},
) {
  const ran: string[] = [];
  const { definition } = workflow("told", { version: 1, ...limits })
    .step("good", (state: Start) => {
      ran.push("good");
      return state;
    })
    .step("told", async (state, context) => {
      ran.push("told");
      await behave(context);
      return state;
    });
  return { definition, ran };
}

const thrower = (code: ErrorCode) => () => {
  throw new WeirError(code, `as told: ${code}`);
};

describe("a step that fails", () => {
  const open: EngineUnderTest[] = [];
  const setUp = async (kit: EngineKit) => {
    const made = await testEngine(kit);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });

  /** Drains under a clock that stands still but for us. */
  const finishBy = async (clock: ManualClock, made: EngineUnderTest, id: string, stepMs = 100) => {
    const draining = made.engine.drain("test");
    while (!isSettled((await made.engine.get(id)).status)) await clock.advance(stepMs);
    while (clock.sleepers() > 0) await clock.advance(stepMs);
    await draining;
    return await made.engine.get(id);
  };

  it("for good fails the run at once, and a retry goes on after the last good step", async () => {
    let broken = true;
    const { definition, ran } = telling(() => {
      if (broken) throw new WeirError("document.damaged", "cut off");
    });
    const made = await setUp({ workflows: [definition] });
    const id = await made.submit(definition);
    expect(await made.finish(id)).toMatchObject({
      status: "failed",
      attempts: 1,
      error: { code: "document.damaged", message: "cut off" },
    });
    broken = false;
    await made.engine.retry(id);
    expect(await made.finish(id)).toMatchObject({ status: "succeeded", error: null, attempts: 0 });
    expect(ran).toEqual(["good", "told", "told"]);
  });

  it.each([1, 2, 5])(
    "for now is tried as often as its workflow says, %i times, and knows its last try",
    async (attemptsMax) => {
      const clock = manualClock();
      const lastTries: boolean[] = [];
      const { definition } = telling(
        ({ lastTry }) => {
          lastTries.push(lastTry);
          throw new WeirError("delivery.failed", "away");
        },
        { attemptsMax },
      );
      const made = await setUp({ workflows: [definition], clock, options: { idleMs: 60_000 } });
      const id = await made.submit(definition);
      expect(await finishBy(clock, made, id, 1_000)).toMatchObject({ status: "failed", attempts: attemptsMax });
      expect(lastTries).toEqual(Array.from({ length: attemptsMax }, (_, index) => index === attemptsMax - 1));
    },
  );

  it.each([0, 1.5, 1e6])("cannot be tried %d times", (attemptsMax) => {
    expect(() => telling(() => {}, { attemptsMax })).toThrow("attemptsMax");
  });

  it("in the workflow's own code names the step and what was thrown", async () => {
    const { definition } = telling(() => {
      throw new TypeError("total is undefined");
    });
    const made = await setUp({ workflows: [definition] });
    const id = await made.submit(definition);
    expect(await made.finish(id)).toMatchObject({
      status: "failed",
      error: { code: "step.failed", message: 'Step "told" failed: total is undefined' },
    });
    expect(await made.eventsOf(id)).toEqual([
      "run.queued",
      "run.started",
      "step.started",
      "step.done",
      "step.started",
      "step.failed",
      "run.failed",
    ]);
  });

  it("for now is tried again later and later, durably, and then given up", async () => {
    const clock = manualClock();
    const times: number[] = [];
    const { definition, ran } = telling(({ clock: { now } }) => {
      times.push(now());
      throw new WeirError("delivery.failed", "no such folder");
    });
    const made = await setUp({ workflows: [definition], clock });
    const id = await made.submit(definition);
    expect(await finishBy(clock, made, id)).toMatchObject({
      status: "failed",
      attempts: 4,
      error: { code: "delivery.failed" },
    });
    expect(ran).toEqual(["good", "told", "told", "told", "told"]);
    const waits = times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1_000));
    expect(waits).toEqual([1, 4, 16]);
  });

  it("shows until when it waits, and that wait survives the process", async () => {
    const clock = manualClock();
    const { definition } = telling(thrower("delivery.failed"));
    const first = await setUp({ workflows: [definition], clock });
    const id = await first.submit(definition);
    const draining = first.engine.drain("test");
    for (let turn = 0; turn < 50; turn++) await clock.advance(10);
    expect(await first.engine.get(id)).toMatchObject({ status: "waiting", waiting: { reason: "retry" }, error: null });
    const stopping = first.engine.stop();
    await clock.advance(1);
    await stopping;
    await draining;

    let calls = 0;
    const mended = telling(() => void (calls += 1)).definition;
    const second = await setUp({
      workflows: [{ ...mended, hash: definition.hash }],
      clock,
      folder: first.folder,
    });
    expect(await finishBy(clock, second, id)).toMatchObject({ status: "succeeded", waiting: null, attempts: 0 });
    expect(calls).toBe(1);
  });

  it("by taking the model process down twice is poison", async () => {
    const clock = manualClock();
    const { definition, ran } = telling(thrower("model.host-crashed"));
    const made = await setUp({ workflows: [definition], clock });
    const id = await made.submit(definition);
    expect(await finishBy(clock, made, id)).toMatchObject({
      status: "failed",
      hostCrashes: 2,
      error: { code: "run.poison" },
    });
    expect(ran).toEqual(["good", "told", "told"]);
  });

  it("to end in time is stopped through its signal, even when it does not listen", async () => {
    const clock = manualClock();
    const reasons: unknown[] = [];
    const { definition } = telling(
      async ({ signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        await new Promise(() => {});
      },
      { stepTimeoutMs: 5_000 },
    );
    const made = await setUp({ workflows: [definition], clock });
    const id = await made.submit(definition);
    expect(await finishBy(clock, made, id)).toMatchObject({
      status: "failed",
      attempts: 4,
      error: { code: "step.timeout", message: 'Step "told" took longer than 5000 ms.' },
    });
    expect(reasons).toHaveLength(4);
  });

  it("ends a run whose steps together took longer than it may, waiting not counted", async () => {
    const clock = manualClock();
    const limits = { stepTimeoutMs: 5_000, runTimeoutMs: 12_000 };
    const { definition, ran } = telling(async () => await new Promise(() => {}), limits);
    const made = await setUp({ workflows: [definition], clock });
    const id = await made.submit(definition);
    expect(await finishBy(clock, made, id)).toMatchObject({
      status: "failed",
      error: { code: "run.timeout", message: 'The run has used up its 12000 ms at step "told".' },
    });
    // Twice to the end of the step's own limit, then what was left of the run's; the pauses between are free.
    expect(ran).toEqual(["good", "told", "told", "told"]);
  });

  it("is cancelled within a second or two when asked to", async () => {
    const clock = manualClock();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { definition } = telling(async () => {
      begin();
      await new Promise(() => {});
    });
    const made = await setUp({ workflows: [definition], clock, options: { pollMs: 1_000 } });
    const id = await made.submit(definition);
    const draining = made.engine.drain("test");
    await begun;
    expect(await made.engine.cancel(id)).toMatchObject({ status: "running", cancelRequested: true });
    const asked = clock.now();
    for (let turn = 0; (await made.engine.get(id)).status === "running" && turn < 100; turn++) await clock.advance(50);
    expect(clock.now() - asked).toBeLessThanOrEqual(2_000);
    for (let turn = 0; turn < 20; turn++) await clock.advance(50);
    await draining;
    expect(await made.engine.get(id)).toMatchObject({ status: "cancelled", error: { code: "run.cancelled" } });
    expect((await made.eventsOf(id)).slice(-2)).toEqual(["run.cancel-requested", "run.cancelled"]);
  });

  it("is cancelled even when that was asked for after the last look, before it would wait for a person", async () => {
    const Bill = z.object({ total: z.string() });
    const doubted = { total: decision("1.00", { status: "review" }) };
    const propose: Step<Start, Draft<typeof Bill>> = {
      name: "extract",
      kind: "extract",
      shape: {},
      schema: Bill,
      run: async ({ document }, { run }) => {
        await made.engine.cancel(run.id);
        return draftState<typeof Bill>(document, doubted);
      },
    };
    const { definition } = workflow("bill", { version: 1 }).step(propose).step(review());
    const made = await setUp({ workflows: [definition], options: { pollMs: 60_000 } });
    const id = await made.submit(definition);
    expect(await made.finish(id)).toMatchObject({ status: "cancelled", cancelRequested: false });
    expect((await made.engine.openReviews()).reviews).toEqual([]);
  });

  it("or just takes long keeps its lease meanwhile", async () => {
    const clock = manualClock();
    const { definition, ran } = telling(async (context) => await context.clock.sleep(100_000));
    const one = await setUp({ workflows: [definition], clock, options: { leaseMs: 30_000, pollMs: 1_000 } });
    const two = await setUp({
      workflows: [definition],
      clock,
      folder: one.folder,
      options: { worker: "other", idleMs: 500 },
    });
    const id = await one.submit(definition);
    const draining = Promise.all([one.engine.drain("test"), two.engine.drain("test")]);
    while (!isSettled((await one.engine.get(id)).status)) await clock.advance(500);
    while (clock.sleepers() > 0) await clock.advance(500);
    await draining;
    expect(await one.engine.get(id)).toMatchObject({ status: "succeeded" });
    expect(ran).toEqual(["good", "told"]);
    expect(await one.eventsOf(id)).not.toContain("run.resumed");
  });

  describe("because the workflow is another one now", () => {
    const find = async (replacement: WorkflowDefinition | null) => {
      const { definition } = telling(() => {});
      const made = await setUp({ workflows: replacement ? [replacement] : [] });
      const id = await made.submit(definition);
      return { made, run: await made.finish(id) };
    };

    it("does not begin: the run waits for its own version", async () => {
      const { run, made } = await find(workflow("told", { version: 1 }).step("good", (state) => state).definition);
      expect(run).toMatchObject({ status: "needs-migration", error: { code: "workflow.changed" } });
      expect(await made.eventsOf(run.id)).not.toContain("step.started");
    });

    it("or gone, and goes on when it is back", async () => {
      const { definition, ran } = telling(() => {});
      const workflows: WorkflowDefinition[] = [];
      const made = await setUp({ workflows });
      const id = await made.submit(definition);
      expect(await made.finish(id)).toMatchObject({ status: "needs-migration" });
      workflows.push(definition);
      await made.engine.retry(id);
      expect(await made.finish(id)).toMatchObject({ status: "succeeded" });
      expect(ran).toEqual(["good", "told"]);
    });

    it("or does not load, with the reason it does not", async () => {
      const { definition } = telling(() => {});
      const made = await setUp({
        workflows: [],
        options: { findWorkflow: () => Promise.reject(new WeirError("workflow.load", "line 3: unexpected }")) },
      });
      const id = await made.submit(definition);
      expect(await made.finish(id)).toMatchObject({
        status: "needs-migration",
        error: { code: "workflow.load", message: "line 3: unexpected }" },
      });
    });
  });

  it("because the disk is full stops the worker and loses nothing", async () => {
    let full = true;
    const { definition, ran } = telling(() => {
      if (full) throw new WeirError("store.full", "No space left.");
    });
    const made = await setUp({ workflows: [definition] });
    const id = await made.submit(definition);
    await expect(made.finish(id)).rejects.toMatchObject({ code: "store.full" });
    expect(await made.engine.get(id)).toMatchObject({ status: "queued", error: null });
    full = false;
    await made.engine.adopt([id], "test");
    expect(await made.finish(id)).toMatchObject({ status: "succeeded" });
    expect(ran).toEqual(["good", "told", "told"]);
  });
});
