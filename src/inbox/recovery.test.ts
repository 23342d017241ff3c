import { mkdir, readdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, bench, work } from "../../test/support/inbox.ts";
import { type CrashPoint, crashPoints } from "./crash-points.ts";
import type { Inbox } from "./inbox.ts";

/** Recovery within one process: where a child process killed by the system cannot be made to meet a certain store. */

let on: Bench;
let first: Inbox | null;
beforeEach(async () => {
  on = await bench();
  await mkdir(on.path("invoice"));
});
afterEach(async () => {
  await first?.stop();
  await on.remove();
});

/** Takes one file and breaks off at that point, for good: what was begun there is not ended, as after a kill. */
const breakOffAt = async (point: CrashPoint, name: string) => {
  await writeFile(on.path("invoice", name), `text of ${name}`);
  first = on.inbox({
    crash: async (here) => {
      if (here === point) throw new Error("broken off");
    },
  });
  await on.take(first);
  await first.stop();
  first = null;
};

const goOn = async () => {
  const next = on.inbox();
  for (let turn = 0; turn < 3; turn++) {
    await on.take(next);
    work(on.service);
  }
  await next.scanOnce();
  await next.stop();
};

describe("a submission broken off after its run was made", () => {
  test("finds that run again even when it has failed meanwhile: no second run for one file", async () => {
    await breakOffAt("submit.done", "fail.txt");
    work(on.service);
    expect(on.service.runs.map(({ status }) => status)).toEqual(["failed"]);
    await goOn();
    expect(on.service.runs).toHaveLength(1);
    expect(await readdir(on.path("invoice/failed"))).toHaveLength(3);
  });

  test("does not find a run of the same bytes from before its time: that one has failed, this is a new try", async () => {
    await writeFile(on.path("invoice/fail-a.txt"), "text of fail-b.txt");
    await goOn();
    await on.clock.advance(1_000);
    await breakOffAt("submit.before", "fail-b.txt");
    await goOn();
    expect(on.service.runs.map(({ status }) => status)).toEqual(["failed", "failed"]);
  });

  test("is found among many later ones", async () => {
    await breakOffAt("submit.done", "fail.txt");
    work(on.service);
    for (let index = 0; index < 450; index++) {
      await on.service.submit({ itemId: `${index}`, workflow: "invoice", name: `${index}`, bytes: Buffer.from("x") });
    }
    await goOn();
    expect(on.service.runs).toHaveLength(451);
  });
});

test.each(crashPoints.filter((point) => point !== "error.placed"))(
  "broken off at %s, the next inbox brings the file to rest once",
  async (point) => {
    const name = point === "claim.folder-made" ? `${"long".repeat(55)}.txt` : "a.txt";
    await writeFile(on.path("invoice", name), `text of ${name}`);
    let broken = false;
    first = on.inbox({
      crash: async (here) => {
        if (here !== point) return;
        broken = true;
        throw new Error("broken off");
      },
    });
    await on.take(first);
    work(on.service);
    await first.scanOnce();
    expect(broken).toBe(true);
    await first.stop();
    first = null;
    await goOn();
    expect(await readdir(on.path("invoice/done"))).toEqual([name, `${name}.result.json`]);
    expect(on.service.runs).toHaveLength(1);
    for (const folder of ["claimed", "owners", "tmp"]) expect(await readdir(on.path(".weir", folder))).toEqual([]);
  },
);
