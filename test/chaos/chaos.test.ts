import { afterAll, beforeAll, expect, test } from "vitest";
import { kills, troubles } from "./faults/index.ts";
import { type Ground, openGround } from "./house.ts";
import { randomFrom } from "./random.ts";
import { cellsOf, rowOf } from "./table.ts";

/** Once each of what `npm run chaos` does hundreds of times; points and random moments: test/engine/crash.test.ts. */

let ground: Ground;
beforeAll(async () => {
  ground = await openGround("SQLite");
});
afterAll(async () => await ground.remove());

const random = randomFrom(20_261_130);
const faults = [...kills, ...troubles].filter(
  ({ name, kinds }) => kinds.includes("SQLite") && !name.startsWith("engine killed at "),
);

test.concurrent.for(faults)(
  "$name: nothing is lost, nothing doubled, one step of a run redone at most",
  { timeout: 180_000 },
  async (fault) => {
    const trial = await fault.trial(ground, random);
    expect(rowOf(fault, "SQLite", [trial])).toMatchObject({ times: 1, resultsOut: trial.documents, broken: [] });
  },
);

test("the table says what is lost, doubled, left over and redone", () => {
  const [fault] = faults;
  if (!fault) throw new Error("No faults.");
  const trial = { documents: 10, results: 10, lost: [], doubled: [], redone: 0, redoneMost: 0, left: 0, struck: true };
  const bad = { ...trial, results: 9, lost: ["item3"], doubled: ["item4"], redoneMost: 2, left: 1, struck: false };
  const row = rowOf(fault, "SQLite", [
    { ...trial, recoveryMs: 100 },
    { ...bad, recoveryMs: 1e6 },
  ]);
  expect(row.broken).toEqual([
    "it struck 1 times of 2",
    "1 lost",
    "1 doubled",
    "wake-ups left over",
    "2 steps of one run redone",
  ]);
  expect(row.slow).toHaveLength(1);
  expect(cellsOf([row]).at(-1)).toMatchObject({
    fault: "all",
    "documents in": 20,
    "results out": 19,
    lost: 1,
    doubled: 1,
  });
});
