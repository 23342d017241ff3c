import { randomFillSync } from "node:crypto";
import type { Clock } from "../ports/index.ts";

/** The machine's own time and randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => randomFillSync(new Uint32Array(1)).reduce((sum, word) => sum + word, 0) / 2 ** 32,
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    // The caller wants to know why, and not that it was aborted.
    const abort = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  },
};
