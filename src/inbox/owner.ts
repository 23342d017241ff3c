import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { hasEnded, isOfThisMachine, processId } from "../process-id.ts";
import { bytesOf, ownerPattern, type Raw, raw, under } from "./names.ts";
import { isGone, list, look, remove } from "./disk.ts";

/**
 * Which inbox process tends which claims. Every process keeps a file in `.weir/owners` that it touches;
 * claims of a process that is dead are taken over. Taking over is a rename of the claim, so a process
 * wrongly held for dead finds its claims gone and lets go of them.
 */

/** A process on another machine that has not touched its file for this long is held for dead. */
export const silentMsMax = 60_000;

const card = z.object({ host: z.string(), pid: z.number(), process: z.string() });
type Card = z.infer<typeof card>;

export class Owner {
  readonly id: string;
  readonly #folder: Raw;
  readonly #card: Card = { host: hostname(), pid: process.pid, process: processId() };

  /** @param folder `.weir/owners` */
  constructor(folder: Raw, id: string) {
    this.id = id;
    this.#folder = folder;
  }

  /** Says that this process is alive. */
  async beat(): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    // Written over, not anew: takes no space, so it works on a full disk, and the file server sets the time.
    const file = await open(bytesOf(this.#path(this.id)), flags, 0o644);
    await file.write(JSON.stringify(this.#card), 0).finally(() => file.close());
  }

  async retire(): Promise<void> {
    await remove(this.#path(this.id));
  }

  /** Forgets a dead process. */
  async forget(id: string): Promise<void> {
    await remove(this.#path(id));
  }

  /** Processes that left a file, this one included. */
  async known(): Promise<readonly string[]> {
    const entries = (await list(this.#folder)) ?? [];
    return entries.map(({ name }) => name.replace(/\.json$/, "")).filter((id) => ownerPattern.test(id));
  }

  async isDead(id: string): Promise<boolean> {
    if (id === this.id) return false;
    const theirs = await look(this.#path(id));
    if (theirs === null) return true;
    const parsed = card.safeParse(await readJson(this.#path(id)));
    if (parsed.success && isOfThisMachine(parsed.data.process)) return hasEnded(parsed.data.process);
    const ours = await look(this.#path(this.id));
    return ours !== null && ours.mtimeMs - theirs.mtimeMs > silentMsMax;
  }

  /** The machine a process runs on, for people. */
  async hostOf(id: string): Promise<string> {
    const parsed = card.safeParse(await readJson(this.#path(id)));
    return parsed.success ? `${parsed.data.host} (process ${parsed.data.pid})` : "another machine";
  }

  #path(id: string): Raw {
    return under(this.#folder, raw(`${id}.json`));
  }
}

async function readJson(path: Raw): Promise<unknown> {
  try {
    return JSON.parse(await readFile(bytesOf(path), "utf8"));
  } catch (error) {
    // Half written by a process that died at it: its age decides.
    if (isGone(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}
