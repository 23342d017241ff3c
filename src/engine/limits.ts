import type { Clock } from "../ports/index.ts";

/** Told to a clock that nobody waits for any more; made once, since an error that nobody reads costs its stack. */
const ended = new Error("The work has ended.");

/**
 * Runs `work` until it ends, `ms` are over or `outer` is aborted, whichever is first. Its signal tells it
 * so; work that does not listen is left to itself and its outcome thrown away.
 * @throws what `reason` makes where the time is over, or the reason of `outer`
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  reason: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const limit = new AbortController();
  const { signal } = limit;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  const abort = () => limit.abort(outer.reason);
  outer.addEventListener("abort", abort, { once: true });
  const over = new AbortController();
  clock.sleep(ms, over.signal).then(
    () => limit.abort(reason()),
    () => {},
  );
  try {
    return await Promise.race([work(signal), aborted]);
  } catch (error) {
    // Work that listened failed because of the signal, in words of its own.
    signal.throwIfAborted();
    throw error;
  } finally {
    outer.removeEventListener("abort", abort);
    over.abort(ended);
  }
}
