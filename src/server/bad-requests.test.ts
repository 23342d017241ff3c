import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { fileForm, postForm, postJson, problemIn, rawGet, rawRequest, startServer } from "../../test/support/http.ts";

describe("a bad request", () => {
  test.each<[string, string, RequestInit, number, string]>([
    ["another content type", "", { method: "POST", body: "hello" }, 415, "request.content-type"],
    ["no body", "", { method: "POST" }, 415, "request.content-type"],
    ["a form without a file", "", postForm(new FormData()), 400, "request.no-file"],
    ["a file by another name", "", postForm(fileForm("a", "a.txt", "document")), 400, "request.no-file"],
    ["an empty file", "", postForm(fileForm("")), 422, "document.empty"],
    ["an empty text", "", postJson({ workflow: "receipt", text: "" }), 422, "document.empty"],
    ["broken JSON", "", postJson('{"workflow": "receipt", "te'), 400, "request.bad-json"],
    ["an empty JSON body", "", postJson(""), 400, "request.bad-json"],
    ["JSON that reaches for prototypes", "", postJson('{"__proto__": {}, "text": "a"}'), 400, "request.bad-json"],
    ["JSON of another form", "", postJson({ workflow: "receipt" }), 400, "request.invalid"],
    ["an unknown workflow", "?workflow=bills", postJson({ text: "a" }), 422, "workflow.unknown"],
    ["the path of a workflow file", "?workflow=/tmp/w.ts", postJson({ text: "a" }), 422, "workflow.unknown"],
    ["no workflow", "?workflow", postJson({ text: "a" }), 400, "request.invalid"],
    ["two workflows", "?workflow=receipt", postJson({ workflow: "invoice", text: "a" }), 400, "request.invalid"],
    ["a setting twice", "?set.a=1&set.a=2", postJson({ workflow: "receipt", text: "a" }), 400, "request.invalid"],
  ])("%s is told so", async (_what, query, init, status, code) => {
    const { url, service, errors } = await startServer();
    const target = query === "" && init.body instanceof FormData ? "?workflow=receipt" : query;
    const answer = await fetch(new URL(`/v1/runs${target}`, url), init);
    expect(await problemIn(answer)).toMatchObject({ status, code });
    expect(service.runs).toHaveLength(0);
    expect(errors).toEqual([]);
  });

  test("two files are two requests", async () => {
    const { url, service } = await startServer();
    const body = fileForm("a");
    body.append("file", new Blob(["b"]), "b.txt");
    const answer = await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(body));
    expect(await problemIn(answer)).toMatchObject({ status: 400, code: "request.two-files" });
    expect(service.runs).toHaveLength(0);
  });

  test.each([
    ["stray field", (body: FormData) => body.append("colour", "red"), "colour"],
    ["repeated field", (body: FormData) => (body.append("id", "1"), body.append("id", "2")), "two fields"],
    ["long field", (body: FormData) => body.append("set.a", "x".repeat(20_000)), "too long"],
    ["field named as a prototype's", (body: FormData) => body.append("toString", "1"), "not allowed"],
  ])("a %s in the form is named", async (_what, add, words) => {
    const { url, service } = await startServer();
    const body = fileForm("a");
    add(body);
    const answer = await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(body));
    expect(await problemIn(answer)).toMatchObject({ status: 400, detail: expect.stringContaining(words) });
    expect(service.runs).toHaveLength(0);
  });

  test("a file without a name is a field, not a file", async () => {
    const { url } = await startServer();
    const body = new FormData();
    body.append("file", "hello");
    const answer = await fetch(new URL("/v1/runs?workflow=receipt", url), postForm(body));
    expect(await problemIn(answer)).toMatchObject({ code: "request.no-file" });
  });

  test("a form that ends before its last boundary makes no run", async () => {
    const { url, service } = await startServer();
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of it';
    const answer = await fetch(new URL("/v1/runs?workflow=receipt", url), {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body,
    });
    expect(await problemIn(answer)).toMatchObject({ status: 400, code: "request.invalid" });
    expect(service.runs).toHaveLength(0);
  });

  test.each([
    ["/v1/runs/01UNKNOWN", 404, "run.unknown"],
    ["/v1/runs/01UNKNOWN/events", 404, "run.unknown"],
    ["/v1/reviews/01UNKNOWN", 404, "run.unknown"],
    ["/v1/runs?cursor=zzz", 400, "request.bad-cursor"],
    ["/v1/reviews?cursor=MDFKRA.zzz", 400, "request.bad-cursor"],
    ["/v1/runs?status=asleep", 400, "request.invalid"],
    ["/v1/runs?limit=0", 400, "request.invalid"],
    ["/v1/nothing", 404, "route.unknown"],
    ["/v1/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "run.unknown"],
    ["/%zz", 400, "request.invalid"],
  ])("GET %s is %d %s", async (path, status, code) => {
    const { url, errors } = await startServer();
    const answer = await rawGet(url, path, { host: "localhost" });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `, "u"));
    expect(answer).toContain(`"code":"${code}"`);
    expect(errors).toEqual([]);
  });

  test("no HTTP at all, or too much of it, is answered in the same form", async () => {
    const { url } = await startServer();
    expect(await rawRequest(url, "hello\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [^]*"code":"request.invalid"/u);
    const long = await rawGet(url, "/healthz", { host: "localhost", "x-long": "x".repeat(20_000) });
    expect(long).toMatch(/^HTTP\/1.1 431 [^]*"code":"request.invalid"/u);
  });
});

describe("a client that does not keep up", () => {
  test("slow headers are cut off with 408", async () => {
    const { url } = await startServer({ limits: { headersMs: 100 } });
    const answer = await rawRequest(url, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 408 [^]*"code":"request.timeout"/u);
  });

  test.each([
    ["application/json", '{"workflow": "receipt", "te'],
    [
      "multipart/form-data; boundary=b",
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf',
    ],
  ])("a slow body of %s is cut off with 408 and makes no run", async (type, half) => {
    const { url, service, errors } = await startServer({ limits: { headersMs: 100, requestMs: 200 } });
    const answer = await rawRequest(
      url,
      `POST /v1/runs?workflow=receipt HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\ncontent-type: ${type}\r\n\r\n${half}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 408 [^]*"code":"request.timeout"/u);
    expect(service.runs).toHaveLength(0);
    expect(errors).toEqual([]);
  });

  test("one that goes half-way leaves no run behind", async () => {
    const { url, service, errors } = await startServer();
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `POST /v1/runs?workflow=receipt HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\n` +
        `content-type: multipart/form-data; boundary=b\r\n\r\n` +
        `--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf`,
      () => setImmediate(() => socket.destroy()),
    );
    await vi.waitFor(async () => {
      const metrics = await (await fetch(new URL("/metrics", url))).text();
      expect(metrics).toContain('weir_http_requests_total{method="POST",route="/v1/runs",status="499"} 1');
    });
    expect(service.runs).toHaveLength(0);
    expect(errors).toEqual([]);
  });
});
