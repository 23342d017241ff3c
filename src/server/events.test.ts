import { describe, expect, test, vi } from "vitest";
import { postJson, problemIn, startServer } from "../../test/support/http.ts";
import { MemoryService } from "../../test/support/service.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { eventStream } from "./events.ts";

async function begun() {
  const clock = manualClock();
  const service = new MemoryService(clock);
  const { run } = await service.submit({ itemId: "a", name: "a", workflow: "receipt", bytes: new Uint8Array(1) });
  const gone = new AbortController();
  const frames = eventStream({ service, clock, runId: run.id, afterSeq: 0, signal: gone.signal });
  const next = async () => (await frames.next()).value ?? null;
  return { clock, service, run, gone, next };
}

/** Moves time on until the frame comes, and says how long that took. */
async function awaited(clock: ReturnType<typeof manualClock>, frame: Promise<string | null>, stepMs: number) {
  const begin = clock.now();
  const seen = { frame: false };
  void frame.then(() => (seen.frame = true));
  while (!seen.frame && clock.now() - begin < 60_000) await clock.advance(stepMs);
  return { text: await frame, ms: clock.now() - begin };
}

describe("an event stream", () => {
  test("sends what happened, what happens, and the end", async () => {
    const { clock, service, run, next } = await begun();
    expect(await next()).toBe("retry: 1000\n\n");
    expect(await next()).toBe(
      'id: 1\ndata: {"seq":1,"type":"run.queued","at":"2026-01-01T00:00:00.000Z","data":{"item":"a"}}\n\n',
    );
    const started = next();
    service.move(run.id, "running");
    expect((await awaited(clock, started, 50)).text).toMatch(/^id: 2\ndata: .*"run.running"/u);
    service.move(run.id, "succeeded");
    expect((await awaited(clock, next(), 50)).text).toMatch(/^id: 3\n/u);
    expect(await next()).toBe('event: end\ndata: {"status":"succeeded"}\n\n');
    expect(await next()).toBeNull();
  });

  test("looks more and more seldom while nothing happens, and shows that it lives", async () => {
    const { clock, service, next } = await begun();
    await next();
    await next();
    const looks = vi.spyOn(service, "events");
    const { text, ms } = await awaited(clock, next(), 100);
    expect(text).toBe(": still here\n\n");
    expect(ms).toBeGreaterThanOrEqual(15_000);
    expect(ms).toBeLessThan(18_000);
    expect(looks.mock.calls.length).toBeLessThan(20);
  });

  test("goes on while a person decides: a review is not the end", async () => {
    const { clock, service, run, next } = await begun();
    service.move(run.id, "running");
    service.move(run.id, "review");
    for (let count = 0; count < 4; count++) await next();
    const waiting = next();
    service.move(run.id, "queued");
    expect((await awaited(clock, waiting, 100)).text).toContain('"run.queued"');
  });

  test("ends without a word more when the client is gone", async () => {
    const { clock, gone, next } = await begun();
    await next();
    await next();
    const waiting = next();
    await vi.waitFor(() => expect(clock.sleepers()).toBe(1));
    gone.abort();
    expect(await waiting).toBeNull();
    expect(clock.sleepers()).toBe(0);
  });

  test("goes on after Last-Event-ID, and is empty when nothing more will come", async () => {
    const { url, service } = await startServer();
    const { run } = (await (
      await fetch(new URL("/v1/runs", url), postJson({ workflow: "receipt", text: "a" }))
    ).json()) as {
      run: string;
    };
    service.move(run, "running");
    service.move(run, "failed");
    const follow = (id?: string) =>
      fetch(new URL(`/v1/runs/${run}/events`, url), { headers: id === undefined ? {} : { "last-event-id": id } });
    const whole = await follow();
    expect(whole.headers.get("content-type")).toBe("text/event-stream");
    expect((await whole.text()).match(/^id: \d+$/gmu)).toEqual(["id: 1", "id: 2", "id: 3"]);
    expect((await (await follow("2")).text()).match(/^id: \d+$/gmu)).toEqual(["id: 3"]);
    expect((await follow("3")).status).toBe(204);
    expect(await problemIn(await follow("three"))).toMatchObject({ status: 400, code: "request.invalid" });
  });

  test("is one of a bounded number, and ends when the server closes", async () => {
    const { url, service, close } = await startServer({ limits: { streamsMax: 1 } });
    const { run } = await service.submit({ itemId: "a", name: "a", workflow: "receipt", bytes: new Uint8Array(1) });
    const follow = () => fetch(new URL(`/v1/runs/${run.id}/events`, url));
    const first = await follow();
    expect(first.status).toBe(200);
    const second = await follow();
    expect(second.headers.get("retry-after")).toBe("2");
    expect(await problemIn(second)).toMatchObject({ status: 503, code: "server.busy" });
    const text = first.text();
    await close();
    expect(await text).not.toContain("event: end");
  });
});
