import { sql } from "kysely";
import type { TallyStore } from "../../ports/index.ts";
import type { SqlContext } from "./context.ts";

/** Sums that many processes add to. */
export class SqlTallies implements TallyStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async add(sums: ReadonlyMap<string, number>): Promise<void> {
    if (sums.size === 0) return;
    const { db, namespace } = this.#context;
    // In one order, so that two processes never wait for each other.
    const rows = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));
    await db
      .insertInto("tallies")
      .values(rows.map(([series, sum]) => ({ namespace, series, sum })))
      .onConflict((conflict) =>
        conflict.columns(["namespace", "series"]).doUpdateSet({ sum: sql<number>`tallies.sum + excluded.sum` }),
      )
      .execute();
  }

  async all(): Promise<ReadonlyMap<string, number>> {
    const { db, namespace } = this.#context;
    const rows = await db
      .selectFrom("tallies")
      .select(["series", "sum"])
      .where("namespace", "=", namespace)
      .orderBy("series")
      .execute();
    return new Map(rows.map(({ series, sum }) => [series, Number(sum)]));
  }
}
