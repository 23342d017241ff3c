import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "../../src/core/index.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";
import { launchWork } from "../support/crashing.ts";

const script = path.join(import.meta.dirname, "crashing-agent.ts");

describe("an agent that is killed", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "weir-agent-crash-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const launch = async (crashAt?: string) => await launchWork(script, folder, crashAt);

  const calls = () => readFileSync(path.join(folder, "calls.log"), "utf8").trimEnd().split("\n");

  const outcome = async () => {
    const { store } = await openSqlite({ folder, clock: systemClock });
    const { runs } = await store.runs.list({});
    const [run] = runs;
    const events = run ? await store.events.list(run.id) : [];
    await store.close();
    return { run, events };
  };

  // Nodes in order: read, choose, call, choose, call, choose, call (finish), choose, review.
  it.each([
    ["when its first call has had its effect, and the journal does not know", "step-ran:3", 3],
    ["when its second call has had its effect, and the journal does not know", "step-ran:5", 3],
    ["when its first choice is on record, and its call has not begun", "step-journaled:2", 2],
    ["when its first call is on record, and nothing follows from it yet", "step-journaled:3", 2],
  ])(
    "%s: makes the same calls under the same keys, and nothing is done twice",
    async (_, crashAt, made) => {
      expect(await launch(crashAt)).toBe("SIGKILL");
      expect(await launch()).toBe(0);
      const { run, events } = await outcome();
      expect(run).toMatchObject({
        status: "succeeded",
        draft: { decisions: { reply: { value: "10423 and 10424", status: "accepted" } } },
      });
      expect(calls()).toHaveLength(made);
      expect([...new Set(calls())]).toEqual(["agent call/1 10423", "agent call/2 10424"]);
      expect(readdirSync(folder).filter((name) => name.startsWith("effect-"))).toHaveLength(2);
      const actions: readonly Action[] = run?.draft?.actions ?? [];
      expect(actions.map(({ turn, tool }) => [turn, tool])).toEqual([
        [1, "book"],
        [2, "book"],
        [3, "finish"],
      ]);
      for (const type of ["agent.chose", "agent.called"]) {
        expect(events.filter((event) => event.type === type).map(({ data }) => data["turn"])).toEqual([1, 2, 3]);
      }
    },
    60_000,
  );
});
