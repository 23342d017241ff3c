import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { createClient } from "../src/client/client.ts";
import type { WorkflowDefinition } from "../src/engine/definition.ts";
import { changedReceipt, openHouse } from "./support/api.ts";

async function house(folder?: string, definition?: WorkflowDefinition) {
  const open = await openHouse(folder, definition);
  onTestFinished(open.close);
  return { ...open, client: createClient({ url: open.url }) };
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weir-api-"));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  return folder;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the API over the engine", () => {
  test("takes documents to their results, in doubt through a person", async () => {
    const { client, under } = await house();
    under.engine.start();
    const sure = await client.submit({ workflow: "receipt", file: bytes("ACME\nTOTAL 12.00"), name: "a.txt" });
    expect(await client.wait(sure.run)).toMatchObject({
      id: "a.txt",
      status: "succeeded",
      output: { company: "ACME", total: "12.00" },
      document: { name: "a.txt" },
    });

    const unsure = await client.submit({ workflow: "receipt", text: "ACME\nTOTAL? 13.00", id: "b" });
    expect(await client.wait(unsure.run)).toMatchObject({ id: "b", status: "review", output: { total: null } });
    const { reviews } = await client.reviews();
    expect(reviews).toMatchObject([{ run: unsure.run, status: "open", doubts: [{ paths: ["total"] }] }]);
    const version = reviews[0]?.version ?? 0;
    await expect(client.decide(unsure.run, version, { total: { value: "13,00" } })).rejects.toMatchObject({
      code: "review.invalid",
    });
    await expect(client.decide(unsure.run, version + 1, { total: "accept" })).rejects.toMatchObject({
      code: "review.conflict",
    });
    expect(await client.decide(unsure.run, version, { total: { value: "13.50" } })).toMatchObject({ doubts: [] });
    await expect(client.decide(unsure.run, version, { total: "accept" })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:run\.state|review\.conflict)$/u),
    });
    const result = await client.wait(unsure.run);
    expect(result).toMatchObject({ status: "succeeded", output: { total: "13.50" } });
    expect(result.decisions["total"]).toMatchObject({ by: "human", status: "accepted" });
    const types: string[] = [];
    for await (const { type } of client.events(unsure.run)) types.push(type);
    expect(types).toEqual(expect.arrayContaining(["run.queued", "review.opened", "review.finished", "run.succeeded"]));
    expect(types.at(-1)).toBe("run.succeeded");
  });

  test("keeps an Idempotency-Key's run, failed or not, and refuses another document under it", async () => {
    const { client, under } = await house();
    under.engine.start();
    const broken = { workflow: "receipt", text: "ACME", idempotencyKey: "k" };
    const first = await client.submit(broken);
    expect(await client.wait(first.run)).toMatchObject({ status: "failed", error: { code: "document.damaged" } });
    expect(await client.submit(broken)).toEqual({ run: first.run, created: false });
    await expect(client.submit({ ...broken, text: "OTHER" })).rejects.toMatchObject({ code: "idempotency.conflict" });
    const settled = {
      workflow: "receipt",
      text: "ACME\nTOTAL 1.00",
      settings: { embedded: "off" },
      idempotencyKey: "l",
    };
    const together = await Promise.all([settled, settled, settled].map((document) => client.submit(document)));
    expect(new Set(together.map(({ run }) => run)).size).toBe(1);
    expect(together.filter(({ created }) => created)).toHaveLength(1);
    expect((await client.runs()).runs).toHaveLength(2);
  });

  test("shows a review whose workflow has changed since, and lets nobody decide it by other rules", async () => {
    const folder = await emptyFolder();
    const before = await openHouse(folder);
    const { run } = await createClient({ url: before.url }).submit({ workflow: "receipt", text: "ACME\nTOTAL? 1.00" });
    before.under.engine.start();
    await createClient({ url: before.url }).wait(run);
    await before.close();
    const { client } = await house(folder, changedReceipt);
    const { reviews } = await client.reviews();
    expect(reviews).toMatchObject([{ run, doubts: [{ code: "workflow.changed", paths: [] }] }]);
    expect(reviews[0]?.decisions["total"]).toMatchObject({ value: "1.00" });
    const version = reviews[0]?.version ?? 0;
    await expect(client.decide(run, version, { "*": "accept" })).rejects.toMatchObject({ code: "workflow.changed" });
  });

  test("lists by status in pages, cancels and retries", async () => {
    const { client, under } = await house();
    const runs: string[] = [];
    for (const text of ["a", "b", "c"]) runs.push((await client.submit({ workflow: "receipt", text })).run);
    const [oldest = "", , newest = ""] = runs;
    expect(await client.cancel(oldest)).toMatchObject({ status: "cancelled", error: { code: "run.cancelled" } });
    const page = await client.runs({ status: "queued", limit: 1 });
    expect(page.runs).toMatchObject([{ run: newest }]);
    const last = await client.runs({ status: "queued", limit: 1, cursor: page.cursor ?? "" });
    expect(last).toMatchObject({ runs: [{ run: runs[1] }], cursor: null });
    expect(await client.retry(oldest)).toMatchObject({ status: "queued", error: null });
    under.engine.start();
    expect(await client.wait(oldest)).toMatchObject({ status: "failed" });
    await expect(client.cancel(oldest)).rejects.toMatchObject({ code: "run.state" });
    await expect(client.retry("01NONE")).rejects.toMatchObject({ code: "run.unknown" });
  });

  test("queues those that failed again, by what they failed with", async () => {
    const { client, under } = await house();
    const { run } = await client.submit({ workflow: "receipt", text: "a" });
    const good = await client.submit({ workflow: "receipt", text: "TOTAL 1.00" });
    under.engine.start();
    await client.wait(run);
    await client.wait(good.run);
    expect(await client.retryFailed({ code: "delivery.failed" })).toEqual({ runs: [], more: false });
    expect(await client.retryFailed({ workflow: "invoice" })).toEqual({ runs: [], more: false });
    expect((await client.runs({ status: "failed", code: "document.damaged" })).runs).toHaveLength(1);
    expect(await client.retryFailed({ code: "document.damaged" })).toEqual({ runs: [run], more: false });
    expect(await client.wait(run)).toMatchObject({ status: "failed" });
  });

  test("says what it offers and how it is", async () => {
    const { client, url } = await house();
    expect(await client.workflows()).toMatchObject([
      { name: "receipt", version: 1, output: { properties: { total: { type: "string" } } } },
    ]);
    expect((await fetch(new URL("/readyz", url))).status).toBe(200);
    await client.submit({ workflow: "receipt", text: "a" });
    const metrics = await (await fetch(new URL("/metrics", url))).text();
    expect(metrics).toContain('weir_runs{status="queued"} 1\n');
    expect(metrics).toContain('weir_queue_depth{state="due"} 1\n');
  });

  test("has every run it ever acknowledged, whole, when it is killed at that very moment", async () => {
    const folder = await emptyFolder();
    const child = spawn(process.execPath, [join(import.meta.dirname, "support/api-process.ts"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const killed = createClient({ url: line });
    const documents = ["1.00", "2.00", "3.00", "4.00"].map((total) => `ACME\nTOTAL ${total}`);
    const acknowledged: string[] = [];
    for (const text of documents) acknowledged.push((await killed.submit({ workflow: "receipt", text })).run);
    child.kill("SIGKILL");
    await exited;

    const { client, under } = await house(folder);
    under.engine.start();
    const results = await Promise.all(acknowledged.map((run) => client.wait(run)));
    expect(results.map(({ status, output }) => [status, output["total"]])).toEqual(
      ["1.00", "2.00", "3.00", "4.00"].map((total) => ["succeeded", total]),
    );
    expect((await client.runs()).runs).toHaveLength(4);
  });
});
