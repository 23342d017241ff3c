import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/stores/clock.ts";
import { type Storage, openStorage } from "../../src/stores/open.ts";
import type { TestPostgres, TestServer } from "../../test/support/servers/index.ts";

/** The places where runs can be kept. */
export const kinds = ["SQLite", "PostgreSQL", "PostgreSQL and Redis"] as const;
export type Kind = (typeof kinds)[number];

export interface Servers {
  readonly postgres: TestPostgres;
  readonly redis: TestServer;
}

export interface Opened {
  readonly storage: Storage;
  readonly folder: string;
  /** Of PostgreSQL; "": SQLite. */
  readonly databaseUrl: string;
  close(): Promise<void>;
}

let databases = 0;

/** An empty storage of a kind. */
export async function openKind(kind: Kind, { postgres, redis }: Servers): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  const databaseUrl = kind === "SQLite" ? "" : await newDatabase(postgres);
  const storage = await openStorage({
    folder,
    databaseUrl: databaseUrl || null,
    redisUrl: kind === "PostgreSQL and Redis" ? redis.url : null,
    clock: systemClock,
    onTrouble: (message) => console.error(message),
  });
  return {
    storage,
    folder,
    databaseUrl,
    close: async () => {
      await storage.store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function newDatabase(postgres: TestPostgres): Promise<string> {
  databases += 1;
  await postgres.query(`create database bench_${databases}`);
  return postgres.url.replace(/postgres$/, `bench_${databases}`);
}

/** Milliseconds that each call took, sorted. */
export async function timed(times: number, work: (index: number) => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = [];
  for (let index = 0; index < times; index++) {
    const start = performance.now();
    await work(index);
    took.push(performance.now() - start);
  }
  return took.toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const round = (value: number): number => Number(value.toPrecision(3));

/** p50 and p99 of a list of times, as columns. */
export function quantiles(name: string, sorted: readonly number[]): Record<string, number> {
  return { [`${name} ms p50`]: round(quantile(sorted, 0.5)), [`p99 ${name}`]: round(quantile(sorted, 0.99)) };
}
