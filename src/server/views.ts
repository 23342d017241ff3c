import type { Review, RunEvent, RunSummary } from "../api/index.ts";
import type { RunStatus } from "../core/index.ts";
import type { EventRecord, ReviewView, RunRecord } from "../ports/index.ts";

/** Records of the store in the form of the wire. */

const time = (ms: number) => new Date(ms).toISOString();

export function toSummary(run: RunRecord): RunSummary {
  const { waiting } = run;
  return {
    run: run.id,
    id: run.itemId,
    workflow: workflowOf(run),
    document: { sha256: run.document.sha256, name: run.document.name, bytes: run.document.bytes },
    status: wireStatus(run.status),
    ...(waiting && run.status === "waiting" ? { waiting: { reason: waiting.reason, until: time(waiting.until) } } : {}),
    cancelRequested: run.cancelRequested,
    createdAt: time(run.createdAt),
    updatedAt: time(run.updatedAt),
    startedAt: run.startedAt === null ? null : time(run.startedAt),
    finishedAt: run.finishedAt === null ? null : time(run.finishedAt),
    error: run.error === null ? null : { ...run.error },
  };
}

export function toReview({ run, review, decisions, doubts }: ReviewView): Review {
  return {
    run: run.id,
    id: run.itemId,
    workflow: workflowOf(run),
    document: { sha256: run.document.sha256, name: run.document.name },
    step: review.step,
    version: review.version,
    status: review.status,
    decisions: structuredClone(decisions) as Review["decisions"],
    doubts: doubts.map(({ code, paths, message }) => ({ code, paths: [...paths], message })),
    createdAt: time(review.createdAt),
    updatedAt: time(review.updatedAt),
  };
}

export function toEvent({ seq, type, at, data }: EventRecord): RunEvent {
  return { seq, type, at: time(at), data };
}

/** Outside, a run that waits is running, with the reason beside it. */
export function wireStatus(status: RunStatus): RunSummary["status"] {
  return status === "waiting" ? "running" : status;
}

/** What the store calls the runs that are shown with this status. */
export function storedStatuses(status: RunSummary["status"]): readonly RunStatus[] {
  return status === "running" ? ["running", "waiting"] : [status];
}

/** Over for good: nothing more happens unless somebody asks for it. A review still goes on by itself once decided. */
export function isOver(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled" || status === "needs-migration";
}

function workflowOf({ workflow }: RunRecord): RunSummary["workflow"] {
  return { name: workflow.name, version: workflow.version, hash: workflow.hash };
}
