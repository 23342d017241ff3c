import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Bench, bench, settleMs, work } from "../../test/support/inbox.ts";
import { systemClock } from "../stores/clock.ts";
import type { Inbox } from "./inbox.ts";
import { raw } from "./names.ts";
import { Watches, whyNoEvents } from "./watch.ts";

let on: Bench;
let inbox: Inbox;
beforeEach(async () => {
  on = await bench();
  inbox = on.inbox();
});
afterEach(async () => {
  await inbox.stop();
  await on.remove();
});

/** Moves time in small steps until it holds, as the running inbox sees it. */
const until = async (holds: () => Promise<boolean> | boolean, stepMs = 50) =>
  await vi.waitFor(
    async () => {
      await on.clock.advance(stepMs);
      expect(await holds()).toBe(true);
    },
    { timeout: 15_000, interval: 5 },
  );

describe("a started inbox", () => {
  test("makes a folder for each workflow and says how it watches", async () => {
    await inbox.start();
    expect(on.events).toEqual([{ type: "watching", how: "events", why: null }]);
    await writeFile(on.path("invoice/a.txt"), "a");
    await writeFile(on.path("receipt/b.txt"), "b");
  });

  test("notices a dropped file by the event it causes, long before the next look at everything", async () => {
    inbox = on.inbox({ rescanMs: 3_600_000 });
    await inbox.start();
    const started = on.clock.now();
    await writeFile(on.path("invoice/a.txt"), "Total 1.00");
    await until(() => on.service.runs.length === 1);
    work(on.service);
    await until(async () => (await on.files()).includes("invoice/done/a.txt"));
    expect(on.clock.now() - started).toBeLessThan(60_000);
  });

  test("notices a file that caused no event when it looks at everything", async () => {
    await mkdir(on.path("invoice"));
    await inbox.start();
    await until(() => on.clock.sleepers() === 1);
    // Nobody watches the folder that takes the other's place, until the next look.
    await rename(on.path("invoice"), on.path("old"));
    await mkdir(on.path("invoice"));
    await writeFile(on.path("invoice/a.txt"), "a");
    await until(() => on.service.runs.length === 1, settleMs);
    expect(await on.files()).not.toContain("invoice/a.txt");
  });

  test("goes on when its folder comes back, and watches it again", async () => {
    inbox = on.inbox({ rescanMs: 10_000 });
    await inbox.start();
    await rename(on.dir, `${on.dir}-away`);
    await until(() => on.events.some(({ type }) => type === "trouble"), 1_000);
    await rename(`${on.dir}-away`, on.dir);
    await until(() => on.events.some(({ type }) => type === "trouble.over"), 1_000);
    await writeFile(on.path("invoice/a.txt"), "a");
    await until(() => on.service.runs.length === 1);
    expect(await on.files()).toEqual([]);
  });

  test("stops at once, keeps its claims, and can be started again", async () => {
    await inbox.start();
    await writeFile(on.path("invoice/a.txt"), "a");
    await until(() => on.service.runs.length === 1);
    await inbox.stop();
    expect(on.clock.sleepers()).toBe(0);
    expect(await on.claimed()).toHaveLength(1);
    work(on.service);
    await inbox.start();
    await until(async () => (await on.files()).includes("invoice/done/a.txt"));
  });

  test("refuses a folder that cannot be one", async () => {
    await writeFile(on.path("file"), "");
    const wrong = on.inbox({ dir: on.path("file") });
    await expect(wrong.start()).rejects.toMatchObject({ code: "inbox.unusable" });
    await expect(on.inbox({ dir: on.path("no/such/parent") }).start()).rejects.toMatchObject({
      code: "inbox.unusable",
    });
  });
});

test("whether events arrive is found out by a file of our own, which does not stay", async () => {
  expect(await whyNoEvents(raw(on.dir), raw("probe"), systemClock)).toBeNull();
  expect(await on.files()).toEqual([]);
});

test("a watched folder that is gone is let go of, and watched again when it is back", async () => {
  let changes = 0;
  const watches = new Watches(() => (changes += 1));
  const folder = raw(on.path("invoice"));
  await mkdir(on.path("invoice"));
  await watches.follow([folder]);
  await rm(on.path("invoice"), { recursive: true });
  await watches.follow([folder]);
  await mkdir(on.path("invoice"));
  await watches.follow([folder]);
  changes = 0;
  await writeFile(on.path("invoice/a.txt"), "a");
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
  watches.close();
});
