import { afterEach, describe, expect, it } from "vitest";
import { MemorySaver } from "@langchain/langgraph";
import { z } from "zod";
import { type DocumentText, nestOutput, openDoubts } from "../../core/index.ts";
import type { Draft, Escalation, Pages, Step } from "../../ports/index.ts";
import { byHeading, byPages, concat, merged, review, validate } from "../../steps/index.ts";
import {
  type EngineKit,
  type EngineUnderTest,
  decision,
  draftState,
  testEngine,
} from "../../../test/support/engine.ts";
import { Visit, best, extractVisit, linesOf, reading, visits } from "../../../test/support/visits.ts";
import type { WorkflowDefinition } from "../definition.ts";
import { workflow } from "../flow.ts";

describe("a map over the parts of a document", () => {
  const open: EngineUnderTest[] = [];
  const setUp = async (kit: EngineKit) => {
    const made = await testEngine(kit);
    open.push(made);
    return made;
  };
  const run = async (definition: WorkflowDefinition, kit: Partial<EngineKit> = {}) => {
    const made = await setUp({ workflows: [definition], ...kit });
    return { ...made, run: await made.finish(await made.submit(definition)) };
  };
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });

  it("takes every part through the same steps, one after another, and lists what they came to", async () => {
    const seen: string[] = [];
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map("visits", visits, (part) => part.step(extractVisit(seen)))
      .step(review());
    const { run: done, engine } = await run(definition);
    expect(done).toMatchObject({ status: "succeeded" });
    expect(seen).toEqual(["Ward letter", "VISIT 1 check | fine", "VISIT 2 surgery | knee", "VISIT 3 check | better"]);
    expect(nestOutput(done.draft?.decisions ?? {})).toEqual({
      visits: [
        { day: "", kind: "check" },
        { day: "1", kind: "check" },
        { day: "2", kind: "surgery" },
        { day: "3", kind: "check" },
      ],
    });
    const steps = (await engine.events(done.id)).filter(({ type }) => type === "step.done");
    expect(steps.map(({ data }) => [data["step"], data["part"]])).toEqual([
      ["read", undefined],
      ["visits", undefined],
      ...[1, 2, 3, 4].flatMap((part) => [
        ["visits.extract", part],
        ["visits", undefined],
      ]),
      ["visits merge", undefined],
      ["review", undefined],
    ]);
  });

  it("says how many parts it found and how many lines are in none", async () => {
    const split = ({ pages }: DocumentText) => {
      const [, from] = pages[0]?.lines ?? [];
      return from ? [{ name: "one", from, to: from }] : [];
    };
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map("visits", split, (part) => part.step(extractVisit()));
    const { run: done, engine } = await run(definition);
    const found = (await engine.events(done.id)).find(({ type }) => type === "parts.found");
    expect(found?.data).toMatchObject({ parts: 1, lines: 7, linesLeftOut: 6 });
    expect(best(done.draft)).toEqual({ visits: [{ day: "1", kind: "check" }] });
  });

  it("keeps what was known before the map, and ends where there are no parts", async () => {
    const Whole = z.object({ title: z.string() });
    const titled: Step<Pages, Draft<typeof Whole>> = {
      name: "title",
      kind: "extract",
      shape: {},
      schema: Whole,
      run: async (state) => ({
        ...draftState<typeof Whole>(state.document, { title: decision("Ward letter") }),
        reading: state.reading,
      }),
    };
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .step(titled)
      .map(
        "visits",
        () => [],
        (part) => part.step(extractVisit()),
      )
      .step(validate("known", ["title"], () => {}))
      .step(review());
    const { run: done } = await run(definition);
    expect(done).toMatchObject({ status: "succeeded" });
    expect(best(done.draft)).toEqual({ title: "Ward letter" });
  });

  it("waits for a person before a branch within a part, and takes the answer for that part alone", async () => {
    const seen: string[] = [];
    const arm = (name: string) => (flow: ReturnType<typeof drafted>) =>
      flow.step(name, (state, { part }) => {
        seen.push(`${name} ${part?.index}`);
        return state;
      });
    const begun = workflow("record", { version: 1 }).step(reading("VISIT 1 chekc\nVISIT 2 surgrey\nVISIT 3 check"));
    const drafted = () => begun.step(extractVisit());
    const { definition } = begun
      .map("visits", visits, (part) =>
        part.step(extractVisit()).branch("kind", { check: arm("checked"), surgery: arm("operated") }),
      )
      .step(review());
    const { run: first, engine, finish } = await run(definition);
    expect(first).toMatchObject({ status: "review" });
    expect((await engine.openReviews()).reviews).toMatchObject([{ step: "visits.by kind" }]);
    expect(best(first.draft)).toEqual({ visits: [{ day: "1", kind: "check" }] });
    await expect(engine.finishReview(first.id, 1, { kind: "accept" })).rejects.toThrow('no field "kind"');
    await engine.finishReview(first.id, 1, { "visits.0.kind": "accept" }, "test");

    const second = await finish(first.id);
    expect(second).toMatchObject({ status: "review" });
    expect(Object.keys(second.draft?.decisions ?? {})).toEqual(["visits.1.day", "visits.1.kind"]);
    const { version } = (await engine.review(first.id)) ?? { version: 0 };
    await engine.finishReview(first.id, version, { "visits.1.kind": { value: "surgery" } }, "test");
    const done = await finish(first.id);
    expect(done).toMatchObject({ status: "succeeded" });
    expect(seen).toEqual(["checked 0", "operated 1", "checked 2"]);
    expect(done.draft?.decisions["visits.1.kind"]).toMatchObject({ value: "surgery", by: "human" });
  });

  it("asks the rules of a part again when a person corrects it in the review of the document", async () => {
    const { definition } = workflow("record", { version: 1 })
      .step(reading("VISIT 1 check\nVISIT 9 check"))
      .map("visits", visits, (part) =>
        part
          .step(extractVisit())
          .step(validate("day", ["day"], ({ day }, doubt) => (Number(day) > 7 ? doubt(`no day ${day}`) : undefined))),
      )
      .step(review());
    const { run: first, engine, finish } = await run(definition);
    expect(first).toMatchObject({
      status: "review",
      draft: { doubts: [{ code: "rule.day", paths: ["visits.1.day"], step: "visits.day" }] },
    });
    await engine.finishReview(first.id, 1, { "visits.1.day": { value: "7" } }, "test");
    const done = await finish(first.id);
    expect(done).toMatchObject({ status: "succeeded", draft: { doubts: [] } });
    expect(best(done.draft)).toEqual({
      visits: [
        { day: "1", kind: "check" },
        { day: "7", kind: "check" },
      ],
    });
  });

  it("reruns from a step of its parts, with what came before taken over", async () => {
    const seen: string[] = [];
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map("visits", visits, (part) => part.step(extractVisit(seen)));
    const { run: first, engine, finish } = await run(definition);
    const again = await engine.rerun(first.id, "visits.extract", "test");
    const done = await finish(again.id);
    expect(done).toMatchObject({ status: "succeeded" });
    expect(best(done.draft)).toEqual(best(first.draft));
    expect(seen).toHaveLength(8);
    const merging = await finish((await engine.rerun(first.id, "visits merge", "test")).id);
    expect(best(merging.draft)).toEqual(best(first.draft));
    expect(seen).toHaveLength(8);
  });

  it("asks the cloud after each part about that part alone, and as little as the part's steps allow", async () => {
    const asked: string[] = [];
    const escalate: Escalation = {
      shape: { spy: true },
      settle: async (draft, state, context, narrowed) => {
        const doubted = openDoubts(draft).flatMap(({ paths }) => paths);
        const allowed = doubted.map((path) => `${path} ${JSON.stringify(narrowed(path))}`);
        asked.push(`${linesOf(await context.text(state)).length} lines: ${allowed.join()}`);
        return draft;
      },
    };
    const { definition } = workflow("record", { version: 1, escalate })
      .step(reading("VISIT 1 check\nVISIT 2 huh"))
      .map("visits", visits, (part) => part.step({ ...extractVisit(), escalate: { paths: ["kind"] } }))
      .step(validate("days", ["visits"], () => {}))
      .step(review());
    const { run: done } = await run(definition);
    expect(done).toMatchObject({ status: "review" });
    expect(asked).toEqual([
      "1 lines: ",
      '1 lines: kind {"paths":["kind"]}',
      '2 lines: visits.1.kind {"paths":["visits.*.kind"]}',
    ]);
  });

  it.each([
    ["lines that are not there", [{ name: "x", from: { page: 1, line: 1 }, to: { page: 9, line: 1 } }], "page 9"],
    [
      "an end before its beginning",
      [{ name: "x", from: { page: 1, line: 3 }, to: { page: 1, line: 1 } }],
      "ends before",
    ],
    [
      "more parts than allowed",
      Array.from({ length: 4 }, () => ({ name: "x", from: { page: 1, line: 1 }, to: { page: 1, line: 1 } })),
      "limit is 3",
    ],
  ])("fails a document whose split names %s, and says so", async (_, parts, told) => {
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map(
        "visits",
        () => parts,
        (part) => part.step(extractVisit()),
        undefined,
        { partsMax: 3 },
      );
    const { run: done } = await run(definition);
    expect(done).toMatchObject({ status: "failed", error: { code: "parts.invalid" } });
    expect(done.error?.message).toContain(told);
  });

  it("works as a LangGraph graph, with a saver and without", async () => {
    const flow = workflow("record", { version: 1 })
      .step(reading())
      .map("visits", byPages(1), (part) => part.step(extractVisit()))
      .step(review());
    const { host } = await setUp({ workflows: [] });
    const input = { work: { document: { sha256: "0".repeat(64), name: "a", bytes: 1 } } };
    const plain = await flow.toLangGraph(host).invoke(input);
    expect(plain.work).toMatchObject({ stage: "final", draft: { decisions: { "visits.0.kind": { value: "check" } } } });
    const graph = flow.toLangGraph(host, { checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: "one" } };
    await graph.invoke(input, config);
    expect((await graph.getState(config)).next).toEqual(["review"]);
    expect(await graph.invoke(null, config)).toMatchObject({ work: { stage: "final" } });
  });

  it("goes through many parts with a journal that grows with the parts, not with their square", async () => {
    const bytesOf = async (count: number) => {
      const text = Array.from({ length: count }, (_, at) => `VISIT ${at} check`).join("\n");
      const { definition } = workflow("record", { version: 1 })
        .step(reading(text))
        .map("visits", visits, (part) => part.step(extractVisit()));
      const { run: done, store } = await run(definition);
      expect(Object.keys(done.draft?.decisions ?? {})).toHaveLength(2 * count);
      const rows = await store.checkpoints.list({ threadId: done.id });
      const versions = new Map<string, number>();
      for (const row of rows) {
        const { channel_versions: known } = JSON.parse(new TextDecoder().decode(row.checkpoint)) as {
          channel_versions: Record<string, number>;
        };
        const all = Object.fromEntries(Object.entries(known).map(([channel, version]) => [channel, String(version)]));
        for (const { channel, version, value } of await store.checkpoints.channels(done.id, "", all)) {
          versions.set(`${channel} ${version}`, value.byteLength);
        }
      }
      return [...versions.values()].reduce((sum, bytes) => sum + bytes, 0);
    };
    const [few, many] = [await bytesOf(12), await bytesOf(96)];
    expect(many / few).toBeLessThan(8 * 2);
  }, 60_000);
});

describe("what a map takes", () => {
  const begun = workflow("record", { version: 1 }).step(reading());

  it("does not compile out of order, or with parts that decide something else", () => {
    // @ts-expect-error a document is read before it is split
    workflow("record", { version: 1 }).map("visits", visits, (part) => part.step(extractVisit()));
    // @ts-expect-error a part ends as a draft
    const whole = begun.map("visits", visits, (part) => part);
    expect(() => whole.definition).toThrow("decide nothing");
    // @ts-expect-error the review is that of the document
    const reviewed = begun.map("visits", visits, (part) => part.step(extractVisit()).step(review()));
    expect(() => reviewed.definition).toThrow('"review" is a step of the document');
    // @ts-expect-error a final document is not split any more
    begun
      .map("visits", visits, (part) => part.step(extractVisit()))
      .step(review())
      .map("more", visits, (part) => part.step(extractVisit()));
    const flow = begun.map("visits", visits, (part) => part.step(extractVisit()));
    // @ts-expect-error "day" is a path of the parts
    flow.step(validate("day", ["day"], () => {}));
    expect(flow.step(validate("days", ["visits"], ({ visits: all }) => all[0]?.day)).definition.nodes).toHaveLength(3);
    const single = begun.map("visits", visits, (part) => part.step(extractVisit()), concat());
    expect(() => single.definition).toThrow("is no list");
    const nested = begun.map("a", visits, (part) => part.map("b", visits, (inner) => inner.step(extractVisit())));
    expect(() => nested.definition).toThrow("cannot be split again");
  });

  it("is part of the structural hash: split, steps, merge and limit", () => {
    const hashes = [
      begun.map("visits", visits, (part) => part.step(extractVisit())),
      begun.map("visits", byHeading(/^Visit/), (part) => part.step(extractVisit())),
      begun.map(
        "visits",
        () => [],
        (part) => part.step(extractVisit()),
      ),
      begun.map("visits", visits, (part) => part.step(extractVisit()).step(validate("x", ["day"], () => {}))),
      begun.map(
        "visits",
        visits,
        (part) => part.step(extractVisit()),
        merged(Visit, () => ({ decisions: {} })),
      ),
      begun.map("visits", visits, (part) => part.step(extractVisit()), undefined, { partsMax: 7 }),
    ].map(({ definition }) => definition.hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
