import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { crashPoints } from "../../src/engine/crash-points.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { type Storage, openStorage } from "../../src/stores/open.ts";
import { startPostgres, startRedis } from "../support/servers/index.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

/**
 * npm run chaos -- [--points all|a,b,…] [--runs 3] [--documents 10] [--postgres | --redis] [--seed 1]
 *
 * Kills a process that takes documents in and works on them with SIGKILL at a named point of the
 * engine, the nth time it gets there, starts another one, and counts what became of the documents.
 */
const { values } = parseArgs({
  options: {
    points: { type: "string", default: "all" },
    runs: { type: "string", default: "3" },
    documents: { type: "string", default: "10" },
    postgres: { type: "boolean", default: false },
    redis: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});
const documents = Number(values.documents);
const points = crashPoints.filter((point) => values.points === "all" || values.points.split(",").includes(point));
if (points.length === 0) throw new Error(`Points are ${crashPoints.join(", ")}`);
const script = path.join(import.meta.dirname, "house-process.ts");

interface Servers {
  /** A database of its own, or "". */
  database(): Promise<string>;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

async function servers(): Promise<Servers> {
  if (!values.postgres && !values.redis) return { database: async () => "", redisUrl: "", stop: async () => {} };
  const postgres = await startPostgres();
  const redis = values.redis ? await startRedis() : null;
  let count = 0;
  return {
    database: async () => {
      count += 1;
      await postgres.query(`create database chaos_${count}`);
      return postgres.url.replace(/postgres$/, `chaos_${count}`);
    },
    redisUrl: redis?.url ?? "",
    stop: async () => {
      await Promise.all([postgres.remove(), redis?.remove()]);
    },
  };
}

interface Trial extends Verdict {
  readonly killed: boolean;
  /** From the kill to the first step that the other process begins or ends, its start included. */
  readonly recoveryMs: number;
}

async function trial(point: string, turn: number, { database, redisUrl }: Servers): Promise<Trial> {
  const folder = mkdtempSync(path.join(tmpdir(), "weir-chaos-"));
  const databaseUrl = await database();
  const storage = await openStorage({
    folder,
    databaseUrl: databaseUrl || null,
    redisUrl: null,
    clock: systemClock,
    onTrouble: () => {},
  });
  try {
    const run = async (environment: Record<string, string>) => {
      const args = [script, folder, databaseUrl, redisUrl, "all", String(documents)];
      const child = spawn(process.execPath, args, { env: { ...process.env, ...environment }, stdio: "ignore" });
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      return signal;
    };
    const killed = (await run({ CRASH_AT: `${point}:${turn}` })) === "SIGKILL";
    const killedAt = Date.now();
    await run({});
    const verdict = await verdictOn(storage, folder, documents);
    return { ...verdict, killed, recoveryMs: (await firstStepAfter(storage, killedAt)) - killedAt };
  } finally {
    await storage.store.close();
    rmSync(folder, { recursive: true });
  }
}

async function firstStepAfter({ store }: Storage, moment: number): Promise<number> {
  const { runs } = await store.runs.list({ limit: 200 });
  const events = await Promise.all(runs.map(async ({ id }) => await store.events.list(id)));
  return Math.min(...events.flat().flatMap(({ type, at }) => (type.startsWith("step.") && at > moment ? [at] : [])));
}

/** Numbers in 0..1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const middle = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

const house = await servers();
const random = randomFrom(Number(values.seed));
const rows: Record<string, string | number>[] = [];
try {
  for (const point of points) {
    const trials: Trial[] = [];
    for (let count = 0; count < Number(values.runs); count++) {
      // Each of these is reached at least once a document.
      trials.push(await trial(point, 1 + Math.floor(random() * documents), house));
    }
    rows.push({
      "killed at": point,
      kills: sum(trials.map(({ killed }) => Number(killed))),
      "documents in": trials.length * documents,
      "results out": sum(trials.map(({ results }) => results)),
      lost: sum(trials.map(({ lost }) => lost.length)),
      doubled: sum(trials.map(({ doubled }) => doubled.length)),
      "steps of a run redone, most": Math.max(...trials.map(({ redoneMost }) => redoneMost)),
      "recovery ms, median": middle(trials.map(({ recoveryMs }) => recoveryMs)),
    });
  }
} finally {
  await house.stop();
}
console.table(rows);
const wrong = rows.filter(
  (row) => row["lost"] !== 0 || row["doubled"] !== 0 || Number(row["steps of a run redone, most"]) > 1,
);
process.exitCode = wrong.length === 0 && rows.every((row) => row["kills"] === Number(values.runs)) ? 0 : 1;
