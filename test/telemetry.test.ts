import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WeirError } from "../src/core/index.ts";
import type { WorkflowDefinition } from "../src/engine/definition.ts";
import { workflow } from "../src/engine/flow.ts";
import type { Model, Telemetry } from "../src/ports/index.ts";
import { folderBlobs } from "../src/stores/blobs.ts";
import { systemClock } from "../src/stores/clock.ts";
import { openSqlite } from "../src/stores/sqlite/open.ts";
import { Meters, openLog, openTracing, watchedCloud, watchedModel, watchedStore } from "../src/telemetry/index.ts";
import { scriptedModel } from "../src/testing/index.ts";
import { billText, billWorkflow, cloudAt } from "./support/cloud-bill.ts";
import { answers, cloudServer } from "./support/cloud-server.ts";
import { testEngine } from "./support/engine.ts";

/** What an operator sees of an engine at work: lines, spans and figures, and of documents nothing. */

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterAll(() => {
  trace.disable();
  context.disable();
});

/** Stands in the document, in what the model is asked, and in what a step complains of. */
const secret = "Zwackelmann-4711";

const tokens = { prompt: 30, reused: 10, generated: 2 };
const model = scriptedModel({ score: ({ options }) => options.map((_, index) => -index), embed: () => [1, 0] });

const asking = workflow("asking", { version: 1 })
  .step("ask", async (state, { model: asked, count }) => {
    const request = { document: secret, question: `Who is ${secret}?`, options: [secret, "nobody"] };
    count({ ...(await asked.score(request)).tokens, ...tokens });
    await asked.embed([secret]);
    return state;
  })
  .step("look", (seen) => seen).definition;

let failures = 0;
const failing = workflow("failing", { version: 1 }).step("break", () => {
  failures += 1;
  if (failures === 1) throw new WeirError("model.timeout", `While reading ${secret}.`);
  throw new WeirError("document.damaged", `${secret} is cut off.`);
}).definition;

describe("an engine that is watched", () => {
  let folder: string;
  let lines: string[];
  let close: () => Promise<void>;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-telemetry-"));
    lines = [];
    failures = 0;
    exporter.reset();
  });
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });

  async function watched(workflows: readonly WorkflowDefinition[], cloudUrl?: string) {
    const opened = await openSqlite({ folder, clock: systemClock });
    const meters = new Meters(opened.store.tallies, systemClock);
    const telemetry: Telemetry = {
      log: openLog({ level: "debug", format: "json", color: false }, (line) => lines.push(line)),
      during: await openTracing("test"),
      count: (...counted) => meters.count(...counted),
      observe: (...observed) => meters.observe(...observed),
    };
    const storage = {
      ...opened,
      store: watchedStore(opened.store, telemetry),
      blobs: folderBlobs(path.join(folder, "blobs")),
    };
    const under = await testEngine({
      folder,
      storage,
      workflows,
      model: watchedModel<Model>(model, telemetry),
      ...(cloudUrl === undefined
        ? {}
        : { cloud: async (ledger, clock) => watchedCloud(await cloudAt(cloudUrl)(ledger, clock), telemetry) }),
      options: { telemetry },
    });
    close = async () => {
      await meters.close();
      await under.close();
    };
    return { ...under, meters };
  }

  const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const events = () => told().map(({ event }) => event);
  const figure = async (meters: Meters, name: string) =>
    new Map((await meters.figures()).flatMap(({ series }) => series).filter(([series]) => series.startsWith(name)));
  const spans = () => exporter.getFinishedSpans();
  const spanOf = (name: string): ReadableSpan => {
    const found = spans().find((span) => span.name === name);
    if (!found)
      throw new Error(
        `No span ${name}: ${spans()
          .map((span) => span.name)
          .join(", ")}`,
      );
    return found;
  };

  it("logs one line a change of state, with ids and names as fields", async () => {
    const { submit, finish } = await watched([asking]);
    const run = await submit(asking, secret);
    await finish(run);
    const shown = told().filter(({ level }) => level !== "debug");
    expect(shown.map(({ event }) => event)).toEqual([
      "run.queued",
      "run.running",
      "step.done",
      "step.done",
      "run.succeeded",
    ]);
    expect(shown[2]).toMatchObject({ level: "info", run, workflow: "asking", step: "ask", ms: expect.any(Number) });
    expect(told().at(-1)).toMatchObject({ event: "run.succeeded", run, workflow: "asking", pid: process.pid });
  });

  it("makes spans of run, steps and model calls that hang below one another, named as generative AI's are", async () => {
    const { submit, finish } = await watched([asking]);
    const id = await submit(asking);
    await finish(id);
    const [run, step, score, embed] = ["run asking", "step ask", "score scripted", "embeddings scripted"].map(spanOf);
    expect(run?.attributes).toMatchObject({ "weir.run": id, "weir.workflow": "asking" });
    expect(step?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(spanOf("step look").parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    for (const call of [score, embed]) expect(call?.parentSpanContext?.spanId).toBe(step?.spanContext().spanId);
    expect(score?.attributes).toMatchObject({
      "gen_ai.operation.name": "score",
      "gen_ai.provider.name": "llama.cpp",
      "gen_ai.request.model": "scripted",
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
    });
  });

  it("makes a span of a cloud call, with what it took", async () => {
    const server = await cloudServer((request) =>
      answers(request, ({ candidates }) => candidates.findIndex((one) => ["119,00", "100,00", "19,00"].includes(one))),
    );
    const definition = billWorkflow({}, billText);
    const { submit, finish, meters } = await watched([definition], server.url);
    const run = await finish(await submit(definition));
    await server.close();
    const call = spans().find(({ attributes }) => attributes["gen_ai.operation.name"] === "chat");
    expect(call?.attributes).toMatchObject({
      "weir.run": run.id,
      "gen_ai.provider.name": "openai",
      "gen_ai.usage.input_tokens": run.usage.cloud?.promptTokens,
      "gen_ai.usage.output_tokens": run.usage.cloud?.completionTokens,
    });
    const workflowName = definition.name;
    expect(await figure(meters, "weir_cloud_calls_total")).toEqual(
      new Map([[`weir_cloud_calls_total{workflow="${workflowName}"}`, 1]]),
    );
    expect(await figure(meters, "weir_decisions_total")).toEqual(
      new Map(
        Object.entries(run.draft?.decisions ?? {}).map(([at, { by }]) => [
          `weir_decisions_total{workflow="${workflowName}",path="${at}",outcome="${by === "cloud" ? "cloud" : "accepted"}"}`,
          1,
        ]),
      ),
    );
  });

  it("says of a failure its code and where, in log, span and figures", async () => {
    const { submit, finish, meters } = await watched([failing]);
    const run = await submit(failing);
    expect((await finish(run)).status).toBe("failed");
    const codes = told().flatMap(({ event, code }) => (code === undefined ? [] : [`${event} ${code}`]));
    expect(codes).toEqual(["step.failed model.timeout", "step.failed document.damaged", "run.failed document.damaged"]);
    expect(told().find(({ event }) => event === "run.waiting")).toMatchObject({ run, reason: "retry" });
    expect(spans().flatMap(({ attributes }) => attributes["error.type"] ?? [])).toEqual(
      expect.arrayContaining(["model.timeout", "document.damaged"]),
    );
    expect((await figure(meters, "weir_step_failures_total")).size).toBe(2);
    expect(
      (await figure(meters, "weir_retries_total")).get('weir_retries_total{workflow="failing",reason="retry"}'),
    ).toBe(1);
  });

  it("counts what all processes on the store did, and forgets nothing when one ends", async () => {
    const first = await watched([asking]);
    await first.finish(await first.submit(asking, "one"));
    await close();
    const second = await watched([asking]);
    await second.finish(await second.submit(asking, "two"));
    expect(
      (await figure(second.meters, "weir_runs_total")).get('weir_runs_total{workflow="asking",status="succeeded"}'),
    ).toBe(2);
    expect(await figure(second.meters, "weir_model_tokens_total")).toEqual(
      new Map(
        Object.entries(tokens).map(([kind, by]) => [
          `weir_model_tokens_total{workflow="asking",kind="${kind}"}`,
          2 * by,
        ]),
      ),
    );
    const seconds = await figure(second.meters, "weir_step_seconds");
    expect(seconds.get('weir_step_seconds_count{workflow="asking",kind="own"}')).toBe(4);
    expect(seconds.get('weir_step_seconds_bucket{workflow="asking",kind="own",le="+Inf"}')).toBe(4);
  });

  it("says nothing of what documents, questions and complaints say", async () => {
    const { submit, finish } = await watched([asking, failing]);
    for (const definition of [asking, failing]) await finish(await submit(definition, secret));
    const spoken = spans().map(({ name, attributes, events: of, status }) => ({ name, attributes, of, status }));
    expect(JSON.stringify(spoken)).toContain("gen_ai.");
    expect(lines.length).toBeGreaterThan(8);
    for (const text of [lines.join(""), JSON.stringify(spoken)]) expect(text).not.toContain("Zwackelmann");
  });

  it("tells of a lease that was lost, once", async () => {
    const { store, queue, submit, meters } = await watched([asking]);
    await submit(asking);
    const mine = await queue.take({ worker: "host/1/1", leaseMs: 1 });
    if (!mine) throw new Error("Nothing to take.");
    await store.runs.lease(mine, "host/1/1", 1);
    await systemClock.sleep(5);
    const theirs = await queue.take({ worker: "host/2/2", leaseMs: 60_000 });
    if (!theirs) throw new Error("Nothing to take over.");
    await store.runs.lease(theirs, "host/2/2", 60_000);
    for (let turn = 0; turn < 2; turn++) {
      await expect(store.runs.commit(mine, { status: "succeeded" })).rejects.toMatchObject({ code: "lease.lost" });
    }
    expect(events().filter((event) => event === "lease.lost")).toHaveLength(1);
    expect([...(await figure(meters, "weir_leases_lost_total")).values()]).toEqual([1]);
  });
});
