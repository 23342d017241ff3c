/**
 * Which run is due. A queue carries run ids and wake-ups only; the truth about a run is in the store.
 * A wake-up is written by the store, in the same transaction as the change that causes it, so that
 * neither can exist without the other.
 */
export interface Queue {
  /**
   * Takes the run whose turn it is and hides its wake-up for `leaseMs`. Its turn is when it was due, less
   * ten minutes for every step of priority (`turnAt`), then id: so nobody waits for ever. What is in Redis
   * is ordered by tens of minutes, within them as it was told. Runs of a workflow of which as many are held
   * as may be at a time are passed over.
   * @param lane only wake-ups of this lane; undefined takes from all
   */
  take(options: TakeOptions): Promise<Ticket | null>;
  /** Hides the wake-up for another `leaseMs`. False: it is somebody else's now. */
  extend(ticket: Ticket, leaseMs: number): Promise<boolean>;
  /** The wake-up is done with. Does nothing when the ticket is no longer held. */
  settle(ticket: Ticket): Promise<void>;
  /** Puts the wake-up back, due at `dueAt`. Does nothing when the ticket is no longer held. */
  release(ticket: Ticket, dueAt: number): Promise<void>;
  /** When it is worth asking again: due time of the earliest wake-up that could be taken then, or null. */
  nextDueAt(lane?: string): Promise<number | null>;
  /** Since when the run that waits longest has been due; null: none is. */
  oldestDueAt(): Promise<number | null>;
  depth(): Promise<{ readonly due: number; readonly later: number; readonly held: number }>;
}

export interface TakeOptions {
  readonly worker: string;
  readonly leaseMs: number;
  readonly lane?: string;
}

/** Proof that a worker holds a wake-up. */
export interface Ticket {
  readonly runId: string;
  /** New at every take: the fencing token of every write made for this run. */
  readonly token: string;
}
