import { type ErrorCode, type ErrorInfo, WeirError, errorCodes } from "../../core/index.ts";
import type { Shell } from "../shell.ts";

/** How often a part looks whether something has happened. */
const pollMs = 20;
/** No part takes longer on the slowest machine that can run the models at all. */
const partMs = 300_000;

/**
 * Waits until `look` gives something else than null.
 * @throws the reason of Ctrl-C; WeirError `step.timeout` after five minutes; what `look` throws
 */
export async function until<T>(shell: Shell, what: string, look: () => Promise<T | null>): Promise<T> {
  const { clock, signal } = shell;
  const deadline = clock.now() + partMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== null) return found;
    if (clock.now() > deadline) throw new WeirError("step.timeout", `Waited ${partMs / 1_000} s for ${what}`);
    await clock.sleep(pollMs, signal);
  }
}

/** What a result or an inbox says went wrong, to be thrown. */
export function failure({ code, message, hint }: ErrorInfo, where: string): WeirError {
  return new WeirError(code in errorCodes ? (code as ErrorCode) : "internal", `${where}: ${message}`, { hint });
}
