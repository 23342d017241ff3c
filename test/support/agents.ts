import { z } from "zod";
import { type Action, type Decision, type Json, nestOutput } from "../../src/core/index.ts";
import { readText } from "../../src/document/flow/text.ts";
import { type AgentOptions, workflow } from "../../src/engine/flow.ts";
import type { Cloud, Draft, Start, Step } from "../../src/ports/index.ts";
import { type Source, type SourceRow, type Tool, finish, review, tools } from "../../src/steps/index.ts";
import { type ModelScript, scriptedModel } from "../../src/testing/scripted-model.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "./engine.ts";

/** Agents over a message that is there already, for tests of what they choose and how they end. */

export const Message = z.object({
  language: z.string(),
  code: z.string().meta({ weir: "identifier" }).describe("parcel code").nullable(),
});
export const Answer = z.object({ reply: z.string() });
const Order = z.object({ number: z.string(), state: z.string() });
export const number = z.object({
  key: z
    .string()
    .regex(/^\d{5}$/)
    .describe("order number"),
});

/** Stands for reading and classifying a message. */
export function reading(text: string, known: Record<string, Decision>): Step<Start, Draft<typeof Message>> {
  return {
    name: "read",
    kind: "extract",
    shape: {},
    schema: Message,
    run: async ({ document }, { blobs }) => {
      const stored = await blobs.put(new TextEncoder().encode(JSON.stringify(await readText(bytes(text), 10))));
      const state = draftState<typeof Message>(document, { language: decision("en"), ...known });
      return { ...state, reading: { ...state.reading, sha256: stored } };
    },
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

export function shop(orders: Readonly<Record<string, SourceRow>>, asked: string[] = []): Source<typeof Order, "order"> {
  return {
    name: "order",
    row: Order,
    parameters: ["key"],
    shape: {},
    find: async ({ key = "" }) => {
      asked.push(key);
      const row = orders[key];
      return row ? [row] : [];
    },
  };
}

export const found = finish((view) => {
  const [row] = view.results("look up order").flatMap(({ value }) => value as Json[]);
  return row === undefined ? null : { reply: `It is ${(row as { state: string }).state}.` };
});

/** A model that likes some options better, and all alike on an empty page. */
export function preferring(likes: (option: string) => boolean): NonNullable<ModelScript["score"]> {
  return ({ document, options }) => options.map((one) => (document !== "" && likes(one) ? -1 : -5));
}

/** Runs one agent over a message to its end or to a review. @param onOpen is given what has to be closed */
export async function runAgent(
  onOpen: (made: EngineUnderTest) => void,
  text: string,
  offered: readonly Tool[],
  {
    script,
    settings = {},
    known = {},
    cloud,
    ...options
  }: AgentOptions & {
    script?: ModelScript;
    settings?: Record<string, string>;
    known?: Record<string, Decision>;
    cloud?: Cloud;
  } = {},
) {
  const { definition } = workflow("ticket", { version: 1 })
    .step(reading(text, known))
    .agent(tools(Answer, ...offered), options)
    .step(review());
  const model = scriptedModel(script);
  const made = await testEngine({ workflows: [definition] });
  onOpen(made);
  // The kit has no model of its own.
  Object.assign(made.host, { model, ...(cloud ? { cloud } : {}) });
  const { run } = await made.engine.submit({
    itemId: "item",
    workflow: { definition, file: null },
    document: { name: "item.txt", bytes: bytes("item") },
    lane: "test",
    reuse: false,
    settings,
  });
  const after = await made.finish(run.id);
  const actions: readonly Action[] = after.draft?.actions ?? [];
  return { ...made, run: after, actions, model, output: nestOutput(after.draft?.decisions ?? {}) };
}

export type AfterFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
