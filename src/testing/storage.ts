import type { DocumentRef } from "../core/index.ts";
import type {
  ChannelRow,
  CheckpointKey,
  CheckpointRow,
  Clock,
  JournalEntry,
  Lease,
  Ledger,
  NewRun,
  Queue,
  RunRecord,
  Store,
  TaskRef,
  WriteRow,
} from "../ports/index.ts";
import { InvariantBroken } from "../core/index.ts";

/** A store and its queue, as the suites of both need them. */
export interface StorageUnderTest {
  readonly store: Store;
  readonly queue: Queue;
  /** Of the same database. */
  readonly ledger: Ledger;
  close(): Promise<void>;
}

export type CreateStorage = (clock: Clock, options?: StorageOptions) => Promise<StorageUnderTest>;

export interface StorageOptions {
  /** How many runs of a workflow may be held at the same time. */
  readonly concurrency?: Readonly<Record<string, number>>;
}

/** How long leases of the suites hold, milliseconds. */
export const leaseMs = 30_000;

const someDocument: DocumentRef = { sha256: "ab".repeat(32), name: "a.pdf", bytes: 3 };

/** A run for tests. @param id sorts like the run's age */
export function newRun(id: string, overrides: Partial<NewRun> = {}): NewRun {
  return {
    id,
    itemId: `item ${id}`,
    workflow: { name: "invoice", version: 1, hash: "sha256:1", file: null },
    document: someDocument,
    settings: { embedded: "off" },
    profile: null,
    models: { decoder: "d", encoder: "e" },
    folder: "/",
    engineBuild: "test",
    reuseKey: null,
    lane: "default",
    priority: 0,
    ...overrides,
  };
}

/** Takes the next wake-up and the lease of its run, as a worker does. */
export async function takeRun({ store, queue }: StorageUnderTest, worker = "host/1/1"): Promise<RunRecord & Lease> {
  const ticket = await queue.take({ worker, leaseMs });
  const run = ticket && (await store.runs.lease(ticket, worker, leaseMs));
  if (!run) throw new InvariantBroken("Nothing to take.");
  return { ...run, ...ticket };
}

/** A checkpoint as an entry of the journal. */
export function checkpointEntry(row: CheckpointRow, channels: readonly ChannelRow[]): JournalEntry {
  return { type: "checkpoint", row, channels };
}

/** What a task came to as an entry of the journal. */
export function writesEntry(key: CheckpointKey, task: TaskRef, writes: readonly WriteRow[]): JournalEntry {
  return { type: "writes", key, task, writes };
}
