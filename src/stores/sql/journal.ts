import type { Trx } from "./context.ts";

/** Everything that checkpoints of these runs hold. */
export async function deleteJournal(trx: Trx, namespace: string, runIds: readonly string[]): Promise<void> {
  for (const table of ["writes", "channels", "checkpoints", "contents"] as const) {
    await trx.deleteFrom(table).where("namespace", "=", namespace).where("thread_id", "in", runIds).execute();
  }
}
