import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorCodes } from "../../src/core/index.ts";
import type { Inbox } from "../../src/inbox/index.ts";
import { type Bench, bench, work } from "../support/inbox.ts";

/** docs/inbox.md shows what an inbox really says and writes. */

const anyRun = "01JD0000000000000000000000";
const page = await readFile(path.join(import.meta.dirname, "../../docs/inbox.md"), "utf8");
const block = (language: string) =>
  [...page.matchAll(/^```(.+)\n([^]*?)^```$/gm)].find(([, named]) => named === language)?.[2] ?? "";

let on: Bench;
let inbox: Inbox;
beforeEach(async () => {
  on = await bench();
  inbox = on.inbox();
  await mkdir(on.path("invoice"));
});
afterEach(async () => {
  await inbox.stop();
  await on.remove();
});

test("the explanations on the page are those that are given", async () => {
  await mkdir(on.path("bills"));
  await writeFile(on.path("bills/b.pdf"), "b");
  await writeFile(on.path("invoice/.DS_Store"), "");
  await writeFile(on.path("invoice/a.pdf"), "%PDF-1.4");
  await writeFile(on.path("invoice/c.pdf"), "c");
  await writeFile(on.path("stray.pdf"), "s");
  await on.take(inbox);
  work(on.service, () => "review");
  const said = (await inbox.explain()).map(({ file, message }) => `${file}: ${message}`);
  const run = on.service.runs[0]?.id ?? "";
  expect(`${said.join("\n")}\n`.replaceAll(run, anyRun)).toBe(block("text explain"));
});

test("files rest where the page says, with the error it shows", async () => {
  const hint = errorCodes["document.damaged"].hint;
  for (const name of ["a.pdf", "b.pdf"]) await writeFile(on.path("invoice", name), name);
  await on.take(inbox);
  for (const run of on.service.runs) {
    on.service.move(run.id, "running");
    if (run.itemId === "a.pdf") on.service.move(run.id, "succeeded");
    else {
      const error = { code: "document.damaged", message: "The file is cut off.", hint };
      on.service.move(run.id, "failed", { error });
    }
  }
  await inbox.scanOnce();
  const resting = block("text").matchAll(/^inbox\/(\S+\/(?:done|failed)\/\S+)/gm);
  expect(await on.files()).toEqual([...resting].map(([, file]) => file).toSorted());
  const written = await readFile(on.path("invoice/failed/b.pdf.error.json"), "utf8");
  expect(written.replace(/01[0-9A-Z]{24}/, anyRun)).toBe(block("json"));
});

test("a collision is named as the page says", async () => {
  for (const text of ["first", "second"]) {
    await writeFile(on.path("invoice/a.pdf"), text);
    await on.take(inbox);
    work(on.service);
    await inbox.scanOnce();
  }
  const second = on.service.runs[1]?.id ?? "";
  const files = (await on.files()).map((file) => path.basename(file).replace(second, anyRun));
  expect(page).toContain(`\`a.${anyRun}.pdf\``);
  expect(files).toContain(`a.${anyRun}.pdf`);
});
