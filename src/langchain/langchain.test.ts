import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { modelSettings } from "../../test/setup/models.ts";
import { createModelHost } from "../models/host.ts";
import { resolveDecoder, resolveEncoder } from "../models/library.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import { ChatWeir } from "./chat.ts";

const Ticket = z.object({
  topic: z.enum(["delivery", "payment"]).describe("what it is about"),
  urgent: z.boolean(),
  orders: z.array(z.number().int().min(0)).max(2),
});
const letter = "My parcel is late. Order 4711, please hurry.";

describe("a chat model for LangChain", () => {
  test("tells the model who said what, and counts its tokens", async () => {
    const host = scriptedModel({ write: () => "hello" });
    const answer = await new ChatWeir({ host, tokensMax: 9 }).invoke([
      new SystemMessage("Be kind."),
      new HumanMessage("a"),
      new AIMessage("b"),
      new HumanMessage("c"),
      new ToolMessage({ content: "d", tool_call_id: "1" }),
    ]);
    expect(host.calls).toMatchObject([
      {
        request: {
          instruction: "c\n\nd",
          schema: null,
          tokensMax: 9,
          history: [
            { by: "system", text: "Be kind." },
            { by: "user", text: "a" },
            { by: "model", text: "b" },
          ],
        },
      },
    ]);
    expect(answer).toMatchObject({ usage_metadata: { output_tokens: 2 } });
  });

  test("gives back what the schema parses, and the message where that is wanted", async () => {
    const Paid = z.object({ on: z.iso.date(), cents: z.string().transform(Number) });
    const host = scriptedModel({ write: () => ({ on: "2026-01-02", cents: "120" }) });
    const chat = new ChatWeir({ host });
    expect(await chat.withStructuredOutput(Paid).invoke(letter)).toEqual({ on: "2026-01-02", cents: 120 });
    const { raw, parsed } = await chat.withStructuredOutput(Paid, { includeRaw: true }).invoke(letter);
    expect(parsed).toEqual({ on: "2026-01-02", cents: 120 });
    expect(raw.text).toBe('{"on":"2026-01-02","cents":"120"}');
  });

  test("refuses an answer that breaks what a grammar cannot hold, and a schema that has no answer", async () => {
    const chat = new ChatWeir({ host: scriptedModel({ write: () => ({ n: 7 }) }) });
    const schema = { type: "object", properties: { n: { type: "number", maximum: 3 } } };
    await expect(chat.withStructuredOutput(schema).invoke("x")).rejects.toMatchObject({ code: "answer.invalid" });
    expect(() => chat.withStructuredOutput({ type: "object", properties: { a: false }, required: ["a"] })).toThrow(
      "a: false (impossible)",
    );
  });
});

describe("the real model in LangChain", { timeout: 120_000 }, () => {
  const host = createModelHost({
    files: { decoder: () => resolveDecoder(modelSettings), encoder: () => resolveEncoder(modelSettings) },
  });
  afterAll(() => host.close());

  test("is a node of a plain LangGraph graph, and its answer has the schema's form", async () => {
    const State = Annotation.Root({ letter: Annotation<string>(), ticket: Annotation<z.infer<typeof Ticket>>() });
    const model = new ChatWeir({ host }).withStructuredOutput(Ticket);
    const sort = ChatPromptTemplate.fromMessages([["human", "{letter}"]]).pipe(model);
    const graph = new StateGraph(State)
      .addNode("sort", async (state) => ({ ticket: await sort.invoke({ letter: state.letter }) }))
      .addEdge(START, "sort")
      .addEdge("sort", END)
      .compile();
    const { ticket } = await graph.invoke({ letter });
    expect(Ticket.parse(ticket)).toEqual(ticket);
  });

  test("ends with the signal", async () => {
    const answer = new ChatWeir({ host }).invoke("Tell me a long story.", { signal: AbortSignal.timeout(50) });
    await expect(answer).rejects.toThrow(/abort|cancel/i);
  });
});
