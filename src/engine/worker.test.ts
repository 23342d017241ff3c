import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock, Start, StepContext } from "../ports/index.ts";
import { systemClock } from "../stores/clock.ts";
import { type EngineKit, type EngineUnderTest, testEngine } from "../../test/support/engine.ts";
import { type Flow, workflow } from "./flow.ts";
import { hasEnded, processId } from "../process-id.ts";

const hourMs = 3_600_000;

/** A workflow of steps that all do the same. */
function repeated(count: number, run: (context: StepContext, index: number) => Promise<void> | void) {
  const names = Array.from({ length: count }, (_, index) => index);
  return names.reduce<Flow<Start>>(
    (flow, index) =>
      flow.step(`step ${index}`, async (state: Start, context) => {
        await run(context, index);
        return state;
      }),
    workflow("repeated", { version: 1 }),
  ).definition;
}

/** A step that waits until the test lets it go on. */
function door() {
  const { promise: opened, resolve: openDoor } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const pass = async () => {
    reach();
    await opened;
  };
  return { pass, reached, open: openDoor };
}

describe("workers", () => {
  const open: EngineUnderTest[] = [];
  const setUp = async (kit: EngineKit) => {
    const made = await testEngine(kit);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of open.splice(0).toReversed()) await made.close();
  });

  it("on one queue share the runs and do no step twice", async () => {
    const steps: string[] = [];
    const definition = repeated(3, ({ run }, index) => void steps.push(`${run.itemId} ${index}`));
    const one = await setUp({ workflows: [definition] });
    const two = await setUp({ workflows: [definition], folder: one.folder, options: { worker: "other" } });
    for (let item = 0; item < 8; item++) await one.submit(definition, `item${item}`);
    await Promise.all([one.engine.drain("test"), two.engine.drain("test")]);
    expect(steps).toHaveLength(24);
    expect(new Set(steps).size).toBe(24);
    const { runs } = await one.engine.list({ lane: "test" });
    expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => "succeeded"));
  });

  it("drain a lane only when what another worker holds is done too", async () => {
    const { pass, reached, open: openDoor } = door();
    const definition = repeated(1, pass);
    const holder = await setUp({ workflows: [definition] });
    const other = await setUp({ workflows: [definition], folder: holder.folder, options: { worker: "other" } });
    const id = await holder.submit(definition);
    const holding = holder.engine.drain("test");
    await reached;
    let drained = false;
    const draining = other.engine.drain("test").then(() => {
      drained = true;
      return drained;
    });
    await other.engine.get(id);
    expect(drained).toBe(false);
    openDoor();
    await Promise.all([holding, draining]);
    expect(await other.engine.get(id)).toMatchObject({ status: "succeeded" });
  });

  it("end a drain with its last run, not after the pause of the slots that had nothing to do", async () => {
    const { pass, reached, open: openDoor } = door();
    const { promise: idle, resolve: fallIdle } = Promise.withResolvers<void>();
    const paused: Clock = {
      ...systemClock,
      sleep: async (ms, signal) => {
        if (ms === hourMs) fallIdle();
        await systemClock.sleep(ms, signal);
      },
    };
    const definition = repeated(1, pass);
    const made = await setUp({ workflows: [definition], clock: paused, options: { idleMs: hourMs } });
    const id = await made.submit(definition);
    const draining = made.engine.drain("test");
    await Promise.all([reached, idle]);
    openDoor();
    await draining;
    expect(await made.engine.get(id)).toMatchObject({ status: "succeeded" });
  });

  it("work on a few runs at the same time", async () => {
    let now = 0;
    let most = 0;
    const definition = repeated(2, async ({ clock }) => {
      now += 1;
      most = Math.max(most, now);
      await clock.sleep(5);
      now -= 1;
    });
    const made = await setUp({ workflows: [definition], options: { concurrency: 3 } });
    for (let item = 0; item < 6; item++) await made.submit(definition, `item${item}`);
    await made.engine.drain("test");
    expect(most).toBe(3);
  });

  it("as a service begin what is submitted without being told, and end with the step in progress", async () => {
    const { pass, reached, open: openDoor } = door();
    const steps: number[] = [];
    const definition = repeated(3, async (_, index) => {
      if (index === 0) await pass();
      steps.push(index);
    });
    const made = await setUp({ workflows: [definition] });
    made.engine.start();
    const id = await made.submit(definition);
    await reached;
    const stopping = made.engine.stop();
    openDoor();
    await stopping;
    expect(steps).toEqual([0]);
    expect(await made.engine.get(id)).toMatchObject({ status: "queued" });

    const next = await setUp({ workflows: [definition], folder: made.folder });
    await next.finish(id);
    expect(steps).toEqual([0, 1, 2]);
  });

  it("end in the middle of a step that takes too long, and put the run back", async () => {
    const reasons: unknown[] = [];
    const { pass, reached } = door();
    const definition = repeated(1, async ({ signal }) => {
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      await pass();
    });
    const made = await setUp({ workflows: [definition] });
    made.engine.start();
    const id = await made.submit(definition);
    await reached;
    await made.engine.stop(10);
    expect(reasons).toHaveLength(1);
    expect(await made.engine.get(id)).toMatchObject({ status: "queued", attempts: 0 });
  });

  it("run long workflows without warnings about listeners", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    try {
      const definition = repeated(40, () => {});
      const made = await setUp({ workflows: [definition] });
      for (let item = 0; item < 3; item++) await made.submit(definition, `item${item}`);
      await made.engine.drain("test");
      const { runs } = await made.engine.list({});
      expect(runs.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
      // Warnings are emitted on the next tick.
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings).toEqual([]);
    } finally {
      process.off("warning", listen);
    }
  });

  it("take back at once what a process held that is dead", async () => {
    const definition = repeated(1, () => {});
    const made = await setUp({ workflows: [definition] });
    const id = await made.submit(definition);
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const [host, , start] = processId().split("/");
    const dead = `${host}/${child.pid}/${start}`;
    expect(await made.store.runs.lease({ runId: id, token: "t" }, dead, 60_000)).toMatchObject({ status: "running" });
    expect(await made.engine.recover()).toEqual([id]);
    expect(await made.finish(id)).toMatchObject({ status: "succeeded" });
  });
});

describe("a worker's name", () => {
  it("is the same as long as the process lives, and says that it lives", () => {
    expect(processId()).toBe(processId());
    expect(hasEnded(processId())).toBe(false);
  });

  it("tells another process that took over the pid", () => {
    const [host, pid] = processId().split("/");
    expect(hasEnded(`${host}/${pid}/another start`)).toBe(true);
  });

  it("says nothing about other machines, and nothing about what is no name", () => {
    const [, pid] = processId().split("/");
    expect(hasEnded(`elsewhere/${pid}/another start`)).toBe(false);
    expect(hasEnded("")).toBe(false);
    expect(hasEnded("other")).toBe(false);
  });
});
