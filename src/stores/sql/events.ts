import type { EventRecord, EventStore } from "../../ports/index.ts";
import type { SqlContext } from "./context.ts";
import { toEvent } from "./rows.ts";

export class SqlEvents implements EventStore {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async list(runId: string, afterSeq = 0): Promise<readonly EventRecord[]> {
    const rows = await this.#context.db
      .selectFrom("events")
      .selectAll()
      .where("namespace", "=", this.#context.namespace)
      .where("run_id", "=", runId)
      .where("seq", ">", afterSeq)
      .orderBy("seq")
      .execute();
    return rows.map(toEvent);
  }
}
