import { type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startServer } from "../../test/support/http.ts";
import { doubted } from "../../test/support/drafts.ts";
import { createClient } from "./client.ts";

const encoder = new TextEncoder();
const sleep = async () => undefined;

/** A server that answers each request with the next of these functions. */
async function scripted(...answers: ((response: ServerResponse) => void)[]) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers["last-event-id"]));
    response.writeHead(200, { "content-type": "text/event-stream" });
    answers.shift()?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const frame = (seq: number, type = "step.done") =>
  `id: ${seq}\ndata: ${JSON.stringify({ seq, type, at: "2026-01-01T00:00:00.000Z", data: {} })}\n\n`;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("the client", () => {
  test("submits files and texts and lists their runs", async () => {
    const { url, service } = await startServer();
    const client = createClient({ url });
    const file = await client.submit({
      workflow: "receipt",
      file: encoder.encode("hello"),
      name: "a.txt",
      id: "a17",
      settings: { embedded: "off" },
      idempotencyKey: "k",
    });
    const text = await client.submit({ workflow: "receipt", text: "hello", idempotencyKey: "k2" });
    expect(service.runs).toMatchObject([
      { id: file.run, itemId: "a17", settings: { embedded: "off" }, document: { name: "a.txt", bytes: 5 } },
      { id: text.run, itemId: "text.txt" },
    ]);
    expect(await client.submit({ workflow: "receipt", text: "hello", idempotencyKey: "k2" })).toEqual({
      run: text.run,
      created: false,
    });
    const page = await client.runs({ status: "queued", workflow: "receipt", limit: 1 });
    expect(page.runs.map(({ run }) => run)).toEqual([text.run]);
    const next = await client.runs({ limit: 1, cursor: page.cursor ?? "" });
    expect(next).toMatchObject({ runs: [{ run: file.run }], cursor: null });
    expect(await client.run(file.run)).toMatchObject({ schema: "weir.result/1", id: "a17", status: "queued" });
    expect(await client.workflows()).toMatchObject([{ name: "receipt", version: 1 }]);
  });

  test("cancels and retries", async () => {
    const { url } = await startServer();
    const client = createClient({ url });
    const { run } = await client.submit({ workflow: "receipt", text: "hello" });
    expect(await client.cancel(run)).toMatchObject({ run, status: "cancelled" });
    await expect(client.cancel(run)).rejects.toMatchObject({ code: "run.state" });
    expect(await client.retry(run)).toMatchObject({ run, status: "queued" });
  });

  test("decides reviews, and hears when somebody was faster", async () => {
    const { url, service } = await startServer();
    const client = createClient({ url });
    const { run } = await client.submit({ workflow: "receipt", text: "hello" });
    service.move(run, "running");
    service.openReview(run, doubted);
    const { reviews } = await client.reviews({ limit: 10 });
    expect(reviews).toMatchObject([{ run, version: 1, doubts: [{ paths: ["total"] }] }]);
    expect(await client.review(run)).toEqual(reviews[0]);
    await expect(client.decide(run, 9, { total: "accept" })).rejects.toMatchObject({ code: "review.conflict" });
    await expect(client.decide(run, 1, { colour: "accept" })).rejects.toMatchObject({ code: "review.invalid" });
    const settled = await client.decide(run, 1, { total: { value: "327.00" } });
    expect(settled).toMatchObject({ status: "finished", version: 2, doubts: [] });
    expect(settled.decisions["total"]).toMatchObject({ value: "327.00", by: "human", status: "accepted" });
  });

  test("waits until a run is over or waits for a person", async () => {
    const { url, service } = await startServer();
    const client = createClient({ url });
    const { run } = await client.submit({ workflow: "receipt", text: "hello" });
    const waiting = client.wait(run);
    service.move(run, "running");
    service.emit(run, "step.done", { step: "read" });
    service.openReview(run, doubted);
    expect(await waiting).toMatchObject({ run, status: "review" });
    await client.decide(run, 1, { "*": "accept" });
    const over = client.wait(run);
    service.move(run, "running");
    service.move(run, "succeeded");
    expect(await over).toMatchObject({ run, status: "succeeded" });
    expect(await client.wait(run)).toMatchObject({ status: "succeeded" });
  });

  test("follows the events of a run to its end", async () => {
    const { url, service } = await startServer();
    const client = createClient({ url, sleep });
    const { run } = await client.submit({ workflow: "receipt", text: "hello" });
    service.move(run, "running");
    service.move(run, "succeeded");
    const types = (await all(client.events(run))).map(({ seq, type }) => `${seq} ${type}`);
    expect(types).toEqual(["1 run.queued", "2 run.running", "3 run.succeeded"]);
    expect(await all(client.events(run, { after: 2 }))).toMatchObject([{ seq: 3 }]);
    expect(await all(client.events(run, { after: 3 }))).toEqual([]);
  });

  test("takes a stream up where it broke, neither losing nor repeating an event", async () => {
    const { url, asked } = await scripted(
      (response) =>
        response.write(`: hello\n\n${frame(1)}${frame(2)}${frame(3).slice(0, 20)}`, () => response.destroy()),
      (response) => response.destroy(),
      (response) => response.end(frame(3).slice(0, 20)),
      (response) => response.end(`${frame(3)}event: end\ndata: {"status":"succeeded"}\n\n`),
    );
    const events = await all(createClient({ url, sleep }).events("r"));
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(asked).toEqual(["0", "2", "2", "2"]);
  });

  test("gives a stream up when the server stays away", async () => {
    const waits: number[] = [];
    const client = createClient({ url: "http://127.0.0.1:1", sleep: async (ms) => void waits.push(ms) });
    await expect(all(client.events("r"))).rejects.toMatchObject({ code: "server.unreachable" });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000, 15_000]);
  });

  test("stops following when told so, and the server hears of it", async () => {
    const { url } = await startServer();
    const client = createClient({ url });
    const { run } = await client.submit({ workflow: "receipt", text: "hello" });
    const stop = new AbortController();
    const followed = vi.fn<(seq: number) => void>();
    const following = (async () => {
      for await (const { seq } of client.events(run, { signal: stop.signal })) followed(seq);
    })();
    await vi.waitFor(() => expect(followed).toHaveBeenCalledWith(1));
    stop.abort(new Error("enough"));
    await expect(following).rejects.toThrow("enough");
    await vi.waitFor(async () => {
      expect(await (await fetch(new URL("/metrics", url))).text()).toContain("\nweir_event_streams 0\n");
    });
  });

  test("sends its key, and says what the server says", async () => {
    const { url } = await startServer({ keys: ["a-key"] });
    expect(await createClient({ url, key: "a-key" }).runs()).toEqual({ runs: [], cursor: null });
    await expect(createClient({ url, key: "b-key" }).runs()).rejects.toMatchObject({ code: "auth.wrong" });
    await expect(createClient({ url }).runs()).rejects.toMatchObject({ code: "auth.missing" });
    await expect(createClient({ url, key: "a-key" }).run("01NONE")).rejects.toMatchObject({
      code: "run.unknown",
      message: "There is no run 01NONE.",
    });
  });

  test("tells a server that is not there from one that is not Weir", async () => {
    await expect(createClient({ url: "http://127.0.0.1:1" }).runs()).rejects.toMatchObject({
      code: "server.unreachable",
    });
    const { url } = await scripted((response) => response.end("<html>"));
    await expect(createClient({ url }).runs()).rejects.toMatchObject({ code: "server.answer" });
    expect(() => createClient({ url: "localhost" })).toThrow(expect.objectContaining({ code: "server.unreachable" }));
  });
});
