import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { checkCloud } from "./check.ts";

const close: (() => void)[] = [];
afterEach(() => {
  for (const one of close.splice(0)) one();
});

interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A provider that keeps what it was sent. */
async function provider({ status = 200, body = "", headers = {} }: Answer) {
  const requests: { readonly request: IncomingMessage; readonly sent: string }[] = [];
  const server = createServer(async (request, response) => {
    const sent = (await request.toArray()).join("");
    requests.push({ request, sent });
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  close.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests };
}

const listed = JSON.stringify({ object: "list", data: [{ id: "small" }, { id: "big" }] });
const config = (baseUrl: string | null, model = "openai:small") => ({ model, baseUrl, apiKey: "k" });

test("a cloud that knows the model is in order, and was sent the key and nothing else", async () => {
  const { url, requests } = await provider({ body: listed });
  expect(await checkCloud(config(url))).toMatchObject({ state: "ok", mend: null });
  const [{ request, sent } = { request: null, sent: "" }] = requests;
  expect([request?.method, request?.url, request?.headers.authorization, sent]).toEqual([
    "GET",
    "/v1/models",
    "Bearer k",
    "",
  ]);
});

test.each<[string, Answer, string, RegExp, RegExp]>([
  [
    "a model it does not list",
    { body: JSON.stringify({ data: [{ id: "big" }] }) },
    "doubtful",
    /small is not among its models: big/,
    /WEIR_CLOUD=openai:big/,
  ],
  ["no list", { status: 404, body: "{}" }, "doubtful", /answers \(HTTP 404\), but not with a list/, /nothing/],
  ["a web page", { body: "<html>Sign in</html>" }, "doubtful", /not with a list/, /nothing/],
  ["a key it does not take", { status: 401, body: "{}" }, "broken", /does not take the key/, /WEIR_CLOUD_API_KEY/],
  [
    "another address",
    { status: 302, headers: { location: "https://elsewhere.example" } },
    "broken",
    /sends elsewhere/,
    /BASE_URL/,
  ],
])("%s is said, with what to do", async (_, answer, state, says, mend) => {
  const { url, requests } = await provider(answer);
  const found = await checkCloud(config(url));
  expect(found.state).toBe(state);
  expect(found.says).toMatch(says);
  expect(found.mend ?? "nothing").toMatch(mend);
  expect(requests).toHaveLength(1);
});

test.each<[string, Parameters<typeof checkCloud>[0], RegExp, RegExp]>([
  ["no server", config("http://127.0.0.1:65535/v1"), /does not answer: no/, /start it/],
  ["a package that is missing", config(null, "mistral:m"), /is not installed/, /npm install @langchain\/mistralai/],
  ["no key", { ...config(null), apiKey: null }, /needs WEIR_CLOUD_API_KEY/, /./],
  ["a provider that is none", config(null, "oracle:x"), /no PROVIDER:MODEL/, /WEIR_CLOUD=PROVIDER:MODEL/],
])("%s is said without asking anybody", async (_, given, says, mend) => {
  const found = await checkCloud(given);
  expect(found).toMatchObject({
    state: "broken",
    says: expect.stringMatching(says),
    mend: expect.stringMatching(mend),
  });
});

test("one that never answers is given up", async () => {
  const hanging = createServer(() => {});
  await new Promise<void>((resolve) => {
    hanging.listen(0, "127.0.0.1", resolve);
  });
  close.push(
    () => hanging.closeAllConnections(),
    () => hanging.close(),
  );
  const { port } = hanging.address() as AddressInfo;
  const found = await checkCloud(config(`http://127.0.0.1:${port}/v1`), { timeoutMs: 50 });
  expect(found).toMatchObject({ state: "broken", says: expect.stringMatching(/no answer in time/) });
});
