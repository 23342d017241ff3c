import { createHmac } from "node:crypto";
import { type IncomingHttpHeaders, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { z } from "zod";
import { type EngineUnderTest, decision, draftState, testEngine } from "../../../test/support/engine.ts";
import { workflow } from "../../engine/flow.ts";
import type { Draft, StepHost, Web } from "../../ports/index.ts";
import { manualClock } from "../../testing/manual-clock.ts";
import { createWeb } from "../../web/web.ts";
import { review } from "../review.ts";
import { deliver } from "./deliver.ts";
import { keyOf, signatureOf, webhook } from "./webhook.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("the signature is that of the standard's own example", () => {
  const key = keyOf(secret, "workflow.invalid");
  const signature = signatureOf(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}');
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("a secret of another form, and an address that is none, do not load", () => {
  for (const wrong of ["", "secret", "whsec_c2hvcnQ=", secret.slice(6)]) {
    expect(() => webhook("https://a.example/", { secret: wrong })).toThrow(/whsec_ and 24 to 64 bytes/);
  }
  expect(() => webhook("file:///etc/passwd", { secret })).toThrow(/no http address/);
  expect(JSON.stringify(webhook("https://a.example/", { secret }).shape)).not.toContain("Mf");
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const Bill = z.object({ total: z.string() });

describe("a webhook", () => {
  let server: Server;
  let url: string;
  const received: Received[] = [];
  let respond: (response: ServerResponse, turn: number) => void;
  const open: EngineUnderTest[] = [];
  beforeEach(async () => {
    received.length = 0;
    respond = (response) => response.writeHead(204).end();
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        respond(response, received.length);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?of=weir`;
  });
  afterEach(async () => {
    for (const made of open.splice(0)) await made.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A run that delivers, on a clock that goes on whenever somebody sleeps. */
  const delivered = async (web: Web = createWeb({ airgap: false })) => {
    const clock = manualClock();
    const { definition } = workflow("bill", { version: 1 })
      .step("read", ({ document }): Draft<typeof Bill> => draftState(document, { total: decision("12.00") }))
      .step(review())
      .step(deliver(webhook(url, { secret })));
    const made = await testEngine({ workflows: [definition], clock, options: { idleMs: 5_000, pollMs: 5_000 } });
    open.push(made);
    (made.host as { web: StepHost["web"] }).web = web;
    const id = await made.submit(definition);
    const started = clock.now();
    const over = new AbortController();
    const time = (async () => {
      while (!over.signal.aborted) {
        await new Promise((resolve) => setImmediate(resolve));
        if (clock.sleepers() > 0) await clock.advance(500);
      }
    })();
    await made.engine.drain("test");
    over.abort();
    await time;
    return { run: await made.engine.get(id), ms: clock.now() - started };
  };

  /** As a receiver checks it, written from the standard's text. */
  const isGenuine = ({ headers, body }: Received) => {
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  };

  it("carries the result, signed, with an id of its own", async () => {
    const { run } = await delivered();
    expect(run.status).toBe("succeeded");
    expect(received).toHaveLength(1);
    const [one] = received;
    expect(one && isGenuine(one)).toBe(true);
    expect(JSON.parse(one?.body ?? "")).toMatchObject({
      type: "document.final",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: { run: run.id, id: "item", workflow: { name: "bill", version: 1 }, output: { total: "12.00" } },
    });
    expect(one?.headers["webhook-id"]).toMatch(/^msg_[0-9a-f]{32}$/);
  });

  it("is sent again while the receiver has trouble, with the same id and body, as late as it asks for", async () => {
    respond = (response, turn) => {
      if (turn === 1) response.writeHead(503, { "retry-after": "30" }).end();
      else if (turn === 2) response.destroy();
      else response.writeHead(200).end("thanks");
    };
    const { run, ms } = await delivered();
    expect(run.status).toBe("succeeded");
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(received.every(isGenuine)).toBe(true);
    const [first, second] = received.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30);
    expect(ms).toBeGreaterThan(30_000);
  });

  it.each([
    ["says no", 400, "delivery.refused"],
    ["is gone", 410, "delivery.refused"],
  ])("to a receiver that %s fails at once, with what was said", async (_, status, code) => {
    respond = (response) => response.writeHead(status).end("not for me");
    const { run } = await delivered();
    expect(run).toMatchObject({ status: "failed", error: { code, message: expect.stringContaining("not for me") } });
    expect(received).toHaveLength(1);
  });

  it("is never sent on to another host, and does not leave under airgap", async () => {
    respond = (response) => response.writeHead(307, { location: "http://169.254.169.254/" }).end();
    expect((await delivered()).run).toMatchObject({ error: { code: "delivery.refused" } });
    const before = url;
    url = "https://hooks.example/";
    const { run } = await delivered(createWeb({ airgap: true }));
    url = before;
    expect(run).toMatchObject({ error: { code: "delivery.refused", message: expect.stringContaining("airgap") } });
    expect(received).toHaveLength(1);
  });
});
