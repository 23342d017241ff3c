/** How long to wait before a step is tried again. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly mostMs: number;
  readonly attemptsMax: number;
}

export const defaultBackoff: Backoff = { firstMs: 1_000, factor: 4, mostMs: 300_000, attemptsMax: 4 };

/**
 * Milliseconds before attempt `attempt + 1`, or null when there is to be none.
 * @param attempt how many were made, from 1
 * @param jitter in 0..1, from the caller's source of randomness: spreads retries by up to a quarter
 */
export function delayAfter(attempt: number, jitter: number, backoff: Backoff = defaultBackoff): number | null {
  if (attempt >= backoff.attemptsMax) return null;
  const base = Math.min(backoff.mostMs, backoff.firstMs * backoff.factor ** (attempt - 1));
  return Math.round(base * (1 - jitter / 4));
}
