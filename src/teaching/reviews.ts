import { isAudited, isCertified, wholeDocument } from "../confidence/index.ts";
import { type Json, type Profile, type Reader, WeirError } from "../core/index.ts";
import type { ProfileExample, Profiles, RunRecord, Store } from "../ports/index.ts";
import { united, withDoubted } from "./labels.ts";

/**
 * What others than this machine decided in finished runs of a workflow, as labels; the newest word on a
 * document counts. Values that only the machine vouched for are none: they would teach it that it was right.
 * Where others of the same path were accepted for their confidence, a label says that it was doubted.
 * @param by people, and where the user trusts it so far the cloud
 */
export async function reviewedLabels(
  { store, profiles }: { readonly store: Store; readonly profiles: Profiles },
  workflow: string,
  by: readonly Reader[] = ["human"],
): Promise<readonly ProfileExample[]> {
  const byDocument = new Map<string, ProfileExample[]>();
  for await (const run of runsOf(store, workflow)) {
    const truth = decidedBy(by, run);
    if (Object.keys(truth).length === 0) continue;
    const doubted = doubtedOf(Object.keys(truth), run.document.sha256, await profileOf(run, profiles));
    const label = { id: run.itemId, document: run.document, from: "review" as const, truth };
    const labels = byDocument.get(run.document.sha256) ?? [];
    byDocument.set(run.document.sha256, [...labels, withDoubted(label, doubted)]);
  }
  return [...byDocument.values()].flatMap((newestFirst) => united(newestFirst));
}

/**
 * Paths of a run's labels that are labelled because they were doubted: a certificate accepted others in
 * their place. Null: nothing could be accepted on a certificate. What was drawn for a check was not chosen.
 */
export function doubtedOf(
  paths: readonly string[],
  document: string,
  profile:
    | (Pick<Profile, "certificates" | "promise" | "risk"> & { readonly watch: Pick<Profile["watch"], "audit"> })
    | null,
): readonly string[] | null {
  if (!profile) return null;
  const { certificates, watch } = profile;
  const known = new Set(certificates.map(({ path }) => path).filter((path) => path !== wholeDocument));
  const certified = new Set([...known].filter((path) => isCertified(certificates, profile, path)));
  if (certified.size === 0) return null;
  return paths.filter((path) => certified.has(path) && !isAudited(document, path, { share: watch.audit }));
}

/** One that is gone is taken for one that promised nothing. */
async function profileOf({ profile, workflow }: RunRecord, profiles: Profiles): Promise<Profile | null> {
  if (profile === null) return null;
  return await profiles.load(workflow.name, profile).catch((error: unknown) => {
    if (error instanceof WeirError && error.code === "profile.unknown") return null;
    throw error;
  });
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
