import { decidedEntry, digestsOf, entryHash, firstHash } from "../../ledger/index.ts";
import type { NewEntry, RunRecord } from "../../ports/index.ts";
import { type SqlContext, type Trx, lockName } from "./context.ts";

/** Appends to the chain of hashes. The transaction holds the lock "ledger". */
export async function chain(trx: Trx, { namespace, clock }: SqlContext, entry: NewEntry): Promise<void> {
  const last = await trx
    .selectFrom("record")
    .select(["seq", "hash"])
    .where("namespace", "=", namespace)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const full = { ...entry, seq: Number(last?.seq ?? 0) + 1, at: clock.now() };
  const digests = digestsOf(entry);
  await trx
    .insertInto("record")
    .values({
      namespace,
      seq: full.seq,
      at: full.at,
      kind: entry.kind,
      run_id: entry.run,
      data: JSON.stringify(entry.data),
      body: entry.body,
      hash: entryHash(full, digests, last?.hash ?? firstHash),
      data_sha256: digests.data,
      body_sha256: digests.body,
    })
    .execute();
}

/** What a run ended with, in the transaction that ends it. */
export async function recordDecided(trx: Trx, context: SqlContext, run: RunRecord): Promise<void> {
  await lockName(trx, context, "ledger");
  await chain(trx, context, decidedEntry(run));
}
