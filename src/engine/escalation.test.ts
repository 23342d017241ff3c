import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { amend } from "../core/index.ts";
import type { Draft, Escalation, NarrowedEscalation, Start, Step } from "../ports/index.ts";
import { validate } from "../steps/index.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../test/support/engine.ts";
import { workflow } from "./flow.ts";

const Bill = z.object({ total: z.string(), route: z.enum(["pay", "ask"]) });

/** Reads a total and a route, and is sure of neither. */
const propose: Step<Start, Draft<typeof Bill>> = {
  name: "extract",
  kind: "extract",
  shape: {},
  schema: Bill,
  run: async ({ document }) => {
    const doubted = { status: "review", by: "learned" } as const;
    const decisions = { total: decision("12.00", doubted), route: decision("pay", doubted) };
    return draftState<typeof Bill>(document, decisions);
  },
};

describe("a workflow's policy for doubted paths", () => {
  let made: EngineUnderTest | null = null;
  afterEach(async () => await made?.close());

  const seen: string[] = [];
  /** Settles the route as somebody who knows better, and notes what was doubted when it was asked. */
  const policy = (narrowing: (narrowed: NarrowedEscalation) => void = () => {}): Escalation => ({
    shape: {},
    settle: async (draft, _state, _context, narrowed) => {
      narrowing(narrowed);
      seen.push(`asked: ${draft.doubts.map(({ message }) => message).join()}`);
      return amend(draft, { route: decision("ask", { by: "cloud" }), total: decision("13.00", { by: "cloud" }) });
    },
  });

  it("is asked after the rules behind a step, and before a branch or anything else acts on the value", async () => {
    seen.splice(0);
    const arm = (name: string) => (state: Draft<typeof Bill>) => {
      seen.push(name);
      return state;
    };
    const { definition } = workflow("bill", { version: 1, escalate: policy() })
      .step(propose)
      .step(validate("odd", ["total"], ({ total }, doubt) => (total === "12.00" ? doubt("twelve is odd") : undefined)))
      .branch("route", {
        pay: (flow) => flow.step("paid", arm("paid")),
        ask: (flow) => flow.step("asked", arm("asked about")),
      });
    made = await testEngine({ workflows: [definition] });
    expect(await made.finish(await made.submit(definition))).toMatchObject({ status: "succeeded" });
    // One's own steps may decide too: it is asked after them again.
    expect(seen).toEqual(["asked: twelve is odd", "asked about", "asked: "]);
  });

  it("knows what a step narrows or forbids for its own fields", async () => {
    const said: unknown[] = [];
    const { definition } = workflow("bill", {
      version: 1,
      escalate: policy((narrowed) => said.push(narrowed("total"))),
    }).step({ ...propose, escalate: false });
    made = await testEngine({ workflows: [definition] });
    await made.finish(await made.submit(definition));
    expect(said).toEqual([false]);
  });
});
