import type { Clock } from "../ports/index.ts";

/**
 * Runs `work` until it ends or the signal is aborted, whichever is first: work that does not listen
 * to its signal is left to itself and its outcome thrown away.
 * @throws the signal's reason
 */
async function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    // Work that listened failed because of the signal, in words of its own.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Runs `work` under a signal that is also aborted, with `reason`, after `ms`. */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  reason: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const over = new AbortController();
  clock.sleep(ms, over.signal).then(
    () => limit.abort(reason()),
    () => {},
  );
  const signal = AbortSignal.any([outer, limit.signal]);
  try {
    return await abortable(signal, async () => await work(signal));
  } finally {
    over.abort();
  }
}
