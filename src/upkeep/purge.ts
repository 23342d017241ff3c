import { WeirError, isSettled } from "../core/index.ts";
import type { BlobStore, Clock, Profiles, PurgedDocument, RunRecord, Store } from "../ports/index.ts";

export interface PurgeHost {
  readonly store: Pick<Store, "runs" | "upkeep">;
  readonly blobs: BlobStore;
  readonly profiles: Profiles;
  readonly clock: Clock;
  /** What is kept of documents for speed alone, of which nobody can tell what is of which. */
  clearCaches(): Promise<void>;
}

/** How long workers that hold a run of it are waited for, milliseconds. */
const workersMs = 60_000;
const pollMs = 200;

/**
 * Erases a document wherever Weir has it. The runs go last: whatever interrupts it, the same call finds
 * them and does the rest.
 * @throws WeirError `run.state` where a worker does not let go of a run of it; `profile.damaged` where all is
 *   erased but what that profile holds
 */
export async function purge(host: PurgeHost, document: string): Promise<PurgedDocument> {
  const { store, blobs, profiles } = host;
  await stopRuns(host, document);
  await host.clearCaches();
  const names = [document, ...(await store.upkeep.readingsOf(document))];
  let removed = 0;
  for (const sha256 of names) {
    if (!(await blobs.has(sha256))) continue;
    if (await blobs.remove(sha256)) removed += 1;
  }
  // A profile that cannot be read keeps nothing else from being erased.
  const [forgotten] = await Promise.allSettled([profiles.forget(document)]);
  const { runs, entries } = await store.upkeep.erase(document);
  await store.upkeep.compact();
  if (forgotten.status === "rejected") throw forgotten.reason;
  return {
    document,
    runs,
    blobs: removed,
    profiles: forgotten.value.map(({ workflow, ref }) => `${workflow}/${ref}`),
    entries,
  };
}

/** Cancels what is not over, and waits until no worker is at it: it would write what was erased. */
async function stopRuns({ store, clock }: PurgeHost, document: string): Promise<void> {
  const deadline = clock.now() + workersMs;
  for (;;) {
    const open = (await runsOf(store, document)).filter(({ status }) => !isSettled(status));
    if (open.length === 0) return;
    for (const { id } of open) await cancel(store, id);
    const held = (await runsOf(store, document)).find(({ status }) => status === "running");
    if (!held) continue;
    if (clock.now() > deadline) {
      throw new WeirError("run.state", `Run ${held.id} is still being worked on; it was cancelled.`, {
        hint: "Purge it again when its step is over.",
      });
    }
    await clock.sleep(pollMs);
  }
}

async function cancel(store: PurgeHost["store"], id: string): Promise<void> {
  await store.runs.cancel(id).catch((error: unknown) => {
    // It ended meanwhile.
    if (!(error instanceof WeirError) || !error.code.startsWith("run.")) throw error;
  });
}

async function runsOf({ runs }: PurgeHost["store"], document: string): Promise<readonly RunRecord[]> {
  const found: RunRecord[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof runs.list>> = await runs.list({
      document,
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.runs);
    cursor = page.cursor;
    if (cursor === null) return found;
  }
}
