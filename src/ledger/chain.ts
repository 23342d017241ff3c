import { createHash } from "node:crypto";
import { canonicalJson } from "../core/index.ts";
import type { EntryDigests, LedgerEntry, NewEntry } from "../ports/index.ts";

/** What the first entry follows on. */
export const firstHash = "0".repeat(64);

type Head = Pick<LedgerEntry, "seq" | "at" | "kind" | "run">;

/** What an entry's hash is over: so its content can be erased and the chain still be checked. */
export function digestsOf({ data, body }: Pick<NewEntry, "data" | "body">): EntryDigests {
  return { data: sha256(canonicalJson(data)), body: body === null ? null : sha256(body) };
}

/** Hash of an entry: over the digests of its content and the hash of the one before it. */
export function entryHash({ seq, at, kind, run }: Head, digests: EntryDigests, previous: string): string {
  const { data: dataSha256, body: bodySha256 } = digests;
  return sha256(`${previous}\n${canonicalJson({ seq, at, kind, run, dataSha256, bodySha256 })}`);
}

/** As entries without digests were hashed: over the content itself. */
function olderHash({ seq, at, kind, run, data, body }: LedgerEntry, previous: string): string {
  const bytes = body === null ? null : sha256(body);
  return sha256(`${previous}\n${canonicalJson({ seq, at, kind, run, data, body: bytes })}`);
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
    if (!isWhole(entry, hash)) {
      return {
        seq: entry.seq,
        message: `entry ${entry.seq} is not what was written, or the one before it was changed`,
      };
    }
    ({ seq, hash } = entry);
  }
  return null;
}

function isWhole(entry: LedgerEntry, previous: string): boolean {
  const { digests, erased, hash } = entry;
  // Of an older entry that was erased nothing is left to check but that the next one follows on it.
  if (digests === null) return erased || olderHash(entry, previous) === hash;
  const found = erased ? digests : digestsOf(entry);
  return found.data === digests.data && found.body === digests.body && entryHash(entry, digests, previous) === hash;
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
