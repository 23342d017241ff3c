import { readFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type ErrorInfo, WeirError } from "../core/index.ts";
import { type Item, readItems } from "./items.ts";

/** What INPUT on the command line expands to. Nothing is read before all of it is known to be in order. */

export interface Expanded {
  readonly items: readonly Item[];
  /** What was left out on purpose, for people. */
  readonly notes: readonly string[];
}

/**
 * Files, folders (recursive, sorted, no links, no dot files), `-` and `.jsonl` files of items, in the order named.
 * @param callerDir what relative paths are relative to
 * @throws WeirError `input.none`, `input.bad-line`, `input.duplicate-id`
 */
export async function expandInputs(inputs: readonly string[], callerDir: string): Promise<Expanded> {
  const items: Item[] = [];
  const notes: string[] = [];
  for (const input of inputs) {
    const path = resolve(callerDir, input);
    if (input === "-") items.push({ id: "stdin", name: "stdin", source: { stdin: true }, truth: null });
    else if (await isFolder(path)) items.push(...(await walk(path, notes)));
    else if (isItemList(path)) items.push(...(await readItems(path)));
    else items.push(fileItem(path, basename(path)));
  }
  if (items.length === 0)
    throw new WeirError("input.none", `There is no document in ${inputs.join(", ") || "nothing"}`);
  assertUnique(items);
  return { items, notes };
}

const isItemList = (path: string) => path.toLowerCase().endsWith(".jsonl");

const fileItem = (path: string, id: string): Item => ({ id, name: basename(path), source: { path }, truth: null });

/** What cannot be looked at is no folder: the document's own error says more. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Files of a folder by name; where two share a name, their ids are their paths in the folder. */
async function walk(folder: string, notes: string[]): Promise<Item[]> {
  const found = await filesIn(folder);
  const lists = found.filter(isItemList);
  for (const list of lists) notes.push(`${list} left out: name it as INPUT to process its items`);
  const paths = found.filter((path) => !isItemList(path));
  const count = Map.groupBy(paths, (path) => basename(path));
  return paths.map((path) => {
    const alone = count.get(basename(path))?.length === 1;
    return fileItem(path, alone ? basename(path) : relative(folder, path));
  });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter((entry) => !entry.name.startsWith("."));
  const sorted = visible.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const nested = await Promise.all(
    sorted.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat();
}

function assertUnique(items: readonly Item[]): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw new WeirError("input.duplicate-id", `Two items have the id "${id}"`);
    seen.add(id);
  }
}

/** More than this is not taken into memory; the read step's own limit is far lower. */
const bytesMax = 500_000_000;

/** The bytes of an item, or the error of a result that failed because of them: one bad file stops no other. */
export async function loadItem(
  item: Item,
  stdin: () => Promise<Uint8Array>,
): Promise<{ readonly bytes: Uint8Array } | { readonly error: ErrorInfo }> {
  const { source } = item;
  if ("text" in source) return { bytes: new TextEncoder().encode(source.text) };
  if ("stdin" in source) return { bytes: await stdin() };
  try {
    const found = await stat(source.path);
    if (found.size > bytesMax) return failed("document.too-large", `${source.path} has ${found.size} bytes`);
    return { bytes: await readFile(source.path) };
  } catch (error) {
    return failed(...unreadable(source.path, error as NodeJS.ErrnoException));
  }
}

const failed = (code: "document.missing" | "document.too-large" | "document.unreadable", message: string) => ({
  error: new WeirError(code, message).info(),
});

function unreadable(path: string, error: NodeJS.ErrnoException): ["document.missing" | "document.unreadable", string] {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return ["document.missing", `There is no file ${path}`];
  if (error.code === "EISDIR") return ["document.unreadable", `${path} in ${dirname(path)} is a folder`];
  return ["document.unreadable", `${path} cannot be read (${error.code ?? error.message})`];
}
