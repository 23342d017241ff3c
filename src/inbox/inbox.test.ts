import { appendFile, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
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

describe("a dropped file", () => {
  test("is claimed, becomes a run, and rests in done/ beside its result", async () => {
    await drop("a.txt");
    await on.take(inbox);
    expect(await on.files()).toEqual([]);
    const [run] = on.service.runs;
    expect(run).toMatchObject({ itemId: "a.txt", workflow: { name: "invoice" }, document: { name: "a.txt" } });
    expect(await on.claimed()).toEqual([expect.stringContaining(`~${run?.id}~invoice~a.txt`)]);

    work(on.service);
    await inbox.scanOnce();
    expect(await on.files()).toEqual(["invoice/done/a.txt", "invoice/done/a.txt.result.json"]);
    expect(await resultOf("invoice", "done", "a.txt.result.json")).toMatchObject({ run: run?.id, status: "succeeded" });
    expect(await readFile(on.path("invoice/done/a.txt"), "utf8")).toBe("Total 12.00\n");
    expect(await on.claimed()).toEqual([]);
    expect(on.events.map(({ type }) => type)).toEqual(["file.taken", "file.submitted", "file.rested"]);
  });

  test("that fails rests in failed/ with its error and its result", async () => {
    await drop("fail.txt");
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    const names = ["fail.txt", "fail.txt.error.json", "fail.txt.result.json"];
    expect(await on.files()).toEqual(names.map((name) => `invoice/failed/${name}`));
    expect(JSON.parse(await readFile(on.path("invoice/failed/fail.txt.error.json"), "utf8"))).toMatchObject({
      schema: "weir.error/1",
      run: on.service.runs[0]?.id,
      code: "document.damaged",
      hint: "Ask for it again.",
    });
  });

  test("whose run is cancelled rests in failed/ and says so", async () => {
    await drop("a.txt");
    await on.take(inbox);
    await on.service.cancel(on.service.runs[0]?.id ?? "");
    await inbox.scanOnce();
    expect(await readFile(on.path("invoice/failed/a.txt.error.json"), "utf8")).toContain("run.cancelled");
    expect(await resultOf("invoice", "failed", "a.txt.result.json")).toMatchObject({ status: "cancelled" });
  });

  test("stays claimed while its run waits for review, and goes on after it", async () => {
    await drop("review.txt");
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    const id = on.service.runs[0]?.id;
    expect(await on.claimed()).toHaveLength(1);
    expect(await said("invoice/review.txt")).toBe(`waits for review, run ${id}`);
    expect(on.events.at(-1)).toEqual({ type: "file.waits", file: "invoice/review.txt", run: id, status: "review" });

    on.service.move(id ?? "", "queued");
    work(on.service, () => "succeeded");
    await inbox.scanOnce();
    expect(await on.files()).toContain("invoice/done/review.txt");
  });

  test("that the service refuses as a document fails without a run, and has a result all the same", async () => {
    await drop("void.txt", "");
    await inbox.scanOnce();
    expect(await said("invoice/void.txt")).toMatch(/^just arrived/);
    await on.clock.advance(settleMs);
    await inbox.scanOnce();
    expect(await said("invoice/void.txt")).toBe("empty so far; taken anyway when unchanged for 10 min");
    await on.clock.advance(600_000);
    await inbox.scanOnce();
    expect(on.service.runs).toEqual([]);
    expect(await resultOf("invoice", "failed", "void.txt.result.json")).toMatchObject({
      status: "failed",
      workflow: { name: "invoice", version: 1 },
      error: { code: "document.empty" },
    });
    expect(await on.claimed()).toEqual([]);
  });

  test("over the limit fails unread", async () => {
    inbox = on.inbox({ bytesMax: 1_000_000 });
    await drop("big.txt");
    await truncate(on.path("invoice/big.txt"), 900_000_000);
    await appendFile(
      on.path("invoice/big.txt"),
      "end of the big file that is longer than any mark of emptiness at the end",
    );
    await on.take(inbox);
    expect(await resultOf("invoice", "failed", "big.txt.result.json")).toMatchObject({
      error: { code: "document.too-large", message: "It has 900.0 MB, the inbox takes 1.0 MB." },
    });
  });
});

describe("the same bytes dropped again", () => {
  const bytes = "Total 99.00\n";
  const once = async (name: string) => {
    await drop(name, bytes);
    await on.take(inbox);
    work(on.service, (document) => (document.includes("fail") ? "failed" : "succeeded"));
    await inbox.scanOnce();
  };

  test("come to rest beside the same run's result while that run stands", async () => {
    await once("a.txt");
    await once("a.txt");
    await once("b.txt");
    const [run, ...others] = on.service.runs;
    expect(others).toEqual([]);
    const names = ["a.txt", `a.${run?.id}.txt`, "b.txt"];
    expect(await on.files()).toEqual(
      names.flatMap((name) => [`invoice/done/${name}`, `invoice/done/${name}.result.json`]).toSorted(),
    );
    for (const name of names) expect((await resultOf("invoice", "done", `${name}.result.json`)).run).toBe(run?.id);
  });

  test("are done again when that run has failed", async () => {
    await once("fail.txt");
    await once("good.txt");
    expect(on.service.runs.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    expect(await on.files()).toContain("invoice/done/good.txt");
    expect(await on.files()).toContain("invoice/failed/fail.txt");
  });

  test("are another run in another workflow", async () => {
    await drop("a.txt", bytes);
    await writeFile(on.path("receipt", "a.txt"), bytes);
    await on.take(inbox);
    expect(on.service.runs.map(({ workflow }) => workflow.name).toSorted()).toEqual(["invoice", "receipt"]);
  });

  test("twice at once are one run and rest twice", async () => {
    await drop("a.txt", bytes);
    await drop("b.txt", bytes);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
    expect(on.service.runs).toHaveLength(1);
    expect(await on.files()).toHaveLength(4);
  });
});

test("other bytes under a name that rests already get their run's id into the name", async () => {
  for (const text of ["first", "second"]) {
    await drop("a.txt", text);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
  }
  const second = on.service.runs[1]?.id ?? "";
  expect(await readFile(on.path(`invoice/done/a.${second}.txt`), "utf8")).toBe("second");
  expect((await resultOf("invoice", "done", `a.${second}.txt.result.json`)).run).toBe(second);
  expect(await readFile(on.path("invoice/done/a.txt"), "utf8")).toBe("first");
});

test("a file named like another's result replaces nothing", async () => {
  await drop("a.txt.result.json", "mine");
  await on.take(inbox);
  work(on.service);
  await inbox.scanOnce();
  await drop("a.txt");
  await on.take(inbox);
  work(on.service);
  await inbox.scanOnce();
  const id = on.service.runs[1]?.id;
  expect(await readFile(on.path("invoice/done/a.txt.result.json"), "utf8")).toBe("mine");
  expect(await on.files()).toContain(`invoice/done/a.${id}.txt`);
});

test.each([
  ["Rechnung März – 2026.txt"],
  ["請求書　令和八年.txt"],
  ["فاتورة.txt"],
  ["two\nlines.txt"],
  ["长".repeat(85)],
  [`${"x".repeat(251)}.txt`],
  ["a~b~01JD0000000000000000000001~.txt"],
])("the name %j survives", async (name) => {
  await drop(name);
  await on.take(inbox);
  expect(on.service.runs[0]?.itemId).toBe(name);
  work(on.service);
  await inbox.scanOnce();
  const files = await on.files();
  expect(files).toContain(`invoice/done/${name}`);
  expect(files).toHaveLength(2);
  expect(await on.claimed()).toEqual([]);
});

test("a name that is no UTF-8 keeps its bytes", async () => {
  const name = Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x74, 0x78, 0x74]);
  await writeFile(Buffer.concat([Buffer.from(on.path("invoice/")), name]), "Total 1.00\n");
  await on.take(inbox);
  work(on.service);
  await inbox.scanOnce();
  const rested = Buffer.concat([Buffer.from(on.path("invoice/done/")), name]);
  expect(await readFile(rested, "utf8")).toBe("Total 1.00\n");
  expect(parseResult(await readFile(Buffer.concat([rested, Buffer.from(".result.json")]), "utf8")).id).toBe(
    "a\uFFFD\uFFFD.txt",
  );
});
