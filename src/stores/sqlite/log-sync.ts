import { type FileHandle, open } from "node:fs/promises";
import { WeirError } from "../../core/index.ts";

/**
 * Brings what was committed onto the disk. SQLite itself (`synchronous = NORMAL`) hands a commit to the
 * operating system and syncs its log only before it empties it; here the log is synced in another thread
 * while this one works on, and whoever committed is told when that is done. One sync holds every commit
 * before it, so that runs that are worked on together share it. The log is written in order: a loss of
 * power takes the newest commits and none before them.
 */
export class LogSync {
  readonly #file: string;
  #log: Promise<FileHandle> | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param file the write-ahead log; it is there once something was committed */
  constructor(file: string) {
    this.#file = file;
  }

  /** Resolves when everything that is committed now survives a loss of power. @throws WeirError `store.full`, `store.unwritable` */
  async reached(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    await this.#next;
  }

  /** One that is under way may have begun before what is asked for was written. */
  async #after(running: Promise<void>): Promise<void> {
    await running;
    this.#next = undefined;
    this.#running = this.#sync();
    await this.#running;
  }

  async close(): Promise<void> {
    await this.#next?.catch(() => {});
    await (await this.#log)?.close();
  }

  /** What the system failed to write once, it may never write: after that nothing is promised any more. */
  async #sync(): Promise<void> {
    try {
      this.#log ??= open(this.#file, "r+");
      await (await this.#log).datasync();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const full = code === "ENOSPC" || code === "EDQUOT";
      const text = full ? `No space left for ${this.#file}.` : `${this.#file} cannot be written: ${message}.`;
      throw new WeirError(full ? "store.full" : "store.unwritable", text, { cause: error });
    }
  }
}
