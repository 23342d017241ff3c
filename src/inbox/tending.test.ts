import { link, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { WeirError } from "../core/index.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, bench, settleMs, work } from "../../test/support/inbox.ts";
import type { Inbox } from "./inbox.ts";

let on: Bench;
let inbox: Inbox;
beforeEach(async () => {
  on = await bench();
  inbox = on.inbox();
  await mkdir(on.path("invoice"));
  await mkdir(on.path("receipt"));
});
afterEach(async () => {
  await inbox.stop();
  await on.remove();
});

const drop = (name: string, content = "Total 12.00\n") => writeFile(on.path("invoice", name), content);
const said = async (file: string) => (await inbox.explain()).find((one) => one.file === file)?.message;

describe("when the world is against it", () => {
  test("a store that takes nothing leaves the files where they are, and says so", async () => {
    on.service.health = {
      accepting: false,
      problem: { code: "store.full", message: "The disk is full.", hint: "Free some space; nothing was lost." },
    };
    await drop("a.txt");
    await on.take(inbox);
    expect(await on.files()).toEqual(["invoice/a.txt"]);
    expect(await said(".")).toBe("The disk is full. Free some space; nothing was lost.");
    on.service.health = { accepting: true, problem: null };
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(1);
    expect(await said(".")).toBeUndefined();
    expect(on.events.map(({ type }) => type)).toContain("trouble.over");
  });

  test("a queue with room for two takes two and leaves the rest untouched until there is room again", async () => {
    on.service.queueMax = 2;
    for (const name of ["a.txt", "b.txt", "c.txt"]) {
      await drop(name, name);
      await utimes(on.path("invoice", name), new Date(), new Date(on.clock.now() + name.charCodeAt(0)));
    }
    await on.take(inbox);
    expect(await on.files()).toEqual(["invoice/c.txt"]);
    await inbox.scanOnce();
    expect(await on.files()).toEqual(["invoice/c.txt"]);
    work(on.service);
    await inbox.scanOnce();
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(3);
    expect(await on.files()).not.toContain("invoice/c.txt");
  });

  test("a store that refuses a file keeps it claimed and the others waiting, until it takes them", async () => {
    on.service.refusal = new WeirError("store.full", "The disk is full.");
    for (const name of ["a.txt", "b.txt"]) await drop(name, name);
    await on.take(inbox);
    await drop("c.txt", "c");
    await on.take(inbox);
    expect(await on.files()).toEqual(["invoice/c.txt"]);
    expect(await said("invoice/a.txt")).toBe("taken; its run is about to start; The disk is full.");
    on.service.refusal = null;
    await inbox.scanOnce();
    await inbox.scanOnce();
    work(on.service);
    await inbox.scanOnce();
    expect((await on.files()).filter((file) => file.endsWith(".txt"))).toHaveLength(3);
    expect(on.service.runs).toHaveLength(3);
  });

  test("a result that cannot be written keeps its file claimed, and is written later", async () => {
    await writeFile(on.path("invoice/done"), "a file where the folder should be");
    await drop("a.txt");
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    const id = on.service.runs[0]?.id;
    expect(await said("invoice/a.txt")).toBe(
      `succeeded, on its way out, run ${id}; something that is not a folder has its name`,
    );
    expect(on.events.at(-1)).toMatchObject({ type: "file.trouble", error: { code: "inbox.trouble" } });
    await rm(on.path("invoice/done"));
    await inbox.scanOnce();
    expect(await on.files()).toEqual(["invoice/done/a.txt", "invoice/done/a.txt.result.json"]);
  });

  test("results that cannot be written hold back the documents behind them", async () => {
    inbox = on.inbox({ inFlightMax: 2 });
    await writeFile(on.path("invoice/done"), "a file where the folder should be");
    for (const name of ["a.txt", "b.txt", "c.txt"]) await drop(name, name);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(2);
    await rm(on.path("invoice/done"));
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(3);
  });

  test("nothing is written through a link that stands in the place of done/", async () => {
    await mkdir(on.path("elsewhere"));
    await symlink(on.path("elsewhere"), on.path("invoice/done"));
    await drop("a.txt");
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    expect(await on.files()).toEqual(["invoice/done"]);
    expect(await on.claimed()).toHaveLength(1);
  });

  test("the folder vanishing and coming back loses nothing", async () => {
    await drop("a.txt", "a");
    await on.take(inbox);
    await drop("b.txt", "b");
    await inbox.scanOnce();
    await rename(on.dir, `${on.dir}-away`);
    await inbox.scanOnce();
    expect(await said(".")).toContain("it is not there");
    expect(on.events.filter(({ type }) => type === "trouble")).toHaveLength(1);
    work(on.service);
    await inbox.scanOnce();
    await rename(`${on.dir}-away`, on.dir);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    await on.take(inbox);
    expect((await on.files()).filter((file) => file.endsWith(".txt"))).toEqual([
      "invoice/done/a.txt",
      "invoice/done/b.txt",
    ]);
  });

  test("a run that the store has forgotten is begun anew", async () => {
    await drop("a.txt");
    await on.take(inbox);
    const other = await bench();
    await inbox.stop();
    inbox = on.inbox({ service: other.service });
    await on.take(inbox);
    await on.take(inbox);
    work(other.service);
    await inbox.scanOnce();
    expect(await on.files()).toContain("invoice/done/a.txt");
    await other.remove();
  });
});

describe("two inboxes on one folder", () => {
  test("take each file once", async () => {
    const second = on.inbox();
    for (let index = 0; index < 50; index++) await drop(`${index}.txt`, `document ${index}`);
    await Promise.all([inbox.scanOnce(), second.scanOnce()]);
    await on.clock.advance(settleMs);
    await Promise.all([inbox.scanOnce(), second.scanOnce()]);
    expect(on.service.runs).toHaveLength(50);
    work(on.service);
    await Promise.all([inbox.scanOnce(), second.scanOnce()]);
    const rested = on.events.filter(({ type }) => type === "file.rested");
    expect(rested).toHaveLength(50);
    expect(await on.files()).toHaveLength(100);
    expect(await on.claimed()).toEqual([]);
    await second.stop();
  });

  test("one leaves the other's claims alone while it lives, and takes them over when it has ended", async () => {
    const second = on.inbox();
    await drop("a.txt");
    await on.take(second);
    work(on.service);
    await inbox.scanOnce();
    await inbox.scanOnce();
    expect(await on.claimed()).toHaveLength(1);
    await second.stop();
    await inbox.scanOnce();
    expect(await on.files()).toContain("invoice/done/a.txt");
  });
});

test("no more documents are in the works than allowed; those that wait for a person do not count", async () => {
  inbox = on.inbox({ inFlightMax: 3 });
  for (let index = 0; index < 8; index++) {
    await drop(`review-${index}.txt`, `document ${index}`);
    await utimes(on.path(`invoice/review-${index}.txt`), index, index);
  }
  await on.take(inbox);
  expect(on.service.runs.map(({ itemId }) => itemId).toSorted()).toEqual([
    "review-0.txt",
    "review-1.txt",
    "review-2.txt",
  ]);
  expect(await said("invoice/review-5.txt")).toBe("ready; taken when the documents before it are further on");
  work(on.service);
  await inbox.scanOnce();
  expect(on.service.runs).toHaveLength(6);
});

test("a file with a second name is moved, and its other name stays", async () => {
  await drop("a.txt");
  await link(on.path("invoice/a.txt"), on.path("keep"));
  await on.take(inbox);
  work(on.service);
  await inbox.scanOnce();
  expect(await on.files()).toEqual(["invoice/done/a.txt", "invoice/done/a.txt.result.json", "keep"]);
});
