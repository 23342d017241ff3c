import type { RunStatus } from "../core/index.ts";
import type { BlobStore, Clock, Profiles, RunRecord, UpkeepStore } from "../ports/index.ts";

export interface PruneHost {
  readonly upkeep: Pick<UpkeepStore, "prunable" | "prune" | "unneeded">;
  readonly blobs: BlobStore;
  readonly profiles: Profiles;
  readonly clock: Clock;
}

export interface PruneOptions {
  /** Since when a run has to be over, milliseconds. */
  readonly olderThanMs: number;
  /** Runs that failed too: they cannot be retried then. */
  readonly failed?: boolean;
  readonly signal?: AbortSignal;
}

export interface Pruned {
  readonly runs: number;
  /** Documents and what was read from them. */
  readonly blobs: number;
  /** Of journals: used again by the database. */
  readonly journalBytes: number;
  /** Of documents and readings. */
  readonly blobBytes: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const blobsAtOnce = 200;

/**
 * Drops what runs that were over long ago no longer need: journals, readings, and documents that nobody
 * needs. Results, reviews, events and the record stay. Every run is dropped whole or not at all, and
 * blobs only when no run, kept or new, needs them, so it may be killed anywhere and begun again.
 */
export async function prune(host: PruneHost, options: PruneOptions): Promise<Pruned> {
  const journals = await pruneRuns(host, options);
  const swept = await sweep(host, options);
  return { ...journals, ...swept };
}

async function pruneRuns({ upkeep, clock }: PruneHost, { olderThanMs, failed = false, signal }: PruneOptions) {
  const before = clock.now() - olderThanMs;
  const status: readonly RunStatus[] = failed ? ["succeeded", "cancelled", "failed"] : ["succeeded", "cancelled"];
  let [runs, journalBytes] = [0, 0];
  const left = new Set<string>();
  for (;;) {
    const found = (await upkeep.prunable({ before, status })).filter(({ id }) => !left.has(id));
    if (found.length === 0) return { runs, journalBytes };
    for (const run of found) {
      signal?.throwIfAborted();
      const bytes = await upkeep.prune(run.id, { document: isLabel(run) });
      if (bytes === null) left.add(run.id);
      else [runs, journalBytes] = [runs + 1, journalBytes + bytes];
    }
  }
}

/** What a person decided is learned from: `weir teach --from-reviews` reads the document again. */
function isLabel({ draft }: RunRecord): boolean {
  return Object.values(draft?.decisions ?? {}).some(({ by }) => by === "human");
}

async function sweep({ upkeep, blobs, profiles, clock }: PruneHost, { olderThanMs, signal }: PruneOptions) {
  const learned = await learnedDocuments(profiles);
  // What was put lately may belong to a run that is just being made.
  const untouchedSince = clock.now() - Math.max(hourMs, Math.min(dayMs, olderThanMs));
  let [count, blobBytes] = [0, 0];
  for await (const some of inBatches(blobs, untouchedSince)) {
    signal?.throwIfAborted();
    for (const sha256 of await upkeep.unneeded([...some.keys()].filter((one) => !learned.has(one)))) {
      if (!(await blobs.remove(sha256, untouchedSince))) continue;
      [count, blobBytes] = [count + 1, blobBytes + (some.get(sha256) ?? 0)];
    }
  }
  return { blobs: count, blobBytes };
}

/** Sizes by name, of what has lain untouched. */
async function* inBatches(blobs: BlobStore, untouchedSince: number): AsyncGenerator<ReadonlyMap<string, number>> {
  let batch = new Map<string, number>();
  for await (const { sha256, bytes, putAt } of blobs.list()) {
    if (putAt >= untouchedSince) continue;
    batch.set(sha256, bytes);
    if (batch.size < blobsAtOnce) continue;
    yield batch;
    batch = new Map();
  }
  yield batch;
}

/** Documents of the profiles in use: teaching again reads them again. @throws WeirError `profile.damaged` */
async function learnedDocuments(profiles: Profiles): Promise<ReadonlySet<string>> {
  const learned = new Set<string>();
  for (const { workflow, ref } of await profiles.list()) {
    for (const { document } of await profiles.examples(workflow, ref)) learned.add(document.sha256);
  }
  return learned;
}
