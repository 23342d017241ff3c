import type { CallLimits, CallRecord, NewCall, Spending, Verdict } from "../ports/index.ts";

/** What the record says when a question wants to go out. */
export interface Admission {
  readonly call: Pick<NewCall, "tokens" | "costNano">;
  readonly limits: CallLimits;
  /** Earlier tries of the same question, oldest first; the first may be a mere wait. */
  readonly tries: readonly CallRecord[];
  /** The newest calls of the same model by any worker, newest first: the last minute's, and at least the last few. */
  readonly recent: readonly CallRecord[];
  readonly spent: { readonly document: Spent; readonly workflowDay: Spent; readonly day: Spent };
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Spent {
  readonly tokens: number;
  readonly costNano: number;
}

/** A verdict before anything is written. */
export type Admitted = Exclude<Verdict, { verdict: "go" }> | { readonly verdict: "go" };

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** So many calls in a row that nobody worked on, and the provider counts as down. */
const failuresToOpen = 3;
/** Longest pause of the circuit breaker; it doubles from a second. */
const openMsMax = 60_000;
/** How soon is looked again where others have to finish first. */
const turnMs = 250;

/**
 * Whether a question may go out now. In this order: the budgets, the question's own tries and the
 * patience with them, the circuit breaker, the provider's rates.
 */
export function admit(admission: Admission): Admitted {
  return overBudget(admission) ?? wornOut(admission) ?? paused(admission) ?? { verdict: "go" };
}

function overBudget({ call, limits: { budget }, spent, now }: Admission): Admitted | null {
  const document = exceeded(budget.document, spent.document, call);
  if (document) return { verdict: "no", code: "cloud.budget", why: `the document's budget of ${document} is spent` };
  const workflow = exceeded(budget.workflowDay, spent.workflowDay, call);
  const day = exceeded(budget.day, spent.day, call);
  if (!workflow && !day) return null;
  const why = workflow ? `the workflow's budget of ${workflow} a day is spent` : `the budget of ${day} a day is spent`;
  if (budget.whenOver === "review") return { verdict: "no", code: "cloud.budget", why };
  return { verdict: "wait", until: (Math.floor(now / dayMs) + 1) * dayMs, reason: "budget", why };
}

/** What would be exceeded, in words. */
function exceeded(budget: Spending | undefined, spent: Spent, call: Spent): string | null {
  if (budget?.tokens !== undefined && spent.tokens + call.tokens > budget.tokens) return `${budget.tokens} tokens`;
  if (budget?.costNano !== undefined && spent.costNano + call.costNano > budget.costNano) {
    return String(budget.costNano / 1e9);
  }
  return null;
}

/** A question is tried for as long as the patience lasts. */
function wornOut({ tries, limits, now }: Admission): Admitted | null {
  const [first] = tries;
  if (!first || now - first.sentAt <= limits.patienceMs) return null;
  const why = tries.at(-1)?.problem ?? "nobody answers";
  return { verdict: "no", code: "cloud.unavailable", why: `${why}, for ${Math.round((now - first.sentAt) / 1000)} s` };
}

function paused(admission: Admission): Admitted | null {
  const waits = [ownPause(admission), breaker(admission), rates(admission)].filter((one) => one !== null);
  const last = waits.toSorted((a, b) => b.until - a.until)[0];
  return last ? { verdict: "wait", reason: "retry", ...last } : null;
}

interface Wait {
  readonly until: number;
  readonly why: string;
}

/** Growing pauses between tries of one question. */
function ownPause({ tries, now }: Admission): Wait | null {
  const last = tries.at(-1);
  if (!last || last.attempt === 0 || last.endedAt === null) return null;
  const until = Math.max(last.endedAt + pauseMs(last.attempt), last.retryAt ?? 0);
  return until > now ? { until, why: last.problem ?? "it failed before" } : null;
}

/** After several failures in a row nobody asks for a while, then one does, then all. */
function breaker({ recent, limits, now }: Admission): Wait | null {
  const ended = recent.filter(({ endedAt, attempt }) => endedAt !== null && attempt > 0);
  const firstGood = ended.findIndex(({ status }) => status !== "unavailable");
  const failed = firstGood < 0 ? ended : ended.slice(0, firstGood);
  const asked = Math.max(0, ...failed.map(({ retryAt }) => retryAt ?? 0));
  if (asked > now) return { until: asked, why: "the provider asks to wait" };
  if (failed.length < failuresToOpen) return null;
  const why = `the provider is down: ${failed[0]?.problem ?? "no answer"}`;
  const until = (failed[0]?.endedAt ?? 0) + pauseMs(failed.length - failuresToOpen + 1);
  if (until > now) return { until, why };
  return underWay(recent, limits, now).length > 0 ? { until: now + turnMs, why } : null;
}

function pauseMs(failures: number): number {
  return Math.min(openMsMax, 1_000 * 2 ** (failures - 1));
}

function rates({ recent, limits, call, now }: Admission): Wait | null {
  const minute = recent.filter(({ sentAt, attempt }) => attempt > 0 && sentAt > now - minuteMs);
  if (underWay(recent, limits, now).length >= limits.concurrent) {
    return { until: now + turnMs, why: `${limits.concurrent} questions are under way` };
  }
  const oldest = Math.min(...minute.map(({ sentAt }) => sentAt));
  if (minute.length >= limits.requestsPerMinute) {
    return { until: oldest + minuteMs, why: `${limits.requestsPerMinute} requests a minute are used up` };
  }
  const tokens = minute.reduce((sum, one) => sum + one.promptTokens + one.completionTokens, 0);
  if (minute.length === 0 || tokens + call.tokens <= limits.tokensPerMinute) return null;
  return { until: oldest + minuteMs, why: `${limits.tokensPerMinute} tokens a minute are used up` };
}

function underWay(recent: readonly CallRecord[], { callMs }: CallLimits, now: number): readonly CallRecord[] {
  return recent.filter(({ status, sentAt }) => status === "sending" && sentAt > now - callMs);
}
