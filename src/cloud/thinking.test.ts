import { expect, test } from "vitest";
import { OpenAiCompatible } from "./openai-compatible.ts";
import { thinkingTokens, thinks } from "./thinking.ts";

test.each([
  ["openai", "gpt-5-mini", true],
  ["openai", "o4-mini", true],
  ["openai", "gpt-4.1", false],
  ["openai", "my-own-model", false],
  ["anthropic", "claude-sonnet-5-5", true],
  ["anthropic", "claude-haiku-4-5-20251001", false],
  ["google", "gemini-2.5-flash", true],
  ["google", "gemini-2.0-flash", false],
] as const)("%s:%s thinks before it answers: %s", (provider, model, is) => expect(thinks(provider, model)).toBe(is));

test.each([
  ["gpt-5-mini", { max_completion_tokens: 20 + thinkingTokens, reasoning_effort: "low" }],
  ["gpt-4.1", { max_tokens: 20, temperature: 0 }],
])("%s is asked within limits of its kind", async (model, limits) => {
  let body = "";
  const send: typeof fetch = async (_input, init) => {
    body = String(init?.body);
    return Response.json({ choices: [{ finish_reason: "stop", message: { content: "{}" } }] });
  };
  const chat = new OpenAiCompatible({
    model,
    baseUrl: "http://127.0.0.1",
    apiKey: null,
    keyHeader: "authorization",
    tokensMax: 20,
    fetch: send,
  });
  await chat.invoke([["user", "x"]]);
  const { messages: _, model: asked, ...rest } = JSON.parse(body) as Record<string, unknown>;
  expect([asked, rest]).toEqual([model, limits]);
});
