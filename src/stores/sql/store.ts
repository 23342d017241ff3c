import type { Ledger, Queue, Store } from "../../ports/index.ts";
import { SqlCheckpoints } from "./checkpoints.ts";
import type { SqlContext } from "./context.ts";
import { SqlEvents } from "./events.ts";
import { SqlLedger } from "./ledger.ts";
import { SqlReviews } from "./reviews.ts";
import { SqlRuns } from "./runs.ts";
import { SqlUpkeep } from "./upkeep.ts";
import { SqlTallies } from "./tallies.ts";
import { SqlQueue } from "./wakeups.ts";

/** Store and queue over one SQL database whose tables stand. @param close closes the database, with the store */
export function sqlStore(
  context: SqlContext,
  close: () => Promise<void>,
): { readonly store: Store; readonly queue: Queue; readonly ledger: Ledger } {
  return {
    store: {
      runs: new SqlRuns(context),
      checkpoints: new SqlCheckpoints(context),
      reviews: new SqlReviews(context),
      events: new SqlEvents(context),
      upkeep: new SqlUpkeep(context),
      tallies: new SqlTallies(context),
      close,
    },
    queue: new SqlQueue(context),
    ledger: new SqlLedger(context),
  };
}
