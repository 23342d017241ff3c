import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eraseFromInbox } from "./erase.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const secret = sha256("secret");

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "weir-erase-"));
});
afterEach(async () => await rm(dir, { recursive: true }));

async function put(path: string, content: string | object): Promise<void> {
  const file = join(dir, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
}

const resultOf = (run: string, text: string) => ({
  schema: "weir.result/1",
  run,
  document: { sha256: sha256(text), name: "a.txt" },
});
const errorOf = (run: string) => ({ schema: "weir.error/1", run, file: "a.txt", code: "document.damaged" });

test("a document leaves the inbox with its results, whatever name it has; others and what was not taken stay", async () => {
  await put("invoice/done/a.txt", "secret");
  await put("invoice/done/a.txt.result.json", resultOf("01A", "secret"));
  await put("invoice/done/b.txt", "other");
  await put("invoice/done/b.txt.result.json", resultOf("01B", "other"));
  await put("receipt/failed/c.01C.txt", "secret");
  await put("receipt/failed/c.01C.txt.result.json", resultOf("01C", "secret"));
  await put("receipt/failed/c.01C.txt.error.json", errorOf("01C"));
  await put("receipt/failed/d.txt.error.json", errorOf("01D"));
  await put("receipt/failed/d.txt.result.json", resultOf("01D", "other"));
  await put(".weir/claimed/CLAIM~owner~-~invoice~a.txt", "secret");
  await put(".weir/claimed/CLAIM~owner~-~invoice~/long name.txt", "secret");
  await put(".weir/owners/owner.json", "{}");
  await put("invoice/new.txt", "secret");
  expect(await eraseFromInbox(`${dir}/`, secret)).toHaveLength(7);
  const left = await readdir(dir, { recursive: true, withFileTypes: true });
  expect(
    left
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["b.txt", "b.txt.result.json", "d.txt.error.json", "d.txt.result.json", "new.txt", "owner.json"]);
  expect(await eraseFromInbox(dir, secret)).toEqual([]);
});

test("where there is no inbox there is nothing to erase", async () => {
  expect(await eraseFromInbox(join(dir, "none"), secret)).toEqual([]);
});
