import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../src/stores/clock.ts";
import { type Storage, openStorage } from "../../src/stores/open.ts";
import { type TestPostgres, type TestServer, startPostgres, startRedis } from "../support/servers/index.ts";
import { type Verdict, executions, verdictOn } from "./verdict.ts";

/** Where documents, runs and their queue are kept. */
export const kinds = ["SQLite", "PostgreSQL", "PostgreSQL and Redis"] as const;
export type Kind = (typeof kinds)[number];

/** Servers that many trials share; each trial has a database of its own. */
export interface Ground {
  readonly kind: Kind;
  readonly postgres: TestPostgres | null;
  readonly redis: TestServer | null;
  remove(): Promise<void>;
}

export async function openGround(kind: Kind): Promise<Ground> {
  const postgres = kind === "SQLite" ? null : await startPostgres();
  const redis = kind === "PostgreSQL and Redis" ? await startRedis() : null;
  return { kind, postgres, redis, remove: async () => void (await Promise.all([postgres?.remove(), redis?.remove()])) };
}

/** A process of the house, in a group of its own: what it started ends with it. */
export interface HouseProcess {
  readonly pid: number;
  /** Resolves when it works; rejects when it ended before. */
  readonly started: Promise<boolean>;
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

const script = path.join(import.meta.dirname, "house-process.ts");
/** Compiled code is kept between the hundreds of processes. */
const compiled = path.join(tmpdir(), "weir-chaos-compiled");
const patienceMs = 120_000;
const lookMs = 20;
let databases = 0;

/** The folder and database of one trial, the processes that work there, and what became of the documents. */
export class House {
  readonly ground: Ground;
  /** Of executions and deliveries, and of the data unless DATA says otherwise. */
  readonly folder: string;
  /** Only looks. */
  readonly storage: Storage;
  readonly #databaseUrl: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(ground: Ground, folder: string, storage: Storage, databaseUrl: string) {
    this.ground = ground;
    this.folder = folder;
    this.storage = storage;
    this.#databaseUrl = databaseUrl;
  }

  /** @param data the data folder; default: the house's own */
  static async open(ground: Ground, data?: string): Promise<House> {
    const folder = mkdtempSync(path.join(tmpdir(), "weir-chaos-"));
    let databaseUrl = "";
    if (ground.postgres) {
      databases += 1;
      await ground.postgres.query(`create database chaos_${databases}`);
      databaseUrl = ground.postgres.url.replace(/postgres$/, `chaos_${databases}`);
    }
    const place = { folder: data ?? folder, databaseUrl: databaseUrl || null, redisUrl: null };
    return new House(
      ground,
      folder,
      await openStorage({ ...place, clock: systemClock, onTrouble: () => {} }),
      databaseUrl,
    );
  }

  start(role: readonly string[], environment: Readonly<Record<string, string>> = {}): HouseProcess {
    const args = [script, this.folder, this.#databaseUrl, this.ground.redis?.url ?? "", ...role];
    const child = spawn(process.execPath, args, {
      detached: true,
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#processes.push(child);
    const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as number | string);
    const started = Promise.race([once(child.stdout, "data"), ended]).then((how) => {
      // The first word of one that works is an array of arguments, an end is an exit code or a signal.
      if (!Array.isArray(how)) throw new Error(`A process ended before it worked: ${how}`);
      return true;
    });
    started.catch(() => {});
    return { pid: child.pid ?? 0, started, ended, kill: (signal) => killGroup(child, signal) };
  }

  async submit(documents: number, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const how = await this.start(["submit", String(documents)], environment).ended;
    if (how !== 0) throw new Error(`Taking documents in ended with ${how}.`);
  }

  async done(): Promise<number> {
    return (await this.storage.store.runs.counts()).succeeded;
  }

  /** Until so many documents have a result, or for two minutes: the verdict then says what is lost. */
  async untilDone(documents: number): Promise<void> {
    await until(async () => (await this.done()) >= documents);
  }

  /** Documents that a process began and that have no result yet. */
  async heldBy(pid: number): Promise<readonly string[]> {
    const last = new Map(executions(this.folder).map((one) => [one.item, one]));
    const { runs } = await this.storage.store.runs.list({ limit: 200 });
    const open = new Set(runs.filter(({ status }) => status !== "succeeded").map(({ itemId }) => itemId));
    return [...last.values()].filter((one) => one.pid === pid && open.has(one.item)).map(({ item }) => item);
  }

  /**
   * When work went on: milliseconds from `moment` to the first step that began or ended after it; with
   * `items` until that is so of every one of them. Null: there was nothing left to go on with.
   */
  async recoveryMs(moment: number, items: readonly string[] | null = null): Promise<number | null> {
    const { store } = this.storage;
    const { runs } = await store.runs.list({ limit: 200 });
    const wanted = runs.filter(({ itemId }) => items === null || items.includes(itemId));
    const firsts: number[] = [];
    for (const { id } of wanted) {
      const events = await store.events.list(id);
      const work = events.filter(({ type, at }) => at > moment && (type === "step.started" || type === "step.done"));
      const after = work.map(({ at }) => at);
      if (after.length > 0) firsts.push(Math.min(...after));
    }
    if (firsts.length === 0) return null;
    return (items === null ? Math.min(...firsts) : Math.max(...firsts)) - moment;
  }

  async verdict(documents: number): Promise<Verdict> {
    return await verdictOn(this.storage, this.folder, documents);
  }

  async close(): Promise<void> {
    for (const child of this.#processes) killGroup(child, "SIGKILL");
    await this.storage.store.close();
    // A server that comes back from a power failure looks through all databases there are.
    if (this.#databaseUrl !== "") {
      const name = new URL(this.#databaseUrl).pathname.slice(1);
      await this.ground.postgres?.query(`drop database ${name} with (force)`);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended just now.
  }
}

/** Whether it came true within two minutes. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) return false;
    await systemClock.sleep(lookMs);
  }
  return true;
}
