import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { doubted } from "../../test/support/drafts.ts";
import { postJson, problemIn, startServer } from "../../test/support/http.ts";
import { WeirError } from "../core/index.ts";

describe("an error of the server's own", () => {
  test("tells the client nothing, and whoever runs the server everything", async () => {
    const { url, service, errors } = await startServer();
    service.refusal = new Error("secret of /home/me/x.ts");
    const answer = await fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }));
    const problem = await problemIn(answer);
    expect(problem).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(problem)).not.toContain("secret");
    expect(errors).toEqual([service.refusal]);
  });

  test("a full disk is 507, a busy store 503 with the time to come back", async () => {
    const { url, service } = await startServer();
    const send = () => fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }));
    service.refusal = new WeirError("store.full", "The disk is full.");
    expect(await problemIn(await send())).toMatchObject({ status: 507, code: "store.full" });
    service.refusal = new WeirError("store.busy", "Busy.");
    const busy = await send();
    expect(busy.headers.get("retry-after")).toBe("2");
    expect(await problemIn(busy)).toMatchObject({ status: 503, code: "store.busy" });
  });
});

describe("the house", () => {
  test("a taken port says so", async () => {
    const { url } = await startServer();
    await expect(startServer({ port: Number(url.port) })).rejects.toMatchObject({ code: "server.port-taken" });
  });

  test("is ready only while new documents are taken", async () => {
    const { url, service } = await startServer();
    expect(await (await fetch(new URL("/readyz", url))).json()).toEqual({ status: "ready" });
    service.health = {
      accepting: false,
      problem: { code: "store.full", message: "1 MB is left.", hint: "Free some." },
    };
    const answer = await fetch(new URL("/readyz", url));
    expect(await problemIn(answer)).toMatchObject({ status: 503, code: "store.full", detail: "1 MB is left." });
    service.health = { accepting: false, problem: null };
    expect(await problemIn(await fetch(new URL("/readyz", url)))).toMatchObject({ code: "server.not-ready" });
    expect((await fetch(new URL("/healthz", url))).status).toBe(200);
  });

  test("counts runs, the queue and requests by route for Prometheus", async () => {
    const { url } = await startServer();
    await fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }));
    await fetch(new URL("/v1/runs/one/two/three", url));
    const answer = await fetch(new URL("/metrics", url));
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    for (const line of [
      'weir_runs{status="queued"} 1',
      'weir_runs{status="running"} 0',
      'weir_queue_depth{state="due"} 1',
      "weir_accepting 1",
      'weir_http_requests_total{method="POST",route="/v1/runs",status="202"} 1',
      'weir_http_requests_total{method="GET",route="none",status="404"} 1',
      'weir_http_request_seconds_count{method="POST",route="/v1/runs",status="202"} 1',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/mu);
    const lineForm = /^(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{(?:[a-z]+="[^"]*",?)+\})? \S+)$/u;
    expect(
      text
        .trimEnd()
        .split("\n")
        .filter((line) => !lineForm.test(line)),
    ).toEqual([]);
  });

  test("sends headers that forbid framing, sniffing and foreign loading with every answer", async () => {
    const { url } = await startServer();
    for (const path of ["/healthz", "/nothing", "/v1/runs"]) {
      const { headers } = await fetch(new URL(path, url));
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.has("access-control-allow-origin")).toBe(false);
    }
  });

  test("does not wait for connections on which nobody asks anything", async () => {
    const { url, close } = await startServer({ limits: { graceMs: 60_000 } });
    await fetch(new URL("/healthz", url));
    const silent = connect(Number(url.port), url.hostname);
    await once(silent, "connect");
    await close();
    expect(silent.destroyed || (await once(silent, "close"))).toBeTruthy();
  });

  test("refuses new connections once closed, and finishes what is in progress", async () => {
    const { url, service, close } = await startServer({ limits: { graceMs: 5_000 } });
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const arrived = new Promise<void>((resolve) => {
      const submit = service.submit.bind(service);
      service.submit = async (item) => {
        resolve();
        await held;
        return await submit(item);
      };
    });
    const inProgress = fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }));
    await arrived;
    const closed = close();
    await vi.waitFor(() => expect(fetch(new URL("/healthz", url))).rejects.toThrow("fetch failed"));
    letGo();
    expect((await inProgress).status).toBe(202);
    await closed;
  });
});

describe("the page", () => {
  test("lists what waits for a person, with names that cannot become markup", async () => {
    const { url, service } = await startServer();
    expect(await (await fetch(url)).text()).toContain("<p>Nothing.</p>");
    const name = `<img src=x onerror=alert(1)>"'&.pdf`;
    const { run } = await service.submit({ itemId: "a", name, workflow: "receipt", bytes: new Uint8Array(1) });
    service.move(run.id, "running");
    service.openReview(run.id, doubted);
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await answer.text();
    expect(html).toContain(
      `<a href="/v1/reviews/${run.id}">&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;.pdf</a>`,
    );
    expect(html).toContain("total is likely but not proven");
    expect(html).toContain('href="/openapi.json"');
  });

  test("loads nothing from anywhere, and its policy allows just its own style", async () => {
    const { url } = await startServer();
    const answer = await fetch(url);
    const html = await answer.text();
    expect(html).not.toMatch(/<script|<link|<img|https?:/u);
    const style = /<style>([^]*)<\/style>/u.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.headers.get("content-security-policy")).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
  });
});
