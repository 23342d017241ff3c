/** Whether a file is finished: pure, so that every case can be tested without a disk or a wait. */

/** What tells one state of a file from the next. */
export interface Stamp {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
}

/** A file as it was last seen. */
export interface Sighting {
  readonly stamp: Stamp;
  /** Since when it looks like this, as far as we know; milliseconds since 1970. */
  readonly since: number;
  /** Whether it was seen to change at all. */
  readonly changed: boolean;
}

export interface SettleLimits {
  /** How long a file must stay unchanged. */
  readonly settleMs: number;
  /** After this long unchanged a file is taken even if it is empty, looks unfinished, or is open: so that it fails visibly. */
  readonly stuckMs: number;
}

export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly why: string; readonly lookAgainAt: number };

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino && a.dev === b.dev;
}

/** The file seen once more. A clock set back starts the wait anew. */
export function sight(before: Sighting | null, stamp: Stamp, now: number): Sighting {
  if (before === null) return { stamp, since: now, changed: false };
  if (!sameStamp(before.stamp, stamp)) return { stamp, since: now, changed: true };
  return before.since > now ? { ...before, since: now } : before;
}

/** The cheap half, before the file is opened: quiet for long enough, and not empty. */
export function quiet(sighting: Sighting, now: number, limits: SettleLimits): Readiness {
  const { since, changed, stamp } = sighting;
  if (now - since < limits.settleMs) {
    const why = changed ? "still growing" : `just arrived; taken when unchanged for ${seconds(limits.settleMs)}`;
    return { ready: false, why, lookAgainAt: since + limits.settleMs };
  }
  if (stamp.size === 0) return orStuck(sighting, "empty so far", now, limits);
  return { ready: true };
}

/** The other half. @param unfinished why the file looks unfinished, or null */
export function finished(sighting: Sighting, unfinished: string | null, now: number, limits: SettleLimits): Readiness {
  return unfinished === null ? { ready: true } : orStuck(sighting, unfinished, now, limits);
}

function orStuck({ since }: Sighting, why: string, now: number, limits: SettleLimits): Readiness {
  const stuckAt = since + limits.stuckMs;
  if (now >= stuckAt) return { ready: true };
  const clause = `${why}; taken anyway when unchanged for ${seconds(limits.stuckMs)}`;
  return { ready: false, why: clause, lookAgainAt: Math.min(stuckAt, now + limits.settleMs) };
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`;
}
