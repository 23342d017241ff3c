import { afterEach, expect, test, vi } from "vitest";
import { OpenAiCompatible } from "../src/cloud/openai-compatible.ts";
import { type CloudServer, type Reply, answers, cloudServer, completion } from "./support/cloud-server.ts";
import { openAiClient } from "./support/openai-client.ts";

/** The server that plays the cloud in our tests, and what we send to it, measured by the official client. */

vi.setConfig({ testTimeout: 120_000 });

const open: CloudServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(reply: (count: number) => Reply) {
  const server = await cloudServer((_request, count) => reply(count));
  open.push(server);
  const Client = await openAiClient();
  return { server, client: new Client({ apiKey: "key", baseURL: server.url, maxRetries: 1 }) };
}

const schema = { type: "object", properties: { answers: { type: "array", items: { type: "string" } } } };
const request = {
  model: "oracle",
  messages: [
    { role: "system", content: "Answer." },
    { role: "user", content: "total\na 1.00" },
  ],
  max_tokens: 50,
  temperature: 0,
  response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } },
} as const;

test("the official client takes the server for a provider", async () => {
  const { client } = await serve(() => '{"answers":["a"]}');
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["oracle"]);
  const answered = await client.chat.completions.create(request);
  expect(answered).toMatchObject({
    object: "chat.completion",
    choices: [{ finish_reason: "stop", message: { role: "assistant", content: '{"answers":["a"]}' } }],
  });
  const { prompt_tokens: prompt = 0, completion_tokens: completed = 0, total_tokens: total } = answered.usage ?? {};
  expect(total).toBe(prompt + completed);
});

test("the official client understands its refusals, and comes back after the pause it asks for", async () => {
  const { client, server } = await serve((count) =>
    count === 1 ? { status: 429, headers: { "retry-after": "1" }, body: '{"error":{"message":"slow down"}}' } : "{}",
  );
  const begunAt = performance.now();
  await client.chat.completions.create(request);
  expect(performance.now() - begunAt).toBeGreaterThan(900);
  expect(server.requests).toHaveLength(2);
  const refused = await serve(() => ({ status: 401, body: '{"error":{"message":"Incorrect API key"}}' }));
  await expect(refused.client.chat.completions.create(request)).rejects.toMatchObject({ status: 401 });
});

test("what we send is what the official client sends", async () => {
  const { client, server } = await serve(() => '{"answers":["a"]}');
  await client.chat.completions.create(request);
  const own = new OpenAiCompatible({
    model: "oracle",
    baseUrl: server.url,
    apiKey: "key",
    keyHeader: "authorization",
    tokensMax: 50,
    fetch,
  });
  const messages = request.messages.map(({ role, content }) => [role, content] as [string, string]);
  await own.invoke(messages, { answerSchema: schema });
  const [theirs, ours] = server.requests;
  expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
  expect([ours?.method, ours?.path]).toEqual([theirs?.method, theirs?.path]);
  for (const header of ["authorization", "content-type"]) expect(ours?.headers[header]).toBe(theirs?.headers[header]);
});

test("questions are told from a request as they were put", () => {
  const content = "L1 Amount 1.00\n\n1) total: to pay\na 1.00\nb L1\n2) kind (enum)";
  const asked: unknown[] = [];
  const chat = { model: "oracle", messages: [{ role: "user", content }] };
  expect(answers(chat, (question) => asked.push(question) - 1)).toBe('{"answers":["a","b"]}');
  expect(asked).toEqual([
    { title: "total: to pay", candidates: ["1.00", "L1"] },
    { title: "kind (enum)", candidates: [] },
  ]);
  expect(JSON.parse(completion(chat, "x", "length"))).toMatchObject({ choices: [{ finish_reason: "length" }] });
});
