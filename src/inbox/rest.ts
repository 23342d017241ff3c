import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { ErrorInfo, Result } from "../core/index.ts";
import type { Claims } from "./claims.ts";
import type { CrashHook } from "./crash-points.ts";
import { isGone, look, makeFolder, moveIfFree, remove, writeDurably } from "./disk.ts";
import { type Claim, type Raw, type RestingFolder, beside, bytesOf, raw, restingNames, under } from "./names.ts";

/**
 * How a claimed file comes to rest: result first, error beside it, the file last. The claim stands until
 * the very end, so after a crash all of it is done again, and every part finds what it already did.
 */
export interface Resting {
  readonly claim: Claim;
  readonly folder: RestingFolder;
  /** The run's id; of a file refused before it had a run, the claim's. */
  readonly id: string;
  readonly result: Result;
  readonly error: ErrorInfo | null;
}

export interface Places {
  /** The inbox. */
  readonly root: Raw;
  /** `.weir/tmp`, on the same file system. */
  readonly temporary: Raw;
  readonly claims: Claims;
  readonly crash: CrashHook;
}

/** @returns the path the file rests at; null when somebody else brought it to rest */
export async function rest(resting: Resting, places: Places): Promise<Raw | null> {
  const { claim, id } = resting;
  const from = places.claims.fileOf(claim);
  const workflow = under(places.root, raw(claim.workflow));
  const folder = under(workflow, raw(resting.folder));
  await makeFolder(workflow);
  await makeFolder(folder);
  for (const name of restingNames(claim.name, id)) {
    if ((await look(from)) === null) return null;
    const file = under(folder, name);
    const result = under(folder, beside(name, "result", id));
    const error = under(folder, beside(name, "error", id));
    if (!(await isFree(file, from)) || !(await isOurs(error, id))) continue;
    // The result is also the reservation of the name: whoever places it first has it.
    if (!(await placeRecord(resting.result, result, resting, places))) continue;
    await places.crash("result.placed");
    if (resting.error) {
      const record = { schema: "weir.error/1", run: id, file: resting.result.document.name, ...resting.error };
      if (!(await placeRecord(record, error, resting, places))) continue;
      await places.crash("error.placed");
    }
    const moved = await moveIfFree(from, file, () => places.crash("file.linked"));
    if (moved === "taken") continue;
    await places.crash("file.placed");
    await places.claims.clear(claim);
    return moved === "gone" ? null : file;
  }
  return null;
}

/** Free, or already this very file: a crash came between its two names. */
async function isFree(file: Raw, from: Raw): Promise<boolean> {
  const [there, own] = [await look(file), await look(from)];
  if (there === null) return true;
  return own !== null && there.stamp.ino === own.stamp.ino && there.stamp.dev === own.stamp.dev;
}

/** Not there yet, or written for this run before a crash. */
async function isOurs(record: Raw, id: string): Promise<boolean> {
  const there = await look(record);
  return there === null || (there.kind === "file" && (await runOf(record)) === id);
}

/** Whole or not at all. @returns false when another run's record took the name */
async function placeRecord(content: object, to: Raw, { claim, id }: Resting, places: Places): Promise<boolean> {
  if ((await look(to)) !== null) return await isOurs(to, id);
  const temporary = under(places.temporary, raw(`${claim.id}~${claim.owner}.json`));
  await writeDurably(temporary, `${JSON.stringify(content, null, 2)}\n`);
  await places.crash("result.written");
  const moved = await moveIfFree(temporary, to, () => places.crash("result.linked"));
  if (moved === "moved") return true;
  await remove(temporary);
  return await isOurs(to, id);
}

const runNamed = z.object({ run: z.string() });

async function runOf(path: Raw): Promise<string | null> {
  try {
    const parsed = runNamed.safeParse(JSON.parse(await readFile(bytesOf(path), "utf8")));
    return parsed.success ? parsed.data.run : null;
  } catch (error) {
    if (isGone(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}
