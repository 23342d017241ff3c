import type { Selectable } from "kysely";
import type { DocumentRef, Json, RunStatus, WaitReason } from "../../core/index.ts";
import type { EventRecord, ReviewRecord, RunRecord } from "../../ports/index.ts";
import type { EventsTable, ReviewsTable, RunsTable } from "./tables.ts";

/** Rows as records. What stands in the tables was written by us: its form is not checked again. */

function parsed<T>(text: string): T;
function parsed<T>(text: string | null): T | null;
function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

export function toRun(row: Selectable<RunsTable>): RunRecord {
  return {
    id: row.id,
    itemId: row.item_id,
    workflow: {
      name: row.workflow_name,
      version: row.workflow_version,
      hash: row.workflow_hash,
      file: row.workflow_file,
    },
    document: parsed<DocumentRef>(row.document),
    settings: parsed<RunRecord["settings"]>(row.settings),
    profile: row.profile,
    models: parsed<RunRecord["models"]>(row.models),
    folder: row.folder,
    engineBuild: row.engine_build,
    reuseKey: row.reuse_key,
    lane: row.lane,
    priority: row.priority,
    ...(row.rerun === null ? {} : { rerun: parsed<NonNullable<RunRecord["rerun"]>>(row.rerun) }),
    status: row.status as RunStatus,
    waiting:
      row.waiting_reason === null || row.waiting_until === null
        ? null
        : { reason: row.waiting_reason as WaitReason, until: row.waiting_until },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    attempts: row.attempts,
    hostCrashes: row.host_crashes,
    cancelRequested: row.cancel_requested === 1,
    draft: parsed<RunRecord["draft"]>(row.draft),
    reading: parsed<RunRecord["reading"]>(row.reading),
    usage: parsed<RunRecord["usage"]>(row.usage),
    error: parsed<RunRecord["error"]>(row.error),
    prunedAt: row.pruned_at,
  };
}

export function toReview(row: Selectable<ReviewsTable>): ReviewRecord {
  return {
    runId: row.run_id,
    step: row.step,
    version: row.version,
    status: row.status as ReviewRecord["status"],
    decisions: parsed<ReviewRecord["decisions"]>(row.decisions),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toEvent(row: Selectable<EventsTable>): EventRecord {
  return {
    runId: row.run_id,
    seq: row.seq,
    at: row.at,
    type: row.type,
    data: parsed<Record<string, Json>>(row.data),
  };
}
