import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, expect, it, vi } from "vitest";
import { testEngine } from "../test/support/engine.ts";
import type { Start } from "./ports/index.ts";
import { workflow } from "./engine/flow.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it("nothing of a run, nor of a model it asks, goes to LangChain's tracing service, whatever the environment says", async () => {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (url: string | URL | Request, init?: RequestInit) => {
    sent.push(String(url), init?.body ? await new Response(init.body).text() : "");
    return Response.json({});
  });
  vi.stubEnv("LANGSMITH_TRACING", "true");
  vi.stubEnv("LANGSMITH_API_KEY", "key");
  const asking = (name: string) =>
    workflow(name, { version: 1 }).step("ask", async (state: Start) => {
      await new FakeListChatModel({ responses: [`the answer of ${name}`] }).invoke(state.document.name);
      return state;
    });

  const { definition } = asking("private");
  const made = await testEngine({ workflows: [definition] });
  expect(await made.finish(await made.submit(definition, "secret"))).toMatchObject({ status: "succeeded" });

  // The same graph run by hand does send its state: the check could have failed.
  const work = { document: { sha256: "", name: "open", bytes: 0 } };
  await asking("traced").toLangGraph(made.host).invoke({ work });
  await vi.waitFor(() => expect(sent.join("\n")).toContain("the answer of traced"), { timeout: 10_000 });
  expect(sent.join("\n")).not.toMatch(/secret|private/);
  await made.close();
});
