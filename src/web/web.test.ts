import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WebRequest } from "../ports/index.ts";
import { createWeb } from "./web.ts";

const limits = { method: "GET", timeoutMs: 2_000, bytesMax: 1_000 } as const satisfies Partial<WebRequest>;

describe("a request", () => {
  let server: Server;
  let base: string;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === "/slow") return;
      if (request.url === "/long") return void response.end("x".repeat(100_000));
      if (request.url === "/near") return void response.writeHead(302, { location: "/fine" }).end();
      if (request.url === "/circle") return void response.writeHead(302, { location: "/circle" }).end();
      if (request.url === "/far") return void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      response.writeHead(200, { "X-Kind": "test" }).end("fine");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const web = createWeb({ airgap: false });

  test("brings status, headers and body", async () => {
    const answer = await web.request({ ...limits, url: `${base}/fine` });
    expect(answer).toMatchObject({ ok: true, status: 200, body: "fine", headers: { "x-kind": "test" } });
  });

  test("follows a redirect on the same host, never to another one, and never in a circle", async () => {
    expect(await web.request({ ...limits, url: `${base}/near` })).toMatchObject({ ok: true, body: "fine" });
    expect(await web.request({ ...limits, url: `${base}/far` })).toMatchObject({ ok: false, why: "redirect" });
    expect(await web.request({ ...limits, url: `${base}/circle` })).toMatchObject({ ok: false, why: "redirect" });
  });

  test("that changes something is sent once, to one place", async () => {
    const answer = await web.request({ ...limits, method: "POST", body: "{}", url: `${base}/near` });
    expect(answer).toMatchObject({ ok: false, why: "redirect" });
    expect(asked).toEqual(["POST /near"]);
  });

  test("ends at its time limit and at its size limit", async () => {
    expect(await web.request({ ...limits, timeoutMs: 50, url: `${base}/slow` })).toMatchObject({ why: "timeout" });
    expect(await web.request({ ...limits, url: `${base}/long` })).toMatchObject({ why: "too-large" });
  });

  test("to nobody says so, and one that is cancelled throws its reason", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nobody = await web.request({ ...limits, url: `http://127.0.0.1:${port}/` });
    expect(nobody).toMatchObject({ ok: false, why: "unreachable", message: expect.stringContaining("ECONNREFUSED") });
    const reason = new Error("enough");
    await expect(web.request({ ...limits, url: `${base}/fine`, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  test("under airgap reaches this machine and no other", async () => {
    const airgapped = createWeb({ airgap: true });
    expect(await airgapped.request({ ...limits, url: `${base}/fine` })).toMatchObject({ ok: true });
    for (const url of ["https://shop.example/", "http://10.0.0.1/", "http://127.0.0.1.example/"]) {
      expect(await airgapped.request({ ...limits, url })).toMatchObject({ ok: false, why: "airgap" });
    }
  });
});
