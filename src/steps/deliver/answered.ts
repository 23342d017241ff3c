import { WeirError } from "../../core/index.ts";
import type { Clock, WebAnswer, WebFailure } from "../../ports/index.ts";

/** Statuses after which the same request may do. */
const passing = new Set([408, 425, 429]);

/**
 * The answer of a system that took what it was sent.
 * @param who names it in messages
 * @throws WeirError `delivery.failed` for what passes, with the pause it asks for; `delivery.refused` for the rest
 */
export function answered(answer: WebAnswer | WebFailure, who: string, clock: Clock): WebAnswer {
  if (!answer.ok) {
    const code = answer.why === "unreachable" || answer.why === "timeout" ? "delivery.failed" : "delivery.refused";
    throw new WeirError(code, answer.message);
  }
  const { status, body, headers } = answer;
  if (status >= 200 && status < 300) return answer;
  const said = body.trim() === "" ? "" : `: ${body.trim().replaceAll(/\s+/g, " ").slice(0, 200)}`;
  const message = `${who} answers with ${status}${said}`;
  if (status < 500 && !passing.has(status)) throw new WeirError("delivery.refused", message);
  const retryAfterMs = pauseOf(headers["retry-after"], clock.now());
  throw new WeirError("delivery.failed", message, retryAfterMs === null ? {} : { retryAfterMs });
}

/** Seconds or a date, as RFC 9110 has it. */
function pauseOf(retryAfter: string | undefined, now: number): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
