import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type AfterFirst,
  Answer,
  Message,
  found,
  number,
  preferring,
  reading,
  runAgent,
  shop,
} from "../../../test/support/agents.ts";
import { type EngineUnderTest, testEngine } from "../../../test/support/engine.ts";
import { WeirError } from "../../core/index.ts";
import { type Flow, workflow } from "../../engine/flow.ts";
import type { Draft } from "../../ports/index.ts";
import { review } from "../review.ts";
import { type Tool, askPerson, finish, lookUp, tool, tools } from "./index.ts";

describe("however it goes, an agent", () => {
  const open: EngineUnderTest[] = [];
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });
  const setUp = async (...given: AfterFirst<Parameters<typeof runAgent>>) =>
    await runAgent((made) => open.push(made), ...given);

  it.each([
    ["at its last turn", { turnsMax: 2 }, "agent.turns", 2],
    ["when the model has used its tokens", { tokensMax: 1 }, "agent.budget", 1],
  ])("ends %s with a doubt for a person", async (_, limits, code, turns) => {
    const names = ["one", "two", "three", "four"];
    const offered = names.map((name) =>
      tool(name, {
        description: name,
        arguments: z.object({ of: z.string().regex(/^\d{5}$/) }),
        result: z.string(),
        changes: false,
        run: () => name,
      }),
    );
    const { run, actions } = await setUp("10423, 10424, 10425, 10426, 10427, 10428, 10429", [...offered, askPerson()], {
      ...limits,
      script: { score: preferring((one) => one !== "ask a colleague") },
    });
    expect(run).toMatchObject({ status: "review", draft: { doubts: [{ code, paths: ["reply"] }] } });
    expect(actions).toHaveLength(turns);
  });

  it("leaves to a person what the model alone could choose when it has to do without it", async () => {
    const offered = [lookUp(shop({}), number), askPerson()];
    const { run, model } = await setUp("order 10423", offered, { settings: { without: "slm" } });
    expect(run).toMatchObject({ status: "review", draft: { doubts: [{ code: "agent.unsure" }] } });
    expect(model.calls).toEqual([]);
  });

  it.each([
    [
      "a tool that throws",
      () => {
        throw new Error("no such thing");
      },
      "tool.failed",
    ],
    [
      "a tool that says why",
      () => {
        throw new WeirError("lookup.refused", "no");
      },
      "lookup.refused",
    ],
    ["a tool that answers without end", () => "x".repeat(300_000), "tool.bad-answer"],
    ["a tool that never answers", async () => await new Promise<string>(() => {}), "tool.timeout"],
    ["a tool that answers something else", () => ({ wrong: true }) as unknown as string, "tool.bad-answer"],
  ])("goes on after %s", async (_, run, code) => {
    const broken = tool("try", {
      description: "try",
      arguments: z.object({ of: z.string().regex(/^\d{5}$/) }),
      result: z.string(),
      changes: false,
      timeoutMs: 100,
      when: ({ failures }) => (failures("try").length === 0 ? "now" : "no"),
      run,
    });
    const { actions, run: after } = await setUp("10423", [broken, askPerson()]);
    expect(actions.map(({ tool: name }) => name)).toEqual(["try", "ask a person"]);
    expect(actions[0]).toMatchObject({ outcome: { status: "failed", code } });
    expect(after.status).toBe("review");
  });

  it("done again from its step begins with its first turn", async () => {
    const asked: string[] = [];
    const rows = { "10423": { number: "10423", state: "shipped" } };
    const once = lookUp(shop(rows, asked), number, ({ results }) =>
      results("look up order").length === 0 ? "now" : "no",
    );
    const { engine, run, finish: finished } = await setUp("order 10423", [found, once, askPerson()]);
    const again = await finished((await engine.rerun(run.id, "agent", "test")).id);
    expect(again).toMatchObject({ status: "succeeded", draft: { decisions: { reply: { value: "It is shipped." } } } });
    expect(again.draft?.actions).toHaveLength(2);
    expect(asked).toEqual(["10423", "10423"]);
  });

  it("leaves an answer of another form to a person", async () => {
    for (const wrong of [{ reply: 7 }, { repply: "yes" }, { reply: "yes", more: "no" }]) {
      const { run, actions } = await setUp("order 10423", [finish(() => wrong), askPerson()]);
      expect(actions.map(({ tool: name, outcome }) => [name, outcome?.status])).toEqual([
        ["finish", "failed"],
        ["ask a person", "done"],
      ]);
      expect(run).toMatchObject({ status: "review", draft: { decisions: { reply: { value: null } } } });
    }
  });

  it("in an arm of a branch keeps apart from one of the same name behind it", async () => {
    const answer = (reply: string) =>
      tools(
        Answer,
        finish(() => ({ reply })),
      );
    const Kind = z.object({ ...Message.shape, language: z.enum(["en", "de"]) });
    const begun = workflow("ticket", { version: 1 }).step(reading("hello", {})) as unknown as Flow<Draft<typeof Kind>>;
    const { definition } = begun
      .branch("language", {
        en: (arm) => arm.agent(answer("first")),
        de: (arm) => arm.agent(answer("erstens")),
      })
      .agent(answer("second"))
      .step(review());
    const made = await testEngine({ workflows: [definition] });
    open.push(made);
    const run = await made.finish(await made.submit(definition));
    expect(run.status).toBe("succeeded");
    expect(run.draft?.decisions["reply"]?.value).toBe("second");
    expect(run.draft?.actions?.map(({ step, turn }) => [step, turn])).toEqual([
      ["en.agent", 1],
      ["agent", 1],
    ]);
  });
});

describe("tools that do not fit", () => {
  it.each([
    ["no tool", [], /needs a tool/],
    ["two of one name", [askPerson(), askPerson()], /Two tools are named "ask a person"/],
    ["none that ends", [lookUp(shop({}), number)], /add askPerson\(\)/],
  ])("%s does not load", (_, offered, message) => {
    expect(() => tools(Answer, ...(offered as Tool[]))).toThrow(message);
  });
});
