import type { Json, Reader } from "../core/index.ts";
import type { ProfileExample, RunRecord, Store } from "../ports/index.ts";

/**
 * What others than this machine decided in finished runs of a workflow, as labels; the newest word on a
 * document counts. Values that only the machine vouched for are none: they would teach it that it was right.
 * @param by people, and where the user trusts it so far the cloud
 */
export async function reviewedLabels(
  store: Store,
  workflow: string,
  by: readonly Reader[] = ["human"],
): Promise<readonly ProfileExample[]> {
  const byDocument = new Map<string, ProfileExample>();
  for await (const run of runsOf(store, workflow)) {
    const truth = decidedBy(by, run);
    if (Object.keys(truth).length === 0) continue;
    const newer = byDocument.get(run.document.sha256);
    const label = { id: run.itemId, document: run.document, from: "review" as const };
    byDocument.set(run.document.sha256, { ...label, ...newer, truth: { ...truth, ...newer?.truth } });
  }
  return [...byDocument.values()];
}

/** Newest first. */
async function* runsOf(store: Store, workflow: string): AsyncGenerator<RunRecord> {
  let cursor: string | null = null;
  do {
    const page = await store.runs.list({ workflow, status: ["succeeded", "failed"], limit: 200, ...at(cursor) });
    yield* page.runs;
    cursor = page.cursor;
  } while (cursor !== null);
}

const at = (cursor: string | null) => (cursor === null ? {} : { cursor });

/** Items of lists are left out: which item is which is not known before the list is read. */
function decidedBy(readers: readonly Reader[], { draft }: RunRecord): Readonly<Record<string, Json>> {
  const decided = Object.entries(draft?.decisions ?? {}).filter(
    ([path, { by, status }]) => readers.includes(by) && status === "accepted" && !/\.\d+(\.|$)/.test(path),
  );
  return Object.fromEntries(decided.map(([path, { value }]) => [path, value]));
}
