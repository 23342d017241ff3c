import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../../test/support/engine.ts";
import { type Decision, WeirError, money, nestOutput } from "../../core/index.ts";
import { workflow } from "../../engine/flow.ts";
import type { Draft, Start, Step } from "../../ports/index.ts";
import { type ManualClock, manualClock } from "../../testing/manual-clock.ts";
import { review } from "../review.ts";
import { validate } from "../validate.ts";
import { lookup } from "./lookup.ts";
import type { Source, SourceRow } from "./source.ts";

const Bill = z.object({ vendorNumber: z.string(), total: money() });
const Vendor = z.object({ name: z.string(), limit: money() });
const nord = { name: "Nord", limit: "100.00" };

function proposing(number: Partial<Decision> = {}): Step<Start, Draft<typeof Bill>> {
  return {
    name: "extract",
    kind: "extract",
    shape: {},
    schema: Bill,
    run: async ({ document }) =>
      draftState<typeof Bill>(document, { vendorNumber: decision("17", number), total: decision("12.00") }),
  };
}

function vendors(find: (key: string) => readonly SourceRow[]): Source<typeof Vendor, "vendor"> {
  return { name: "vendor", row: Vendor, parameters: ["key"], shape: {}, find: async ({ key }) => find(key ?? "") };
}

/** Lets a second pass whenever somebody sleeps. */
async function passing(clock: ManualClock, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    if (clock.sleepers() > 0) await clock.advance(1_000);
  }
}

describe("a lookup", () => {
  const open: EngineUnderTest[] = [];
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });

  const setUp = async (
    source: Source<typeof Vendor, "vendor">,
    number: Partial<Decision> = {},
    clock?: ManualClock,
  ) => {
    const { definition } = workflow("bill", { version: 1 })
      .step(proposing(number))
      .step(lookup("vendorNumber", source))
      .step(
        validate("limit", ["total", "vendor.limit"], (values, doubt) => {
          if (values.total.cmp(values["vendor.limit"]) > 0) doubt(`${values.total} is over the limit`);
        }),
      )
      .step(review());
    const made = await testEngine({ workflows: [definition], ...(clock ? { clock } : {}) });
    open.push(made);
    return { ...made, id: await made.submit(definition) };
  };

  it("puts the row beside what was read, accepted, and rules can use it", async () => {
    const { finish, id, engine } = await setUp(vendors(() => [nord]));
    const run = await finish(id);
    expect(run.status).toBe("succeeded");
    expect(nestOutput(run.draft?.decisions ?? {})).toEqual({ vendorNumber: "17", total: "12.00", vendor: nord });
    const told = (await engine.events(id)).find(({ type }) => type === "lookup.done");
    expect(told?.data).toMatchObject({ step: "look up vendor", path: "vendorNumber", key: "17", found: 1 });
  });

  it("waits for a person where its value is doubted, and asks about what the person says", async () => {
    const asked: string[] = [];
    const source = vendors((key) => {
      asked.push(key);
      return [{ ...nord, limit: "1.00" }];
    });
    const { finish, id, engine } = await setUp(source, { status: "review" });
    expect(await finish(id)).toMatchObject({ status: "review" });
    expect(asked).toEqual([]);
    await engine.finishReview(id, 1, { vendorNumber: { value: "18" } }, "test");
    const run = await finish(id);
    expect(asked).toEqual(["18"]);
    expect(run).toMatchObject({ status: "review", draft: { doubts: [{ code: "rule.limit" }] } });
  });

  it.each([
    ["nothing is there", [], "there is no vendor 17", "lookup.not-found"],
    ["several are there", [nord, nord], "there are 2 of vendor 17", "lookup.ambiguous"],
  ])("doubts the value where %s", async (_, rows, message, code) => {
    const { finish, id } = await setUp(vendors(() => rows));
    expect(await finish(id)).toMatchObject({
      status: "review",
      draft: { doubts: [{ code, paths: ["vendorNumber"], message }] },
    });
  });

  it("says so too where a person has vouched for the value, who may accept that there is none", async () => {
    const { finish, id, engine } = await setUp(
      vendors(() => []),
      { status: "review" },
    );
    await finish(id);
    await engine.finishReview(id, 1, { vendorNumber: "accept" }, "test");
    expect(await finish(id)).toMatchObject({
      status: "review",
      draft: { doubts: [{ paths: ["vendor.name"], message: "there is no vendor 17" }] },
    });
    const second = await engine.review(id);
    await engine.finishReview(id, second?.version ?? 0, { "vendor.name": "accept" }, "test");
    expect(await finish(id)).toMatchObject({ status: "succeeded" });
  });

  it("leaves a nonsensical answer to a person at once", async () => {
    const source = vendors(() => {
      throw new WeirError("lookup.bad-answer", "A row of vendor is no object.");
    });
    const { finish, id } = await setUp(source);
    expect(await finish(id)).toMatchObject({ status: "review", draft: { doubts: [{ code: "lookup.bad-answer" }] } });
  });

  it("tries a system that is down again, and leaves it to a person after the last try", async () => {
    let asked = 0;
    const source = vendors(() => {
      asked += 1;
      throw new WeirError("lookup.unreachable", "The shop is down.");
    });
    const clock = manualClock();
    const { engine, id } = await setUp(source, {}, clock);
    const draining = engine.drain("test");
    const over = new AbortController();
    const time = passing(clock, over.signal);
    await draining;
    over.abort();
    await time;
    expect(asked).toBe(4);
    expect(await engine.get(id)).toMatchObject({
      status: "review",
      draft: { doubts: [{ code: "lookup.unreachable", message: "The shop is down." }] },
    });
  });

  it("with a source that asks for other values does not load", () => {
    const source = { ...vendors(() => []), parameters: ["number"] };
    expect(() => lookup<typeof Bill, "vendorNumber", typeof Vendor, "vendor">("vendorNumber", source)).toThrow(
      /asked with "number", and is given "key"/,
    );
  });
});
