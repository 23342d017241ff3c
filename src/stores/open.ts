import { mkdirSync } from "node:fs";
import path from "node:path";
import { WeirError } from "../core/index.ts";
import type { BlobStore, Clock, ProfileShelf } from "../ports/index.ts";
import { folderBlobs } from "./blobs.ts";
import { openSqlite } from "./sqlite/open.ts";

export interface StorageOptions {
  /** The data folder. */
  readonly folder: string;
  /** PostgreSQL; null: everything is in the data folder. */
  readonly databaseUrl: string | null;
  /** Redis, beside PostgreSQL; null: the queue is in the database. */
  readonly redisUrl: string | null;
  readonly clock: Clock;
  /** How many runs of a workflow may be worked on at the same time, by all workers. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** Told in plain words when Redis stops answering and when it answers again. */
  readonly onTrouble: (message: string) => void;
}

/** Where runs, their queue, their documents and what was learned are kept; closing the store closes all. */
export type Storage = Awaited<ReturnType<typeof openSqlite>> & {
  readonly blobs: BlobStore;
  /** Of profiles; null: they are folders in the data folder. */
  readonly shelf: ProfileShelf | null;
};

/** What one machine does not need is loaded only where it is configured. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { folder, databaseUrl, redisUrl, clock, concurrency = {}, onTrouble } = options;
  if (databaseUrl === null) {
    return {
      ...(await openSqlite({ folder, clock, concurrency })),
      blobs: folderBlobs(path.join(folder, "blobs")),
      shelf: null,
    };
  }
  // The inbox stays in the data folder.
  makeFolder(folder);
  const database = { url: databaseUrl, clock, concurrency };
  if (redisUrl === null) return await (await import("./postgres/open.ts")).openPostgres(database);
  const { openWithRedis } = await import("./bullmq/open.ts");
  return await openWithRedis({ ...database, redisUrl, onTrouble });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new WeirError("store.unwritable", `The data folder ${folder} cannot be made.`, { cause: error });
  }
}
