import { randomFillSync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../ports/index.ts";

/** The machine's own time and randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => randomFillSync(new Uint32Array(1)).reduce((sum, word) => sum + word, 0) / 2 ** 32,
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node rejects with an AbortError; the caller wants to know why.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
