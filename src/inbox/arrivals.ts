import { type Entry, inPlainWords, list, look, withFile } from "./disk.ts";
import { type Raw, canBeClaimed, junk, raw, restingFolders, under } from "./names.ts";
import { type SettleLimits, type Sighting, type Stamp, finished, quiet, sameStamp, sight } from "./settle.ts";
import { whyUnfinished } from "./whole.ts";
import { writersOf } from "./writers.ts";

/** A file that lies in `INBOX/<workflow>/` and was not taken yet. */
export interface Arrival {
  readonly workflow: string;
  readonly name: Raw;
  readonly path: Raw;
  /** Null until it was looked at. */
  readonly sighting: Sighting | null;
  /** Why it is not taken yet; null: it is ready. */
  readonly why: string | null;
  readonly lookAgainAt: number;
}

/** How many waiting files are kept in mind. Those beyond come into view as these are taken. */
const trackedMax = 20_000;
const looksAtOnce = 16;
/** Listing open files may take at most this share of the time: once in so many times what it took. */
const writersRest = 20;

/** The files on their way in: seen, watched until they are finished, handed out oldest first. */
export class Arrivals {
  readonly #root: Raw;
  readonly #limits: SettleLimits;
  readonly #workflows: () => readonly string[];
  #tracked = new Map<Raw, Arrival>();
  #writersFrom = 0;

  /** @param workflows the names whose folders are looked into */
  constructor(root: Raw, limits: SettleLimits, workflows: () => readonly string[]) {
    this.#root = root;
    this.#limits = limits;
    this.#workflows = workflows;
  }

  get(path: Raw): Arrival | null {
    return this.#tracked.get(path) ?? null;
  }

  /** Lists the folders: new files come into view, those that went are forgotten. */
  async list(now: number): Promise<void> {
    const found = new Map<Raw, Arrival>();
    for (const workflow of this.#workflows().filter(canBeClaimed)) {
      const folder = under(this.#root, raw(workflow));
      if ((await look(folder))?.kind !== "folder") continue;
      for (const { name } of ((await list(folder)) ?? []).filter(isCandidate)) {
        if (found.size === trackedMax) break;
        const path = under(folder, name);
        const seen = { workflow, name, path, sighting: null, why: "just arrived", lookAgainAt: now };
        found.set(path, this.#tracked.get(path) ?? seen);
      }
    }
    this.#tracked = found;
  }

  /**
   * Looks again at every file whose time has come.
   * @param everything at the others too
   * @param clock for what listing open files costs
   */
  async settle(now: number, everything: boolean, clock: () => number): Promise<void> {
    const open = [...this.#tracked.values()].filter(({ why }) => why !== null);
    const due = everything ? open : open.filter(({ lookAgainAt }) => lookAgainAt <= now);
    const whole: Arrival[] = [];
    for (let from = 0; from < due.length; from += looksAtOnce) {
      const looks = due.slice(from, from + looksAtOnce).map(async (arrival) => ({
        path: arrival.path,
        again: await this.#lookAt(arrival, now),
      }));
      for (const { path, again } of await Promise.all(looks)) {
        this.#keep(path, again);
        if (again?.why === null) whole.push(again);
      }
    }
    if (whole.length > 0) await this.#askWriters(whole, now, clock);
  }

  /** Ready to be taken, oldest first. */
  ready(): readonly Arrival[] {
    const time = ({ sighting }: Arrival) => sighting?.stamp.mtimeNs ?? 0n;
    const ready = [...this.#tracked.values()].filter(({ why }) => why === null);
    return ready.toSorted((a, b) => (time(a) < time(b) ? -1 : Number(time(a) > time(b))));
  }

  /** The file as it was found settled, if it still is that. Otherwise it has to settle again. */
  async confirm(arrival: Arrival, now: number): Promise<Stamp | null> {
    const there = await look(arrival.path);
    const stamp = arrival.sighting?.stamp;
    if (there?.kind === "file" && stamp && sameStamp(stamp, there.stamp)) return stamp;
    this.#keep(arrival.path, there ? { ...arrival, why: "still growing", lookAgainAt: now } : null);
    return null;
  }

  forget(path: Raw): void {
    this.#keep(path, null);
  }

  /** When the next file wants to be looked at; null when none does. */
  nextLookAt(): number | null {
    let next: number | null = null;
    for (const { why, lookAgainAt } of this.#tracked.values()) {
      if (why !== null && (next === null || lookAgainAt < next)) next = lookAgainAt;
    }
    return next;
  }

  #keep(path: Raw, arrival: Arrival | null): void {
    if (arrival) this.#tracked.set(path, arrival);
    else this.#tracked.delete(path);
  }

  async #lookAt(arrival: Arrival, now: number): Promise<Arrival | null> {
    const there = await look(arrival.path);
    if (there?.kind !== "file") return null;
    const sighting = sight(arrival.sighting, there.stamp, now);
    const readiness = quiet(sighting, now, this.#limits);
    if (!readiness.ready) return { ...arrival, sighting, ...readiness };
    const shape = finished(sighting, await shapeOf(arrival.path), now, this.#limits);
    return { ...arrival, sighting, ...(shape.ready ? { why: null, lookAgainAt: now } : shape) };
  }

  /** A program may pause for longer than any wait while it writes: the system knows who has the file open. */
  async #askWriters(whole: readonly Arrival[], now: number, clock: () => number): Promise<void> {
    if (now < this.#writersFrom) {
      const later = { why: "about to be taken", lookAgainAt: this.#writersFrom };
      for (const arrival of whole) this.#keep(arrival.path, { ...arrival, ...later });
      return;
    }
    const started = clock();
    const writers = await writersOf(new Set(whole.map(({ path }) => path)));
    this.#writersFrom = now + (clock() - started) * writersRest;
    for (const arrival of whole) {
      const writer = writers.get(arrival.path);
      if (writer === undefined || arrival.sighting === null) continue;
      const readiness = finished(arrival.sighting, `still open for writing (process ${writer})`, now, this.#limits);
      if (!readiness.ready) this.#keep(arrival.path, { ...arrival, ...readiness });
    }
  }
}

/** Plain files that are no junk; links and pipes are never followed. */
function isCandidate({ name, kind }: Entry): boolean {
  return kind === "file" && junk(name) === null && !restingFolders.some((folder) => folder === name);
}

/** Why the file does not look finished, from its bytes. */
export async function shapeOf(path: Raw): Promise<string | null> {
  try {
    return await withFile(path, whyUnfinished);
  } catch (error) {
    return `it cannot be read: ${inPlainWords(error)}`;
  }
}
