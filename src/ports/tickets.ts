import type { JsonObject } from "../core/index.ts";
import type { StepContext } from "./step.ts";

/** A ticket system that results are written back to. */
export interface TicketSystem {
  /** For the workflow's hash: without keys. */
  readonly shape: JsonObject;
  /**
   * Changes one ticket, once however often it is called for the same run. What somebody else changed since
   * `seen` is not overwritten.
   * @throws WeirError `delivery.failed` for what passes, `delivery.refused`, `delivery.conflict`
   */
  write(change: TicketChange, context: StepContext): Promise<void>;
}

export interface TicketChange {
  /** As the ticket system has it. */
  readonly ticket: string;
  /** Its time of change when it was read, as the system printed it; default: when the run began. */
  readonly seen?: string;
  readonly article?: TicketArticle;
  /** Names, as the system shows them; absent ones stay. */
  readonly group?: string;
  readonly owner?: string;
  readonly state?: string;
  readonly priority?: string;
  /** Added to those that are there. */
  readonly tags?: readonly string[];
}

export interface TicketArticle {
  readonly body: string;
  readonly subject?: string;
  /** Seen by agents only; default true. */
  readonly internal?: boolean;
  /** `note` stays in the system, `email` is sent to `to`; default note. */
  readonly type?: "note" | "email";
  readonly to?: string;
}
