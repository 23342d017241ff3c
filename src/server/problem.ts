import { STATUS_CODES } from "node:http";
import type { z } from "zod";
import type { problemSchema } from "../api/index.ts";
import { type ErrorCode, WeirError, errorCodes } from "../core/index.ts";

export type Problem = z.infer<typeof problemSchema>;

export const problemType = "application/problem+json; charset=utf-8";

/** The HTTP status of every code. Codes that no call of the API can meet are the server's own fault: 500. */
export const statusOf = {
  "document.empty": 422,
  "document.encrypted": 422,
  "document.damaged": 422,
  "document.no-text": 422,
  "document.too-large": 413,
  "document.too-slow": 422,
  "parts.invalid": 422,
  "document.unsupported": 415,
  "document.missing": 422,
  "document.unreadable": 422,
  "document.lost": 500,
  "input.bad-line": 422,
  "input.duplicate-id": 422,
  "input.none": 422,
  "input.bad-setting": 422,
  "profile.unknown": 422,
  "profile.damaged": 500,
  "profile.other-workflow": 409,
  "teach.nothing": 422,
  "workflow.unknown": 422,
  "workflow.load": 500,
  "workflow.invalid": 500,
  "workflow.changed": 409,
  "step.failed": 500,
  "step.timeout": 500,
  "run.timeout": 500,
  "answer.cut-short": 500,
  "answer.invalid": 500,
  "cloud.unavailable": 503,
  "cloud.refused": 500,
  "cloud.answer": 500,
  "cloud.budget": 503,
  "cloud.lost": 500,
  "cloud.package": 500,
  "airgap.refused": 503,
  "ledger.broken": 500,
  "delivery.failed": 500,
  "delivery.refused": 500,
  "delivery.conflict": 409,
  "lookup.unreachable": 500,
  "lookup.timeout": 500,
  "lookup.refused": 500,
  "lookup.bad-answer": 500,
  "lookup.misconfigured": 500,
  "model.missing": 503,
  "model.hash-mismatch": 500,
  "model.no-space": 507,
  "model.no-network": 503,
  "model.no-pip": 500,
  "model.unknown": 500,
  "model.load": 500,
  "model.adapter": 503,
  "model.no-memory": 503,
  "model.host-crashed": 503,
  "model.timeout": 503,
  "model.context-overflow": 422,
  "run.poison": 500,
  "run.unknown": 404,
  "run.state": 409,
  "run.pruned": 410,
  "run.cancelled": 409,
  "review.needed": 500,
  "review.conflict": 409,
  "review.invalid": 422,
  "lease.lost": 503,
  "queue.full": 429,
  "store.busy": 503,
  "store.unreachable": 503,
  "store.full": 507,
  "store.newer": 500,
  "store.damaged": 500,
  "store.unwritable": 500,
  "backup.exists": 500,
  "backup.nothing": 500,
  "backup.damaged": 500,
  "backup.elsewhere": 500,
  "routes.invalid": 422,
  "routes.missing": 422,
  "routes.unreadable": 422,
  "config.invalid": 500,
  "inbox.trouble": 500,
  "inbox.unusable": 500,
  "request.invalid": 400,
  "request.content-type": 415,
  "request.no-file": 400,
  "request.two-files": 400,
  "request.too-large": 413,
  "request.bad-json": 400,
  "request.bad-cursor": 400,
  "request.timeout": 408,
  "auth.missing": 401,
  "auth.wrong": 401,
  "origin.refused": 403,
  "idempotency.conflict": 409,
  "route.unknown": 404,
  "server.busy": 503,
  "server.not-ready": 503,
  "server.needs-keys": 500,
  "server.port-taken": 500,
  "server.unreachable": 502,
  "server.answer": 502,
  cancelled: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** What any call may meet, whatever it asks for. */
export const everyCall = [
  "request.invalid",
  "request.timeout",
  "auth.missing",
  "auth.wrong",
  "origin.refused",
  "store.busy",
  "store.unreachable",
  "internal",
] as const satisfies readonly ErrorCode[];

/** What a client is told. Of what is not ours it learns nothing but that it happened: messages may hold anything. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof WeirError) || error.code === "internal") {
    return problem(500, "internal", "The server met an error that it did not expect.", errorCodes.internal.hint);
  }
  return problem(statusOf[error.code], error.code, error.message, error.hint);
}

export function problem(status: number, code: string, detail: string, hint: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, code, detail, hint };
}
