import { describe, expect, test } from "vitest";
import { fileForm, postForm, problemIn, rawGet, startServer } from "../../test/support/http.ts";
import { MemoryService } from "../../test/support/service.ts";
import { systemClock } from "../stores/clock.ts";
import { createServer } from "./server.ts";

describe("without keys", () => {
  test("the server listens on this machine only", async () => {
    const options = { service: new MemoryService(systemClock), clock: systemClock, keys: [], port: 0, version: "0" };
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "example.org"]) {
      expect(() => createServer({ ...options, host })).toThrow(expect.objectContaining({ code: "server.needs-keys" }));
    }
    const { url } = await startServer();
    expect(url.hostname).toBe("127.0.0.1");
  });

  const ask = async (headers: Readonly<Record<string, string>>) => {
    const { url } = await startServer();
    return await Promise.all(["/healthz", "/v1/runs"].map((path) => rawGet(url, path, headers)));
  };

  test.each<Record<string, string>>([
    { host: "evil.example" },
    { host: "localhost.evil.example" },
    { host: "localhost." },
    { host: "127.0.0.1.nip.io" },
    { host: "localhost@evil.example" },
    { host: "0.0.0.0" },
    { host: "2130706433" },
    { host: "" },
    { host: "localhost:80", origin: "https://evil.example" },
    { host: "localhost:80", origin: "null" },
    { host: "localhost:8080", origin: "http://localhost:3000" },
    { host: "localhost:8080", origin: "http://127.0.0.1:8080" },
    { host: "localhost", "sec-fetch-site": "cross-site" },
  ])("%j is refused", async (headers) => {
    for (const answer of await ask(headers)) {
      expect(answer).toMatch(/^HTTP\/1.1 403 [^]*"code":"origin.refused"/u);
    }
  });

  test.each<Record<string, string>>([
    { host: "localhost" },
    { host: "LOCALHOST:1234" },
    { host: "127.0.0.1:80" },
    { host: "[::1]:9" },
    { host: "localhost:8080", origin: "http://localhost:8080" },
    { host: "localhost", origin: "http://localhost" },
    { host: "localhost", "sec-fetch-site": "same-origin" },
    { host: "localhost", "sec-fetch-site": "none" },
  ])("%j is answered", async (headers) => {
    for (const answer of await ask(headers)) expect(answer).toMatch(/^HTTP\/1.1 200 /u);
  });
});

describe("with keys", () => {
  test("everything but /healthz needs one", async () => {
    const { url } = await startServer({ keys: ["first-key", "second-key"] });
    const get = async (path: string, authorization?: string) =>
      await fetch(new URL(path, url), { headers: authorization === undefined ? {} : { authorization } });
    expect((await get("/healthz")).status).toBe(200);
    for (const path of ["/", "/v1/runs", "/readyz", "/metrics", "/openapi.json", "/v1/nothing"]) {
      const missing = await get(path);
      expect(missing.headers.get("www-authenticate")).toContain("Bearer");
      expect(await problemIn(missing)).toMatchObject({ status: 401, code: "auth.missing" });
      expect(await problemIn(await get(path, "Bearer wrong-key"))).toMatchObject({ status: 401, code: "auth.wrong" });
      expect(await problemIn(await get(path, "Basic Zmlyc3Q="))).toMatchObject({ code: "auth.missing" });
    }
    expect((await get("/v1/runs", "Bearer first-key")).status).toBe(200);
    expect((await get("/v1/runs", "bearer second-key")).status).toBe(200);
    expect((await get("/v1/nothing", "Bearer first-key")).status).toBe(404);
  });

  test("any address may be listened on, and any Host asked for", async () => {
    const { url } = await startServer({ keys: ["a-key"], host: "0.0.0.0" });
    const headers = { host: "weir.example", authorization: "Bearer a-key" };
    const here = new URL(`http://127.0.0.1:${url.port}`);
    expect(await rawGet(here, "/v1/runs", headers)).toMatch(/^HTTP\/1.1 200 /u);
  });

  test("a document without one is refused before it is read", async () => {
    const { url, service } = await startServer({ keys: ["a-key"] });
    const answer = await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(fileForm("hello")));
    expect(answer.status).toBe(401);
    expect(service.runs).toHaveLength(0);
  });
});
