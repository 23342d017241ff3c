/**
 * How long a document has to have waited to go before one that is a step of priority above it,
 * milliseconds. So a high priority goes first, and nobody waits for ever.
 */
export const priorityStepMs = 600_000;

/** Priorities that may be given. */
export const priorityMost = 100;

/** Whose turn comes first is taken first: the time it is due, less ten minutes for every step of its priority. */
export function turnAt(dueAt: number, priority: number): number {
  return dueAt - priority * priorityStepMs;
}
