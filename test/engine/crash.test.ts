import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crashPoints } from "../../src/engine/crash-points.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";

const documents = 10;
const stepCount = 5;
const script = path.join(import.meta.dirname, "crashing-worker.ts");

interface Execution {
  readonly pid: string;
  readonly item: string;
  readonly step: string;
}

describe("kill -9", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-crash-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const launch = (environment: Record<string, string> = {}, count = documents) =>
    spawn(process.execPath, [script, folder, String(count)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });

  /** How a process ended: an exit code or a signal. */
  const ended = async (child: ChildProcess): Promise<number | string> => {
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    return signal ?? code ?? -1;
  };

  const executions = (): readonly Execution[] =>
    readFileSync(path.join(folder, "executions.log"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [pid = "", item = "", step = ""] = line.split(" ");
        return { pid, item, step };
      });

  /** Every document came to one result, no step is on record twice, and no crash cost more than a step a run. */
  const expectOneResultEach = async (count = documents) => {
    const { store, queue } = await openSqlite({ folder, clock: systemClock });
    const { runs } = await store.runs.list({ limit: 200 });
    expect(runs.map((run) => [run.itemId, run.status]).toSorted()).toEqual(
      Array.from({ length: count }, (_, index) => [`item${index}`, "succeeded"]),
    );
    for (const { id } of runs) {
      const types = (await store.events.list(id)).map(({ type }) => type);
      expect(types.filter((type) => type === "step.done")).toHaveLength(stepCount);
      expect(types.filter((type) => type === "run.succeeded")).toHaveLength(1);
      expect(types.at(-1)).toBe("run.succeeded");
    }
    expect(await queue.depth()).toEqual({ due: 0, later: 0, held: 0 });
    await store.close();
    expect(readdirSync(folder).filter((name) => name.startsWith("delivered-"))).toHaveLength(count);
  };

  const expectOneStepRedoneACrash = () => {
    const all = executions();
    expect(new Set(all.map(({ item, step }) => `${item} ${step}`)).size).toBe(documents * stepCount);
    const redone = all.filter((one, index) =>
      all.some((other, later) => later > index && other.item === one.item && other.step === one.step),
    );
    // Steps that a process began and another had to do again, by process and run.
    const lost = Object.values(Object.groupBy(redone, ({ pid, item }) => `${pid} ${item}`));
    expect(lost.filter((steps) => (steps?.length ?? 0) > 1)).toEqual([]);
    // Two runs are worked on at a time.
    const byProcess = Object.values(Object.groupBy(redone, ({ pid }) => pid));
    expect(byProcess.filter((steps) => (steps?.length ?? 0) > 2)).toEqual([]);
  };

  it("at every crash point loses nothing, doubles nothing, and redoes one step of a run at most", async () => {
    for (const point of crashPoints) {
      const turn = point === "blob-stored" || point === "run-created" ? 4 : 2;
      expect([point, await ended(launch({ CRASH_AT: `${point}:${turn}` }))]).toEqual([point, "SIGKILL"]);
    }
    expect(await ended(launch())).toBe(0);
    await expectOneResultEach();
    expectOneStepRedoneACrash();
  }, 120_000);

  it("at twenty random moments does neither", async () => {
    const random = randomFrom(20_261_122);
    for (let kill = 0; kill < 20; kill++) {
      const child = launch();
      await once(child.stdout, "data");
      await systemClock.sleep(random() * 40);
      child.kill("SIGKILL");
      expect([kill, await ended(child)]).toEqual([kill, "SIGKILL"]);
    }
    expect(await ended(launch())).toBe(0);
    await expectOneResultEach();
    expectOneStepRedoneACrash();
  }, 120_000);

  it("is not needed: a worker that sleeps through its lease loses the run and cannot write to it any more", async () => {
    const environment = { LEASE_MS: "600", BLOCK_AT: "extract:2500" };
    const blocked = launch(environment, 1);
    await once(blocked.stdout, "data");
    const other = launch(environment, 1);
    expect(await Promise.all([ended(blocked), ended(other)])).toEqual([0, 0]);
    await expectOneResultEach(1);
    const extracted = executions().filter(({ step }) => step === "extract");
    expect(extracted.map(({ pid }) => pid)).toEqual([String(blocked.pid), String(other.pid)]);
    expect(executions().at(-1)).toMatchObject({ pid: String(other.pid), step: "deliver" });
  }, 60_000);
});

/** Numbers in 0..1, the same every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
