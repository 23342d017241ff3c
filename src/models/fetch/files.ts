import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { WeirError } from "../../core/index.ts";

/** sha256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

const knownHashes = z.record(z.string(), z.object({ size: z.number(), modifiedMs: z.number(), sha256: z.string() }));

/** sha256 of a file, remembered in `folder` for as long as the file keeps its size and time of change. */
export async function hashOnce(path: string, folder: string): Promise<string> {
  const { size, mtimeMs: modifiedMs } = await stat(path);
  const record = join(folder, "hashes.json");
  const known = await readJson(record, knownHashes, {});
  const found = known[path];
  if (found?.size === size && found.modifiedMs === modifiedMs) return found.sha256;
  const sha256 = await hashFile(path);
  await writeJson(record, { ...known, [path]: { size, modifiedMs, sha256 } });
  return sha256;
}

/** The JSON in a file; `otherwise` where there is none or it does not fit. */
export async function readJson<T>(path: string, schema: z.ZodType<T>, otherwise: T): Promise<T> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return otherwise;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return otherwise;
  }
}

/** Replaces a file in one move, so that nobody reads half of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const heartbeatMs = 2_000;
const abandonedMs = 15_000;
const pollMs = 200;

/**
 * Runs `work` while holding the lock file, waiting for whoever holds it. A holder touches its lock
 * every few seconds; one that stopped doing so is dead and its lock is taken over.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    throw new WeirError("model.no-space", `The cache folder ${dirname(path)} cannot be made.`, {
      cause,
      hint: "Set WEIR_CACHE to a folder that can be written.",
    });
  });
  while (!(await takeLock(path))) await delay(pollMs, undefined, signal === undefined ? {} : { signal });
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function takeLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.close();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
  }
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > abandonedMs) {
    // Moved aside before it is removed: of several waiters only one can move it.
    const aside = `${path}.${process.pid}.abandoned`;
    await rename(path, aside).then(
      () => rm(aside, { force: true }),
      () => {},
    );
  }
  return false;
}
