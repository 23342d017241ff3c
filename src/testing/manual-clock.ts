import type { Clock } from "../ports/index.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time forward; sleepers whose time has come wake in order, before this resolves. */
  advance(ms: number): Promise<void>;
  /** How many are asleep. */
  sleepers(): number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * @param start milliseconds since 1970
 * @param random what `random` returns, always
 */
export function manualClock(start = Date.UTC(2026, 0, 1), random = 0): ManualClock {
  let now = start;
  let sleepers: readonly Sleeper[] = [];
  return {
    now: () => now,
    random: () => random,
    sleepers: () => sleepers.length,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener("abort", abort);
        };
        const abort = () => {
          leave();
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          at: now + ms,
          wake: () => {
            leave();
            resolve();
          },
        };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    advance: async (ms) => {
      await settle();
      const until = now + ms;
      for (;;) {
        const [next] = sleepers.filter((sleeper) => sleeper.at <= until).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}

/** Lets whatever was woken run until it waits for something again. Files take no time: what reads or writes them is waited for. */
async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet = isFileInUse() ? 0 : quiet + 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function isFileInUse(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
}
