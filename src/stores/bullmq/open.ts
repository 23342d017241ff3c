import type { Queue, Store } from "../../ports/index.ts";
import { type PostgresOptions, type PostgresStorage, openPostgres } from "../postgres/open.ts";
import { BullQueue } from "./queue.ts";

export interface BullOptions extends PostgresOptions {
  readonly redisUrl: string;
  /** Told when Redis stops answering and when it answers again. */
  readonly onTrouble?: (message: string) => void;
}

/** PostgreSQL for everything, and a queue on Redis that its wake-ups go through. */
export async function openWithRedis(options: BullOptions): Promise<PostgresStorage> {
  const { redisUrl: url, onTrouble } = options;
  let queue: BullQueue | undefined;
  const opened = await openPostgres(options, {
    onWake: () => queue?.wake(),
    onCommit: () => queue?.committed(),
  });
  queue = new BullQueue({ url, context: opened.context, ...(onTrouble ? { onTrouble } : {}) });
  return { ...opened, queue: queue satisfies Queue, store: closingAlso(opened.store, queue) };
}

function closingAlso(store: Store, queue: BullQueue): Store {
  return {
    ...store,
    close: async () => {
      await queue.close();
      await store.close();
    },
  };
}
