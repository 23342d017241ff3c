import type { StepContext, TicketChange, TicketSystem } from "../../ports/index.ts";
import type { Delivery, Target } from "./deliver.ts";

/**
 * Writes a result back to the ticket it came from.
 * @param change what to change, from the delivery; null: nothing
 */
export function writeBack(
  system: TicketSystem,
  change: (delivery: Delivery, context: Pick<StepContext, "settings">) => TicketChange | null,
): Target {
  return {
    shape: { tickets: system.shape, change: String(change) },
    deliver: async (delivery, context) => {
      const wanted = change(delivery, context);
      if (wanted !== null) await system.write(wanted, context);
    },
  };
}
