import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expandInputs, loadItem } from "./inputs.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-inputs-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const ids = async (...inputs: string[]) => (await expandInputs(inputs, folder)).items.map((item) => item.id);
const noStdin = () => Promise.reject(new Error("nobody asked for standard input"));

test("a folder gives its files by name, recursively, without links and dot files", async () => {
  await write({ "in/b.txt": "b", "in/a.txt": "a", "in/.hidden": "", "in/.git/config": "", "in/sub/c.txt": "c" });
  await symlink(join(folder, "in/a.txt"), join(folder, "in/link.txt"));
  await symlink(join(folder, "in/sub"), join(folder, "in/around"));
  expect(await ids("in")).toEqual(["a.txt", "b.txt", "c.txt"]);
});

test("files of one name in a folder are told apart by their paths", async () => {
  await write({ "in/x/1.txt": "", "in/y/1.txt": "", "in/y/2.txt": "" });
  expect(await ids("in")).toEqual(["x/1.txt", "y/1.txt", "2.txt"]);
});

test("a list of items inside a folder is left out and named", async () => {
  await write({ "in/a.txt": "a", "in/labelled.jsonl": "{}" });
  const { items, notes } = await expandInputs(["in"], folder);
  expect(items).toHaveLength(1);
  expect(notes[0]).toContain("labelled.jsonl left out");
});

test("inputs keep the order they were named in", async () => {
  await write({ "b.txt": "", "a.txt": "", "l.jsonl": '{"id":"one","text":"1"}\n\n{"id":"two","path":"a.txt"}\n' });
  expect(await ids("b.txt", "l.jsonl", "a.txt", "-")).toEqual(["b.txt", "one", "two", "a.txt", "stdin"]);
});

test("paths in a list are relative to the list, not to the caller", async () => {
  await write({ "lists/l.jsonl": '{"id":"one","path":"doc.txt"}', "lists/doc.txt": "here" });
  const [item] = (await expandInputs(["lists/l.jsonl"], folder)).items;
  expect(item && (await loadItem(item, noStdin))).toEqual({ bytes: Buffer.from("here") });
});

test("a bad line is named by its number before anything is done", async () => {
  const good = '{"id":"one","text":"1"}';
  await write({
    "broken.jsonl": `${good}\n\n{"id":`,
    "neither.jsonl": `${good}\n{"id":"two"}`,
    "both.jsonl": '{"id":"one","text":"1","path":"a"}',
    "noid.jsonl": '{"text":"1"}',
    "truth.jsonl": '{"id":"one","text":"1","truth":[1]}',
  });
  await expect(ids("broken.jsonl")).rejects.toThrow("broken.jsonl, line 3");
  await expect(ids("neither.jsonl")).rejects.toThrow("line 2: it needs either a path or a text");
  await expect(ids("both.jsonl")).rejects.toThrow("line 1: it needs either");
  await expect(ids("noid.jsonl")).rejects.toThrow('line 1: "id"');
  await expect(ids("truth.jsonl")).rejects.toThrow('line 1: "truth"');
});

test("a repeated id is refused", async () => {
  await write({ "l.jsonl": '{"id":"a","text":"1"}\n{"id":"a","text":"2"}', "x/1.txt": "", "y/1.txt": "" });
  await expect(ids("l.jsonl")).rejects.toMatchObject({ code: "input.duplicate-id" });
  await expect(ids("x/1.txt", "y/1.txt")).rejects.toMatchObject({ code: "input.duplicate-id" });
});

test("nothing to do is wrong use", async () => {
  await mkdir(join(folder, "empty"));
  await write({ "none.jsonl": "\n" });
  for (const input of ["empty", "none.jsonl", "absent.jsonl"]) {
    await expect(ids(input)).rejects.toMatchObject({ code: "input.none" });
  }
});

test("a file that is not there or cannot be read fails alone", async () => {
  await write({ "l.jsonl": '{"id":"folder","path":"."}' });
  const { items } = await expandInputs(["absent.pdf", "l.jsonl"], folder);
  const loaded = await Promise.all(items.map((item) => loadItem(item, noStdin)));
  expect(loaded).toMatchObject([{ error: { code: "document.missing" } }, { error: { code: "document.unreadable" } }]);
});
