import { readFile, readdir, readlink, stat } from "node:fs/promises";
import { look } from "./disk.ts";
import type { Raw } from "./names.ts";

/**
 * Who has a file open for writing, from Linux's list of open files. Sees the processes of this
 * machine that this user may look at; elsewhere it finds nobody, and size, time and shape decide alone.
 * @param files absolute paths
 * @returns process numbers by path
 */
export async function writersOf(files: ReadonlySet<Raw>): Promise<ReadonlyMap<Raw, number>> {
  const byName = Map.groupBy(files, lastName);
  const found = new Map<Raw, number>();
  for (const pid of await names("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of await names(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`, { encoding: "latin1" }).catch(() => "");
      // By the last name first: a process in a container knows the file by another path.
      for (const file of byName.get(lastName(target)) ?? []) {
        if (await isWriting(pid, fd, file)) found.set(file, Number(pid));
      }
    }
  }
  return found;
}

const lastName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

async function names(folder: string): Promise<readonly string[]> {
  // Not ours to look at, or ended meanwhile.
  return await readdir(folder).catch(() => []);
}

const writing = 0o1 | 0o2;

async function isWriting(pid: string, fd: string, file: Raw): Promise<boolean> {
  const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, "utf8").catch(() => "");
  const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? "0", 8);
  if ((flags & writing) === 0) return false;
  const open = await stat(`/proc/${pid}/fd/${fd}`, { bigint: true }).catch(() => null);
  const here = await look(file);
  return open !== null && here !== null && open.dev === here.stamp.dev && open.ino === here.stamp.ino;
}
