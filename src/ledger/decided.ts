import { createHash } from "node:crypto";
import { type DraftData, type JsonObject, canonicalJson } from "../core/index.ts";
import type { NewEntry, RunRecord } from "../ports/index.ts";

/** "sha256:…" over every decision of a draft. */
export function decisionsHash(draft: DraftData | null): string {
  const hash = createHash("sha256").update(canonicalJson(draft?.decisions ?? {}));
  return `sha256:${hash.digest("hex")}`;
}

/** What a run ended with, for the record: every decision, by whom, and from what it was made. */
export function decidedEntry({ id, workflow, document, profile, models, draft }: RunRecord): NewEntry {
  const decisions = Object.entries(draft?.decisions ?? {}).map(
    ([path, { value, by, status, confidence }]) => [path, { value, by, status, confidence }] as const,
  );
  const data: JsonObject = {
    workflow: { name: workflow.name, version: workflow.version, hash: workflow.hash },
    document: document.sha256,
    profile,
    models,
    decisions: Object.fromEntries(decisions),
    decisionsHash: decisionsHash(draft),
  };
  return { kind: "decided", run: id, data, body: null };
}
