import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Decision, WeirError, money, nestOutput } from "../core/index.ts";
import type { Draft, Start, State, Step } from "../ports/index.ts";
import { review } from "../steps/review.ts";
import { type EngineKit, type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import { workflow } from "./flow.ts";

const Bill = z.object({ route: z.enum(["pay", "ask"]), total: money(), due: z.iso.date().nullable() });
type BillDraft = Draft<typeof Bill>;

const sure = { route: decision("pay"), total: decision("12.00"), due: decision("2026-02-01") };
const unsure = { ...sure, total: decision("12.00", { status: "review", by: "slm", confidence: 0.6 }) };

/** Stands for reading and extracting. */
function propose(decisions: Record<string, Decision>): Step<Start, BillDraft> {
  return {
    name: "extract",
    kind: "extract",
    shape: {},
    schema: Bill,
    run: async ({ document }) => draftState<typeof Bill>(document, decisions),
  };
}

/** A step that only leaves a trace. */
function trace<S extends State>(name: string, into: string[]): Step<S, S> {
  return {
    name,
    kind: "own",
    shape: {},
    run: async (state) => {
      into.push(name);
      return state;
    },
  };
}

describe("engine", () => {
  const open: EngineUnderTest[] = [];
  const setUp = async (kit: EngineKit) => {
    const made = await testEngine(kit);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });

  it("runs a document through every step, once, and shows what came out", async () => {
    const seen: string[] = [];
    const { definition } = workflow("bill", { version: 1 }).step(propose(sure)).step(trace("a", seen)).step(review());
    const { submit, finish, eventsOf } = await setUp({ workflows: [definition] });
    const run = await finish(await submit(definition));
    expect(run).toMatchObject({ status: "succeeded", error: null, attempts: 0, reading: { pages: 1 } });
    expect(nestOutput(run.draft?.decisions ?? {})).toEqual({ route: "pay", total: "12.00", due: "2026-02-01" });
    expect(seen).toEqual(["a"]);
    expect(await eventsOf(run.id)).toEqual([
      "run.queued",
      "run.started",
      "step.started",
      "step.done",
      "step.started",
      "step.done",
      "step.started",
      "step.done",
      "run.succeeded",
    ]);
  });

  it("writes once a step: what one came to and that the next begins, the last with the end of the run", async () => {
    const { definition } = workflow("bill", { version: 1 }).step(propose(sure)).step(trace("a", [])).step(review());
    const { submit, finish, store } = await setUp({ workflows: [definition] });
    const write = vi.spyOn(store.checkpoints, "write");
    const commit = vi.spyOn(store.runs, "commit");
    const run = await finish(await submit(definition));
    expect(run).toMatchObject({ status: "succeeded" });
    const told = write.mock.calls.map(([, , change]) => (change?.events ?? []).map(({ type }) => type));
    expect(told).toEqual([
      ["step.started"],
      ["step.done", "step.started"],
      ["step.done", "step.started"],
      ["step.done", "run.succeeded"],
    ]);
    expect(commit).not.toHaveBeenCalled();
  });

  it("shows the draft of a step as soon as the step is done", async () => {
    const drafts: unknown[] = [];
    const { definition } = workflow("bill", { version: 1 })
      .step(propose(sure))
      .step("look", async (state: BillDraft, { run }) => {
        drafts.push((await made.engine.get(run.id)).draft);
        return state;
      });
    const made = await setUp({ workflows: [definition] });
    await made.finish(await made.submit(definition));
    expect(drafts).toMatchObject([{ decisions: { total: { value: "12.00" } } }]);
  });

  it("goes on by the value of a branch, through that arm only", async () => {
    const seen: string[] = [];
    const { definition } = workflow("bill", { version: 1 })
      .step(propose(sure))
      .branch("route", {
        pay: (flow) => flow.step(trace("paid", seen)),
        ask: (flow) => flow.step(trace("asked", seen)),
      })
      .step(trace("after", seen));
    const { submit, finish } = await setUp({ workflows: [definition] });
    expect(await finish(await submit(definition))).toMatchObject({ status: "succeeded" });
    expect(seen).toEqual(["paid", "after"]);
  });

  it("waits for a person where a doubt is open, and goes on with the answer from where it stopped", async () => {
    const seen: string[] = [];
    const { definition } = workflow("bill", { version: 1 })
      .step(trace("before", seen))
      .step(propose(unsure))
      .step(review())
      .step("after", (state) => {
        seen.push("after");
        return state;
      });
    const { engine, submit, finish, eventsOf } = await setUp({ workflows: [definition] });
    const parked = await finish(await submit(definition));
    expect(parked).toMatchObject({ status: "review", waiting: null });
    expect((await engine.openReviews()).reviews).toMatchObject([{ runId: parked.id, step: "review", version: 1 }]);
    expect(seen).toEqual(["before"]);

    await engine.finishReview(parked.id, 1, { total: { value: "13.00" } }, "test");
    const run = await finish(parked.id);
    expect(run).toMatchObject({
      status: "succeeded",
      draft: {
        decisions: {
          total: { value: "13.00", by: "human", status: "accepted", source: [], alternatives: [{ value: "12.00" }] },
          route: { by: "rule" },
        },
      },
    });
    expect(seen).toEqual(["before", "after"]);
    expect((await eventsOf(run.id)).filter((type) => type.startsWith("review."))).toEqual([
      "review.opened",
      "review.finished",
    ]);
  });

  it("asks before a branch whether a doubted value is right", async () => {
    const seen: string[] = [];
    const doubted = { ...unsure, route: decision("pay", { status: "review" }) };
    const { definition } = workflow("bill", { version: 1 })
      .step(propose(doubted))
      .branch("route", {
        pay: (flow) => flow.step(trace("paid", seen)),
        ask: (flow) => flow.step(trace("asked", seen)),
      })
      .step(review());
    const { engine, submit, finish } = await setUp({ workflows: [definition] });
    const id = await submit(definition);
    expect(await finish(id)).toMatchObject({ status: "review" });
    // Only the route holds the run back here; the total is asked about later.
    await engine.finishReview(id, 1, { route: { value: "ask" } }, "test");
    expect(await finish(id)).toMatchObject({ status: "review" });
    expect(seen).toEqual(["asked"]);
    const second = await engine.review(id);
    expect(second).toMatchObject({ step: "review", decisions: { route: { value: "ask" } } });
    await engine.finishReview(id, second?.version ?? 0, { total: "accept" }, "test");
    expect(await finish(id)).toMatchObject({
      status: "succeeded",
      draft: { decisions: { total: { value: "12.00", by: "human", confidence: 0.6 }, route: { value: "ask" } } },
    });
  });

  describe("refuses an answer", () => {
    const parked = async () => {
      const missing = { ...unsure, total: decision(null, { status: "review" }) };
      const { definition } = workflow("bill", { version: 1 }).step(propose(missing)).step(review());
      const made = await setUp({ workflows: [definition] });
      const id = await made.submit(definition);
      await made.finish(id);
      return { ...made, id };
    };

    it.each([
      ["of an unknown path", { totl: { value: "1.00" } }, /no field "totl"/],
      ["of the wrong form", { total: { value: "twelve" } }, /"total" must be a decimal number such as "1234.50"/],
      ["that is no date", { due: { value: "1.2.2026" } }, /"due" must be a date such as "2026-01-31"/],
      ["that is none of the choices", { route: { value: "drop" } }, /"route" must be one of "pay", "ask"/],
      ["that accepts a missing value", { total: "accept" as const }, /"total" must be stated/],
      ["that leaves a doubt open", { due: "accept" as const }, /Still to decide: total/],
    ])("%s, and says what is wanted", async (_, answers, message) => {
      const { engine, id } = await parked();
      const refused = engine.finishReview(id, 1, answers);
      await expect(refused).rejects.toMatchObject({ code: "review.invalid", message: expect.stringMatching(message) });
      expect(await engine.get(id)).toMatchObject({ status: "review" });
    });

    it("to a version somebody else has answered, or to a run that waits for nobody", async () => {
      const { engine, id } = await parked();
      await engine.saveReview(id, 1, { due: { value: null } });
      await expect(engine.finishReview(id, 1, { total: { value: "1.00" } })).rejects.toMatchObject({
        code: "review.conflict",
      });
      await engine.finishReview(id, 2, { total: { value: "1.00" } });
      await expect(engine.finishReview(id, 3, {})).rejects.toMatchObject({ code: "review.conflict" });
      await expect(engine.finishReview("none", 1, {})).rejects.toMatchObject({ code: "run.unknown" });
      expect(await engine.review(id)).toMatchObject({ decisions: { due: { value: null, by: "human" } } });
    });
  });

  it("turns what a step could not do into a doubt where a person can do it", async () => {
    const { definition } = workflow("bill", { version: 1 })
      .step(propose(sure))
      .step("summarize", (state: BillDraft): BillDraft => {
        throw new WeirError("answer.cut-short", `All tokens used on ${state.document.name}.`);
      })
      .step(review());
    const { submit, finish, eventsOf } = await setUp({ workflows: [definition] });
    const run = await finish(await submit(definition));
    expect(run).toMatchObject({
      status: "review",
      draft: { doubts: [{ code: "answer.cut-short", step: "summarize", paths: ["route", "total", "due"] }] },
    });
    expect(await eventsOf(run.id)).toContain("step.failed");
  });

  it("fails such a run where there is no draft or no review ahead", async () => {
    const cut = () => {
      throw new WeirError("answer.cut-short", "All tokens used.");
    };
    const early = workflow("early", { version: 1 }).step("write", cut).definition;
    const late = workflow("late", { version: 1 }).step(propose(sure)).step("write", cut).definition;
    const { submit, finish } = await setUp({ workflows: [early, late] });
    for (const definition of [early, late]) {
      expect(await finish(await submit(definition))).toMatchObject({
        status: "failed",
        error: { code: "answer.cut-short" },
      });
    }
  });

  describe("rerun", () => {
    it("takes over what came before the step and does the rest again, in a run of its own", async () => {
      const seen: string[] = [];
      const { definition } = workflow("bill", { version: 1 })
        .step(trace("a", seen))
        .step(propose(unsure))
        .step(trace("b", seen))
        .step(review())
        .step(trace("c", seen));
      const { engine, submit, finish } = await setUp({ workflows: [definition] });
      const first = await submit(definition);
      await finish(first);
      await engine.finishReview(first, 1, { total: { value: "13.00" } }, "test");
      await finish(first);

      const late = await engine.rerun(first, "c");
      expect(await finish(late.id)).toMatchObject({
        status: "succeeded",
        rerun: { runId: first, step: "c" },
        draft: { decisions: { total: { value: "13.00", by: "human" } } },
      });
      const early = await engine.rerun(first, "b");
      expect(await finish(early.id)).toMatchObject({
        status: "review",
        draft: { decisions: { total: { value: "12.00" } } },
      });
      expect(seen).toEqual(["a", "b", "c", "c", "b"]);
      expect(await engine.get(first)).toMatchObject({ status: "succeeded" });
    });

    it("refuses a step the run never came to", async () => {
      const { definition } = workflow("bill", { version: 1 }).step(propose(unsure)).step(review()).step(trace("c", []));
      const { engine, submit, finish } = await setUp({ workflows: [definition] });
      const id = await submit(definition);
      await finish(id);
      await expect(engine.rerun(id, "c")).rejects.toMatchObject({ code: "run.state" });
      await expect(engine.rerun(id, "none")).rejects.toMatchObject({ code: "run.state" });
      await expect(engine.rerun("none", "c")).rejects.toMatchObject({ code: "run.unknown" });
    });

    it("refuses a workflow that is another one now", async () => {
      const { definition } = workflow("bill", { version: 1 }).step(propose(sure));
      const workflows = [definition];
      const { engine, submit, finish } = await setUp({ workflows });
      const id = await submit(definition);
      await finish(id);
      workflows.splice(0, 1, workflow("bill", { version: 2 }).step(propose(sure)).definition);
      await expect(engine.rerun(id, "extract")).rejects.toMatchObject({ code: "workflow.changed" });
    });
  });

  describe("reuse", () => {
    it("gives the earlier run for the same work, and a new one when anything differs", async () => {
      const { definition } = workflow("bill", { version: 1 }).step(propose(sure));
      const other = workflow("bill", { version: 2 }).step(propose(sure)).definition;
      const { engine } = await setUp({ workflows: [definition] });
      const bytes = new TextEncoder().encode("a bill");
      const base = {
        itemId: "a",
        workflow: { definition, file: null },
        document: { name: "a.txt", bytes },
        lane: "test",
        reuse: true,
      };
      const first = await engine.submit(base);
      expect(first.created).toBe(true);
      expect(await engine.submit({ ...base, lane: "other" })).toMatchObject({
        created: false,
        run: { id: first.run.id },
      });
      const changes = [
        { itemId: "b" },
        { settings: { embedded: "off" } },
        { workflow: { definition: other, file: null } },
        { document: { name: "a.txt", bytes: new TextEncoder().encode("another bill") } },
        { reuse: false },
      ];
      for (const change of changes)
        expect(await engine.submit({ ...base, ...change })).toMatchObject({ created: true });
    });

    it("takes a document that is stored already, and refuses one that is not", async () => {
      const { definition } = workflow("bill", { version: 1 }).step(propose(sure));
      const { engine, submit } = await setUp({ workflows: [definition] });
      const { document } = await engine.get(await submit(definition));
      const again = { itemId: "again", workflow: { definition, file: null }, lane: "test", reuse: false };
      expect(await engine.submit({ ...again, document })).toMatchObject({ run: { document } });
      await expect(
        engine.submit({ ...again, document: { ...document, sha256: "0".repeat(64) } }),
      ).rejects.toMatchObject({ code: "document.lost" });
    });
  });
});
