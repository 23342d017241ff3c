import { readFile } from "node:fs/promises";
import { z } from "zod";
import { hashOf, isGone, list, look, remove } from "./disk.ts";
import { type Raw, bytesOf, raw, restingFolders, textOf, under } from "./names.ts";

/**
 * Removes a document from an inbox: its copies in `done` and `failed` with their results, and those that
 * are claimed. What lies in a workflow's folder and was not taken is the user's own and stays.
 * @param sha256 of its bytes
 * @returns paths of what was removed
 */
export async function eraseFromInbox(dir: string, sha256: string): Promise<readonly string[]> {
  const root = raw(dir.replace(/(?<=.)\/+$/, ""));
  const found: Raw[] = [];
  // All before the first is removed: an error is told by the result beside it.
  for (const file of await candidates(root)) if (await isOf(file, sha256)) found.push(file);
  for (const file of found) await remove(file);
  return found.map(textOf);
}

/** Files that rest or are claimed. */
async function candidates(root: Raw): Promise<readonly Raw[]> {
  const claimed = under(root, raw(".weir"), raw("claimed"));
  const folders = [claimed, under(root, raw(".weir"), raw("tmp")), ...(await foldersIn(claimed))];
  for (const workflow of await foldersIn(root)) {
    for (const name of restingFolders) folders.push(under(workflow, raw(name)));
  }
  const files: Raw[] = [];
  for (const folder of folders) {
    if ((await look(folder))?.kind !== "folder") continue;
    for (const { name, kind } of (await list(folder)) ?? []) if (kind === "file") files.push(under(folder, name));
  }
  return files;
}

async function foldersIn(folder: Raw): Promise<readonly Raw[]> {
  const entries = (await list(folder)) ?? [];
  return entries.flatMap(({ name, kind }) => (kind === "folder" && name !== ".weir" ? [under(folder, name)] : []));
}

/** Larger files are no records of ours. */
const recordBytesMax = 50_000_000;
const result = z.object({
  schema: z.literal("weir.result/1"),
  run: z.string(),
  document: z.object({ sha256: z.string() }),
});
const error = z.object({ schema: z.literal("weir.error/1"), run: z.string() });

/** The document itself, its result, or the error beside that. */
async function isOf(file: Raw, sha256: string): Promise<boolean> {
  if (file.endsWith(".error.json")) {
    const told = error.safeParse(await recordIn(file));
    const beside = result.safeParse(await recordIn(file.replace(/\.error\.json$/, ".result.json") as Raw));
    return (
      told.success && beside.success && beside.data.run === told.data.run && beside.data.document.sha256 === sha256
    );
  }
  const told = file.endsWith(".json") ? result.safeParse(await recordIn(file)) : null;
  return told?.success ? told.data.document.sha256 === sha256 : (await hashOf(file)) === sha256;
}

async function recordIn(file: Raw): Promise<unknown> {
  const size = (await look(file))?.stamp.size ?? 0;
  if (size > recordBytesMax) return null;
  try {
    return JSON.parse(await readFile(bytesOf(file), "utf8")) as unknown;
  } catch (thrown) {
    if (thrown instanceof SyntaxError || isGone(thrown)) return null;
    throw thrown;
  }
}
