import { createHash } from "node:crypto";
import { canonicalJson } from "../core/index.ts";
import type { LedgerEntry } from "../ports/index.ts";

/** What the first entry follows on. */
export const firstHash = "0".repeat(64);

/** Hash of an entry: over its content and the hash of the one before it. */
export function entryHash(entry: Omit<LedgerEntry, "hash">, previous: string): string {
  const { seq, at, kind, run, data, body } = entry;
  const bytes = body === null ? null : createHash("sha256").update(body).digest("hex");
  return createHash("sha256")
    .update(`${previous}\n${canonicalJson({ seq, at, kind, run, data, body: bytes })}`)
    .digest("hex");
}

/** Where a record does not hold, and why. */
export interface Broken {
  readonly seq: number;
  readonly message: string;
}

/** The first entry that was changed, or that follows on one that is gone; null: the record holds. */
export function firstBroken(entries: readonly LedgerEntry[], previous: { seq: number; hash: string }): Broken | null {
  let { seq, hash } = previous;
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { seq: seq + 1, message: `entry ${seq + 1} is missing` };
    if (entryHash(entry, hash) !== entry.hash) {
      return {
        seq: entry.seq,
        message: `entry ${entry.seq} is not what was written, or the one before it was changed`,
      };
    }
    ({ seq, hash } = entry);
  }
  return null;
}
