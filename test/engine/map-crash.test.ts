import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nestOutput } from "../../src/core/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";
import { launchWork } from "../support/crashing.ts";

const script = path.join(import.meta.dirname, "crashing-map.ts");
const steps = ["first/0", "second/0", "first/1", "second/1", "first/2", "second/2"].map((step) => `parts.${step}`);

describe("a map that is killed between its parts and within them", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-map-crash-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const launch = async (crashAt?: string) => await launchWork(script, folder, crashAt);

  // Nodes in order: read, map, first, second, map, first, second, map, first, second, map, merge.
  it.each([
    ["a step of the second part has run and is not on record", "step-ran:6", 1],
    ["a step of the second part is on record, nothing follows from it yet", "step-journaled:6", 0],
    ["a part is put away and not on record", "step-ran:8", 0],
    ["a part is put away, nothing follows from it yet", "step-journaled:8", 0],
    ["the parts are merged and not on record", "step-ran:12", 0],
  ])("goes on where %s, and redoes that step at most", async (_, crashAt, redone) => {
    expect(await launch(crashAt)).toBe("SIGKILL");
    expect(await launch()).toBe(0);
    const { store } = await openSqlite({ folder, clock: systemClock });
    const [run] = (await store.runs.list({})).runs;
    await store.close();
    expect(run).toMatchObject({ status: "succeeded" });
    expect(nestOutput(run?.draft?.decisions ?? {})).toEqual({
      parts: [{ first: "PART a" }, { first: "PART b" }, { first: "PART c" }],
    });
    const done = readFileSync(path.join(folder, "steps.log"), "utf8").trimEnd().split("\n");
    expect([...new Set(done)]).toEqual(steps);
    expect(done.length - steps.length).toBe(redone);
  });
});
