import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/**
 * What the model has read, in files: a document that was read once, by this process or one before it, costs a
 * load of some milliseconds instead of another reading. The file used longest ago makes room.
 *
 * A file is named by everything its content depends on and by a checksum of that content: llama.cpp does
 * not check what it loads, and a damaged state can end the process.
 */
export class StateFiles {
  readonly #folder: string;
  readonly #bytesMax: number;

  constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  /** @returns whether there was such a state and it could be loaded */
  async load(key: string, load: (path: string) => Promise<void>): Promise<boolean> {
    const name = (await this.#names()).find((one) => one.startsWith(`${key}.`));
    if (name === undefined) return false;
    const path = join(this.#folder, name);
    try {
      if (nameOf(key, await checksum(path)) !== name) throw new Error("The state is damaged.");
      await load(path);
      await utimes(path, new Date(), new Date());
      return true;
    } catch {
      // Whatever is wrong with it: reading the document again is right.
      await rm(path, { force: true }).catch(() => {});
      return false;
    }
  }

  /** Keeps a state as long as there is room; a disk that is full keeps nothing, which only costs time. */
  async save(key: string, save: (path: string) => Promise<void>): Promise<void> {
    const draft = join(this.#folder, `${key}.${process.pid}.writing`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await save(draft);
      const path = join(this.#folder, nameOf(key, await checksum(draft)));
      await rename(draft, path);
      await this.#makeRoom();
    } catch {
      await rm(draft, { force: true }).catch(() => {});
    }
  }

  async #makeRoom(): Promise<void> {
    const files = await Promise.all(
      (await this.#names()).map(async (name) => {
        const path = join(this.#folder, name);
        const found = await stat(path).catch(() => null);
        return { path, bytes: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
      }),
    );
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= this.#bytesMax) return;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    // What a process was writing when it ended is of no use to anybody.
    return names.filter((name) => name.endsWith(".state") || name.endsWith(".writing"));
  }
}

function nameOf(key: string, sum: string): string {
  return `${key}.${sum}.state`;
}

/** Names the state after these tokens under this model. @param model everything about the model that a state depends on */
export function stateKey(model: readonly string[], tokens: readonly number[]): string {
  return createHash("sha256").update(JSON.stringify(model)).update(Uint32Array.from(tokens)).digest("hex").slice(0, 40);
}

async function checksum(path: string): Promise<string> {
  const hash = createHash("sha1");
  const file = await open(path, "r");
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) hash.update(chunk);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}
