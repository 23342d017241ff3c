import { appendFile, mkdir, open, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, bench, parseResult, settleMs, work } from "../../test/support/inbox.ts";
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
const resultOf = async (...names: string[]) => parseResult(await readFile(on.path(...names), "utf8"));

describe("a file that is still being written is never read", () => {
  test("while it grows", async () => {
    await drop("a.txt", "one");
    await inbox.scanOnce();
    for (const more of [" two", " three", " four"]) {
      await on.clock.advance(settleMs - 1);
      await appendFile(on.path("invoice/a.txt"), more);
      await inbox.scanOnce();
      expect(on.service.runs).toEqual([]);
      expect(await said("invoice/a.txt")).toBe("still growing");
    }
    await on.clock.advance(settleMs);
    await inbox.scanOnce();
    expect(on.service.runs[0]?.document.bytes).toBe("one two three four".length);
  });

  test("while a program has it open, however long it pauses", async () => {
    const file = await open(on.path("invoice/a.txt"), "w");
    await file.write("one");
    await on.take(inbox);
    expect(await said("invoice/a.txt")).toBe(
      `still open for writing (process ${process.pid}); taken anyway when unchanged for 10 min`,
    );
    await file.write(" two");
    await on.take(inbox);
    expect(on.service.runs).toEqual([]);
    await file.close();
    await on.take(inbox);
    expect(on.service.runs[0]?.document.bytes).toBe(7);
  });

  test("while its PDF has no end, until it is clear that none will come", async () => {
    await drop("a.pdf", "%PDF-1.4\nhalf of it");
    await on.take(inbox);
    expect(await said("invoice/a.pdf")).toMatch(/^the PDF has no end yet/);
    await on.clock.advance(590_000);
    await inbox.scanOnce();
    expect(on.service.runs).toEqual([]);
    await on.clock.advance(10_000);
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(1);
  });

  test("and one replaced at the last moment settles anew", async () => {
    await drop("a.txt", "old");
    await inbox.scanOnce();
    await on.clock.advance(settleMs);
    await writeFile(on.path("new"), "newer");
    await rename(on.path("new"), on.path("invoice/a.txt"));
    await inbox.scanOnce();
    expect(on.service.runs).toEqual([]);
    await on.clock.advance(settleMs);
    await inbox.scanOnce();
    expect(on.service.runs[0]?.document.bytes).toBe(5);
  });

  test("and one changed after it was read is read again: its result is of the bytes that rest", async () => {
    const file = await open(on.path("invoice/a.txt"), "w");
    await file.write("half");
    await on.take(inbox);
    await on.clock.advance(600_000);
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(1);
    await file.write(" and the rest");
    await file.close();
    work(on.service);
    await inbox.scanOnce();
    expect(await on.files()).toEqual([]);
    await on.take(inbox);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    expect((await resultOf("invoice", "done", "a.txt.result.json")).run).toBe(on.service.runs[1]?.id);
    expect(on.service.runs[1]?.document.bytes).toBe("half and the rest".length);
  });
});

test("junk, links, pipes, folders and what lies in the wrong place are left alone, and each is told why", async () => {
  await drop(".DS_Store");
  await drop("~$a.docx");
  await drop("b.pdf.part");
  await symlink("/etc/hostname", on.path("invoice/link.txt"));
  await mkdir(on.path("invoice/sub"));
  await writeFile(on.path("invoice/sub/c.txt"), "c");
  await mkdir(on.path("bills"));
  await writeFile(on.path("bills/b.pdf"), "b");
  await writeFile(on.path("stray.pdf"), "s");
  await symlink(on.path("receipt"), on.path("shortcut"));
  const before = await on.files();
  await on.take(inbox);
  expect(await on.files()).toEqual(before);
  expect(on.service.runs).toEqual([]);
  expect((await inbox.explain()).map(({ file, message }) => `${file}: ${message}`)).toEqual([
    "bills/b.pdf: no workflow named 'bills' (known: invoice, receipt)",
    "invoice/.DS_Store: left alone: hidden files are not documents",
    "invoice/b.pdf.part: left alone: its name says that it is still being transferred",
    "invoice/link.txt: left alone: links are not followed",
    "invoice/sub: folders inside are not looked into",
    "invoice/~$a.docx: left alone: the lock of a document open in an editor",
    "shortcut: left alone: links are not followed",
    "stray.pdf: in no workflow's folder; move it into invoice/ or receipt/",
  ]);
});
