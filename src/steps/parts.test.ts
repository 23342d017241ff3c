import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Draft, Pages, Step } from "../ports/index.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import { workflow } from "../engine/flow.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import { best, extractVisit, linesOf, reading, three, visits } from "../../test/support/visits.ts";
import { concat, merged } from "./index.ts";

describe("merging the parts of a document", () => {
  let made: EngineUnderTest;
  const run = async (definition: WorkflowDefinition) => {
    made = await testEngine({ workflows: [definition] });
    return await made.finish(await made.submit(definition));
  };
  afterEach(async () => await made.close());

  it("puts the lists of the parts together, doubts and all", async () => {
    const Facts = z.object({ facts: z.array(z.object({ text: z.string() })) });
    const facts: Step<Pages, Draft<typeof Facts>> = {
      name: "facts",
      kind: "extract",
      shape: {},
      schema: Facts,
      run: async (state, context) => {
        const lines = linesOf(await context.text(state));
        const draft = draftState<typeof Facts>(
          state.document,
          Object.fromEntries(lines.map((line, at) => [`facts.${at}.text`, decision(line)])),
        );
        const doubts = lines.flatMap((line, at) =>
          line === "knee" ? [{ code: "odd", paths: [`facts.${at}.text`], message: "odd", step: "facts" }] : [],
        );
        return { ...draft, reading: state.reading, draft: { ...draft.draft, doubts } };
      },
    };
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map("visits", visits, (part) => part.step(facts), concat());
    const done = await run(definition);
    expect(best(done.draft)).toEqual({ facts: three.split("\n").map((text) => ({ text })) });
    expect(done.draft?.doubts).toEqual([
      { code: "odd", paths: ["facts.4.text"], message: "odd", step: "visits.facts" },
    ]);
    expect(Object.keys(definition.schema?.shape ?? {})).toEqual(["facts"]);
  });

  it("makes what an own merge says of the parts", async () => {
    const { definition } = workflow("record", { version: 1 })
      .step(reading())
      .map(
        "visits",
        visits,
        (part) => part.step(extractVisit()),
        merged(z.object({ operated: z.string().nullable() }), (parts) => {
          const found = parts.find(({ draft }) => draft.decisions["kind"]?.value === "surgery");
          return { decisions: { operated: decision(found?.part.name ?? null) } };
        }),
      );
    const done = await run(definition);
    expect(best(done.draft)).toEqual({ operated: "VISIT 2 surgery" });
    expect(done.draft?.optional).toEqual(["operated"]);
  });
});
