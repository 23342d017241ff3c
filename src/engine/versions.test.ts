import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type RunStatus, nestOutput } from "../core/index.ts";
import type { Draft, Migrate, Start, Step } from "../ports/index.ts";
import { review } from "../steps/review.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { type Flow, workflow } from "./flow.ts";

const Bill = z.object({ total: z.string(), due: z.string() });
type BillDraft = Draft<typeof Bill>;

/** What each version did, as "version step". */
const ran: string[] = [];
const traced =
  (version: number, name: string) =>
  <S>(state: S): S => {
    ran.push(`${version} ${name}`);
    return state;
  };

function extract(): Step<Start, BillDraft> {
  return {
    name: "extract",
    kind: "extract",
    shape: {},
    schema: Bill,
    run: async ({ document }) =>
      draftState<typeof Bill>(document, {
        total: decision("1.00", { status: "review", by: "slm" }),
        due: decision("today", { status: "review", by: "slm" }),
      }),
  };
}

const first = workflow("bill", { version: 1 })
  .step(extract())
  .step("check", traced(1, "check"))
  .step(review())
  .step("book", traced(1, "book"));

/** The same with two steps renamed. */
const second = (options: { earlier?: readonly Flow<never>[]; migrate?: Migrate } = {}) =>
  workflow("bill", { version: 2, ...(options as object) })
    .step(extract())
    .step("verify", traced(2, "verify"))
    .step(review("sign off"))
    .step("enter", traced(2, "enter"));

describe("a deploy while runs wait for people", () => {
  let folder: string;
  let ids: string[];
  const open: EngineUnderTest[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-versions-"));
  });
  const park = async (parkedCount = 10) => {
    const before = await deploy(first.definition);
    ids = [];
    for (let at = 0; at < parkedCount; at++) ids.push(await before.submit(first.definition, `item${at}`));
    await before.engine.drain("test");
    expect(await statuses(before)).toEqual({ review: parkedCount });
    ran.length = 0;
    return parkedCount;
  };
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
    rmSync(folder, { recursive: true });
  });

  /** A new process on the same data. */
  const deploy = async (definition: WorkflowDefinition): Promise<EngineUnderTest> => {
    for (const made of open.splice(0)) await made.close();
    const made = await testEngine({ folder, workflows: [definition] });
    open.push(made);
    await made.engine.settleVersions();
    return made;
  };

  const statuses = async ({ engine }: EngineUnderTest): Promise<Partial<Record<RunStatus, number>>> => {
    const all = await Promise.all(ids.map(async (id) => (await engine.get(id)).status));
    return Object.fromEntries(
      Object.entries(Object.groupBy(all, (status) => status)).map(([status, some]) => [status, some.length]),
    );
  };

  const finishAll = async (made: EngineUnderTest) => {
    for (const id of ids) {
      const { version } = (await made.engine.review(id)) ?? { version: 0 };
      await made.engine.finishReview(id, version, { total: { value: "2.00" }, due: "accept" }, "test");
    }
    await made.engine.drain("test");
  };

  it("finishes none of them behind their back: all are put away, and say what to do", async () => {
    const parkedCount = await park(100);
    const made = await deploy(second().definition);
    expect(await statuses(made)).toEqual({ "needs-migration": parkedCount });
    await made.engine.drain("test");
    expect(await statuses(made)).toEqual({ "needs-migration": parkedCount });
    expect(ran).toEqual([]);
    const [id = ""] = ids;
    const { error } = await made.engine.get(id);
    expect(error).toMatchObject({ code: "workflow.changed", hint: expect.stringContaining("`earlier`") });
    expect((await made.engine.openReviews()).reviews).toEqual([]);
    await expect(made.engine.finishReview(id, 1, { total: "accept", due: "accept" })).rejects.toMatchObject({
      code: "review.conflict",
    });
  });

  it("lets each go on with its own version where that stands beside the new one, even after it was missing", async () => {
    const parkedCount = await park();
    await deploy(second().definition);
    const made = await deploy(second({ earlier: [first as Flow<never>] }).definition);
    await made.engine.adopt(ids, "test");
    await made.engine.drain("test");
    expect(await statuses(made)).toEqual({ review: parkedCount });
    await finishAll(made);
    expect(await statuses(made)).toEqual({ succeeded: parkedCount });
    expect(new Set(ran)).toEqual(new Set(["1 book"]));
    expect(ran).toHaveLength(parkedCount);
  });

  it("hands them over where the new version says how, with what people had saved", async () => {
    const parkedCount = await park();
    const [id = ""] = ids;
    const before = open.at(-1);
    await before?.engine.saveReview(id, 1, { total: { value: "3.00" } });
    const olds: unknown[] = [];
    const made = await deploy(
      second({
        migrate: (old) => {
          olds.push([old.version, old.done]);
          return { state: old.state, after: "verify" };
        },
      }).definition,
    );
    await made.engine.adopt(ids, "test");
    await made.engine.drain("test");
    expect(await statuses(made)).toEqual({ review: parkedCount });
    expect(olds[0]).toEqual([1, ["extract", "check"]]);
    expect(await made.engine.get(id)).toMatchObject({
      workflow: { version: 2, hash: second().definition.hash },
    });
    expect(await made.engine.review(id)).toMatchObject({
      step: "sign off",
      decisions: { total: { value: "3.00", by: "human" } },
    });
    await finishAll(made);
    expect(await statuses(made)).toEqual({ succeeded: parkedCount });
    expect(new Set(ran)).toEqual(new Set(["2 enter"]));
    expect(ran).toHaveLength(parkedCount);
    expect(nestOutput((await made.engine.get(id)).draft?.decisions ?? {})).toEqual({ total: "2.00", due: "today" });
    expect(await made.eventsOf(id)).toContain("run.migrated");
  });

  it("may let them begin anew", async () => {
    const parkedCount = await park();
    const made = await deploy(
      second({ migrate: ({ state }) => ({ state: { document: state.document }, after: null }) }).definition,
    );
    await made.engine.adopt(ids, "test");
    await made.engine.drain("test");
    expect(await statuses(made)).toEqual({ review: parkedCount });
    expect(ran).toHaveLength(parkedCount);
    expect(new Set(ran)).toEqual(new Set(["2 verify"]));
  });

  it.each([
    ["does not take them over", () => null, "does not take this run over"],
    ["names a step there is not", ({ state }: { state: Start }) => ({ state, after: "check" }), 'a step "check"'],
    [
      "throws",
      () => {
        throw new Error("no such field");
      },
      "threw: no such field",
    ],
  ] as const)("keeps them where migrate %s", async (_, migrate, told) => {
    const parkedCount = await park();
    const made = await deploy(second({ migrate: migrate as Migrate }).definition);
    await made.engine.adopt(ids, "test");
    await made.engine.drain("test");
    expect(await statuses(made)).toEqual({ "needs-migration": parkedCount });
    expect((await made.engine.get(ids[0] ?? "")).error?.message).toContain(told);
    expect(ran).toEqual([]);
  });
});

describe("versions side by side", () => {
  it("are of one workflow, and change nothing about new runs", () => {
    const other = workflow("other", { version: 1 }).step(extract());
    expect(() => second({ earlier: [other as unknown as Flow<never>] }).definition).toThrow(
      'another workflow, "other"',
    );
    const both = second({ earlier: [first as Flow<never>], migrate: () => null }).definition;
    expect(both.hash).toBe(second().definition.hash);
  });
});
