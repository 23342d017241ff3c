import { type FSWatcher, watch } from "node:fs";
import { statfs, writeFile } from "node:fs/promises";
import type { Clock } from "../ports/index.ts";
import { look, remove } from "./disk.ts";
import { type Raw, bytesOf, under } from "./names.ts";

/**
 * Events are only a hint that it is time to look: they get lost, and on network shares the writes of
 * other machines cause none. What they bring is that a dropped file is noticed at once.
 */
export class Watches {
  readonly #onChange: () => void;
  readonly #watchers = new Map<Raw, { readonly ino: bigint; readonly watcher: FSWatcher }>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these folders and no others; one that was replaced by another of its name is watched anew. */
  async follow(folders: readonly Raw[]): Promise<void> {
    for (const [folder, { ino, watcher }] of this.#watchers) {
      const there = await look(folder);
      if (folders.includes(folder) && there?.stamp.ino === ino) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders.filter((one) => !this.#watchers.has(one))) {
      const there = await look(folder);
      if (there?.kind === "folder") this.#watch(folder, there.stamp.ino);
    }
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: Raw, ino: bigint): void {
    const watcher = openWatch(folder, this.#onChange);
    if (!watcher) return;
    watcher.on("error", () => {
      watcher.close();
      this.#watchers.delete(folder);
      this.#onChange();
    });
    this.#watchers.set(folder, { ino, watcher });
  }
}

/** Null when the system has no watches left: the periodic look remains. */
function openWatch(folder: Raw, onChange: () => void): FSWatcher | null {
  try {
    return watch(bytesOf(folder), { persistent: false }, onChange);
  } catch {
    return null;
  }
}

/** File systems on which writes of other machines, or of the host of a virtual one, cause no event here. */
const remote: ReadonlyMap<number, string> = new Map([
  [0x69_69, "NFS"],
  [0x51_7b, "SMB"],
  [0xfe_53_4d_42, "SMB"],
  [0xff_53_4d_42, "SMB"],
  [0x01_02_19_97, "9p"],
  [0x65_73_55_46, "FUSE"],
  [0x78_6f_42_56, "VirtualBox shared folder"],
  [0x00_c3_64_00, "Ceph"],
  [0x47_50_46_53, "GPFS"],
  [0x0b_d0_0b_d0, "Lustre"],
]);

const probeMs = 1_000;

/**
 * Whether a change in the folder is told without asking: tried with a file of our own.
 * @param folder one that only the inbox writes to, on the same file system
 * @param name of the file; it does not stay
 * @returns null when events arrive, else why they do not
 */
export async function whyNoEvents(folder: Raw, name: Raw, clock: Clock): Promise<string | null> {
  const kind = remote.get((await statfs(bytesOf(folder))).type);
  if (kind !== undefined) return `this is a network or shared file system (${kind})`;
  const probe = under(folder, name);
  const enough = new AbortController();
  const heard = Promise.withResolvers<boolean>();
  const watcher = openWatch(folder, () => heard.resolve(true));
  if (!watcher) return "the system has no file watches left";
  try {
    await writeFile(bytesOf(probe), "");
    const waited = clock.sleep(probeMs, enough.signal).then(
      () => false,
      () => false,
    );
    return (await Promise.race([heard.promise, waited])) ? null : "no event came for a test file";
  } finally {
    enough.abort();
    watcher.close();
    await remove(probe);
  }
}
