import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { createClient } from "../client/client.ts";
import { WeirError } from "../core/index.ts";
import { fileForm, postForm, postJson, problemIn, rawRequest, startServer } from "../../test/support/http.ts";

describe("a submitted document", () => {
  test("is a run with a place of its own, whether file or text", async () => {
    const { url, service } = await startServer();
    const file = await fetch(new URL("/v1/runs?workflow=receipt&set.embedded=off", url), postForm(fileForm("hello")));
    expect(file.status).toBe(202);
    const { run, created } = (await file.json()) as { run: string; created: boolean };
    expect(created).toBe(true);
    expect(file.headers.get("location")).toBe(`/v1/runs/${run}`);
    const text = await fetch(
      new URL("/v1/runs", url),
      postJson({ workflow: "receipt", text: "hallo", id: "a17", settings: { language: "de" } }),
    );
    expect(text.status).toBe(202);
    expect(service.runs.map(({ itemId, settings }) => ({ itemId, settings }))).toEqual([
      { itemId: "a.txt", settings: { embedded: "off" } },
      { itemId: "a17", settings: { language: "de" } },
    ]);
    const result = await fetch(new URL(`/v1/runs/${run}`, url));
    expect(await result.json()).toMatchObject({ schema: "weir.result/1", id: "a.txt", run, status: "queued" });
  });

  test("takes its workflow, id and settings from the form as well", async () => {
    const { url, service } = await startServer();
    const body = fileForm("hello", "Rechnung Müller.pdf");
    body.append("workflow", "receipt");
    body.append("id", "a17");
    body.append("set.embedded", "off");
    expect((await fetch(new URL("/v1/runs", url), postForm(body))).status).toBe(202);
    expect(service.runs[0]).toMatchObject({
      itemId: "a17",
      document: { name: "Rechnung Müller.pdf" },
      settings: { embedded: "off" },
    });
  });

  test("names what the workflow has learned, or leaves it to the workflow", async () => {
    const { url, service } = await startServer();
    const text = postJson({ workflow: "receipt", text: "hallo" });
    await fetch(new URL("/v1/runs?profile=strict", url), text);
    await fetch(new URL("/v1/runs?workflow=receipt&profile=none", url), postForm(fileForm("hello")));
    await fetch(new URL("/v1/runs", url), text);
    expect(service.runs.map(({ profile }) => profile)).toEqual(["strict", "none", null]);
  });

  test("has the priority it is given, within bounds", async () => {
    const { url, service } = await startServer();
    const text = postJson({ workflow: "receipt", text: "hallo" });
    await fetch(new URL("/v1/runs?priority=-3", url), text);
    await fetch(new URL("/v1/runs?workflow=receipt&priority=7", url), postForm(fileForm("hello")));
    await fetch(new URL("/v1/runs", url), text);
    expect(service.runs.map(({ priority }) => priority)).toEqual([-3, 7, 0]);
    const tooHigh = await fetch(new URL("/v1/runs?priority=101", url), text);
    expect([tooHigh.status, (await problemIn(tooHigh)).code]).toEqual([400, "request.invalid"]);
  });

  test("is refused with 429 while the queue is full, told when to come again, and taken then", async () => {
    const { url, service } = await startServer();
    service.refusal = new WeirError("queue.full", "The queue is full: 3 documents wait.", { retryAfterMs: 4_500 });
    const text = postJson({ workflow: "receipt", text: "hallo" });
    const refused = await fetch(new URL("/v1/runs", url), text);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(await problemIn(refused)).toMatchObject({ code: "queue.full", title: "Too Many Requests" });
    const client = createClient({ url }).submit({ workflow: "receipt", text: "hallo" });
    await expect(client).rejects.toMatchObject({ code: "queue.full", retryAfterMs: 5_000 });
    service.refusal = null;
    expect((await fetch(new URL("/v1/runs", url), text)).status).toBe(202);
  });

  test("keeps its bytes as they were", async () => {
    const { url, service } = await startServer();
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
    const body = new FormData();
    body.append("file", new Blob([bytes]), "a.bin");
    await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(body));
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
    expect(service.runs[0]?.document).toEqual({ sha256: digest, name: "a.bin", bytes: 300_000 });
  });

  test.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\a.pdf", "a.pdf"],
    ["..", "document"],
    ["a\u202Efdp.exe", "afdp.exe"],
    ["请求.pdf", "请求.pdf"],
  ])("has a name that is only ever a label: %s", async (sent, kept) => {
    const { url, service } = await startServer();
    await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(fileForm("hello", sent)));
    await fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "hello", name: sent }));
    expect(service.runs.map(({ document }) => document.name)).toEqual([kept, kept]);
  });

  test("may be as large as the limit, and not a byte larger", async () => {
    const { url, service } = await startServer({ bodyBytesMax: 1_000 });
    const send = (bytes: number) =>
      fetch(new URL("/v1/runs?workflow=receipt", url), postForm(fileForm("x".repeat(bytes))));
    expect((await send(1_000)).status).toBe(202);
    const tooLarge = await send(1_001);
    expect(tooLarge.status).toBe(413);
    expect(await problemIn(tooLarge)).toMatchObject({ code: "request.too-large" });
    expect((await send(5_000_000)).status).toBe(413);
    expect(service.runs).toHaveLength(1);
  });

  test("is refused while streaming when nobody said how large it is", async () => {
    const { url, service } = await startServer({ bodyBytesMax: 1_000 });
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
    const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    const answer = await rawRequest(
      url,
      `POST /v1/runs?workflow=receipt HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n` +
        `transfer-encoding: chunked\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n` +
        `${chunk(head)}${chunk("x".repeat(200_000))}${chunk("\r\n--b--\r\n")}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413/u);
    expect(answer).toContain('"code":"request.too-large"');
    expect(service.runs).toHaveLength(0);
  });

  test("waits its turn when too many arrive at once", async () => {
    const { url } = await startServer({ bodyBytesMax: 100_000 });
    const head =
      `POST /v1/runs?workflow=receipt HTTP/1.1\r\nhost: localhost\r\ncontent-length: 90200\r\n` +
      `content-type: multipart/form-data; boundary=b\r\n\r\n` +
      `--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;
    const halfway = Array.from({ length: 5 }, () => {
      const socket = connect(Number(url.port), url.hostname);
      socket.on("error", () => undefined);
      socket.write(head + "x".repeat(89_000));
      return socket;
    });
    const send = () => fetch(new URL("/v1/runs?workflow=receipt", url), postForm(fileForm("x".repeat(99_000))));
    await vi.waitFor(async () => expect((await send()).status).toBe(503));
    for (const socket of halfway) socket.destroy();
    await vi.waitFor(async () => expect((await send()).status).toBe(202));
  });

  test("is a run of its own each time without a key, and one run with one", async () => {
    const { url, service } = await startServer();
    const send = async (text: string, headers = {}, query = "") => {
      const answer = await fetch(new URL(`/v1/runs?workflow=receipt${query}`, url), postForm(fileForm(text), headers));
      return { status: answer.status, body: (await answer.json()) as { run: string; code?: string } };
    };
    const key = { "idempotency-key": "k1" };
    const [first, second] = [await send("a"), await send("a")];
    expect(second.body.run).not.toBe(first.body.run);
    const keyed = await send("a", key);
    const again = await send("a", key);
    expect(again).toEqual({ status: 202, body: { run: keyed.body.run, created: false } });
    expect(await send("b", key)).toMatchObject({ status: 409, body: { code: "idempotency.conflict" } });
    expect(await send("a", key, "&set.x=1")).toMatchObject({ status: 409, body: { code: "idempotency.conflict" } });
    const text = await fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }, key));
    expect(await text.json()).toMatchObject({ run: keyed.body.run, created: false });
    expect(service.runs).toHaveLength(3);
    service.move(keyed.body.run, "running");
    service.move(keyed.body.run, "failed");
    expect(await send("a", key)).toEqual(again);
    expect(await send("b", key)).toMatchObject({ status: 409 });
    expect(service.runs).toHaveLength(3);
    const long = await send("a", { "idempotency-key": "k".repeat(256) });
    expect(long).toMatchObject({ status: 400, body: { code: "request.invalid" } });
    expect((await send("a", { "idempotency-key": "k".repeat(255) })).status).toBe(202);
  });
});
