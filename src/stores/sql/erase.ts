import { WeirError } from "../../core/index.ts";
import type { Erased } from "../../ports/index.ts";
import { type SqlContext, type Trx, lockName } from "./context.ts";
import { deleteJournal } from "./journal.ts";
import { chain } from "./record.ts";

/** Takes every run of a document out of the database. Events, reviews and wake-ups go with their run. */
export async function eraseDocument(trx: Trx, context: SqlContext, document: string): Promise<Erased> {
  const { namespace, clock } = context;
  await lockName(trx, context, "ledger");
  const rows = await trx
    .selectFrom("runs")
    .select(["id", "lease_until"])
    .where("namespace", "=", namespace)
    .where("document_sha256", "=", document)
    .orderBy("id")
    // A worker that takes one meanwhile waits, and finds nothing.
    .$if(context.writers === "many", (query) => query.forUpdate())
    .execute();
  const held = rows.find(({ lease_until: until }) => until !== null && until > clock.now());
  if (held) throw new WeirError("run.state", `Run ${held.id} is being worked on.`);
  const runs = rows.map(({ id }) => id);
  if (runs.length === 0) return { runs, entries: 0 };
  const entries = await eraseEntries(trx, context, runs);
  if (entries.length > 0) {
    const data = { document, runs, entries };
    await chain(trx, context, { kind: "erased", run: runs[0] ?? "", data, body: null });
  }
  // Their tokens and cost still count in the budgets of the day.
  await trx
    .updateTable("cloud_calls")
    .set({ answer: null, problem: null })
    .where("namespace", "=", namespace)
    .where("run_id", "in", runs)
    .execute();
  await deleteJournal(trx, namespace, runs);
  await trx.deleteFrom("runs").where("namespace", "=", namespace).where("id", "in", runs).execute();
  return { runs, entries: entries.length };
}

/** @returns numbers of the entries that held something */
async function eraseEntries(trx: Trx, { namespace }: SqlContext, runs: readonly string[]): Promise<number[]> {
  const erased = await trx
    .updateTable("record")
    .set({ data: "{}", body: null, erased: 1 })
    .where("namespace", "=", namespace)
    .where("run_id", "in", runs)
    .where("kind", "!=", "erased")
    .where("erased", "=", 0)
    .returning("seq")
    .execute();
  return erased.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b);
}
