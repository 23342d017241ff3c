import type { z } from "zod";
import type { ErrorCode } from "../core/index.ts";
import {
  type ComponentName,
  components,
  documentParams,
  reviewsQuery,
  runParams,
  runsQuery,
  submitQuery,
  type submitTextSchema,
} from "./schemas.ts";

/** One call of the API: the server is wired from this table and the OpenAPI document is written from it. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{name}` where a value stands. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** JSON body. */
  readonly body?: ComponentName;
  /** Takes one file as multipart/form-data as well as a JSON body. */
  readonly upload?: true;
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  readonly answer: Answer;
  /** What can go wrong besides what can go wrong with every call. */
  readonly codes: readonly ErrorCode[];
  /** Answers without a key. */
  readonly open?: true;
}

interface Answer {
  readonly status: 200 | 202;
  readonly description: string;
  /** JSON. */
  readonly schema?: ComponentName;
  /** Content type of what is not JSON. */
  readonly type?: "text/event-stream" | "text/plain" | "text/html" | "application/json";
}

const runCodes = ["run.unknown"] as const;

export const routes = {
  submit: {
    method: "POST",
    path: "/v1/runs",
    summary: "Start a run",
    description:
      "Answers only after the run is durable. The document is one file as multipart/form-data, or text as JSON. " +
      "What the workflow lets one set goes into the query or the form as set.NAME=VALUE, or into the JSON as settings.",
    query: submitQuery,
    body: "SubmitText",
    upload: true,
    headers: [
      {
        name: "Idempotency-Key",
        description: "The same key gives the same run; without one every call is a run of its own.",
      },
    ],
    answer: { status: 202, description: "The run is durable; Location names it.", schema: "Submitted" },
    codes: [
      "request.content-type",
      "request.no-file",
      "request.two-files",
      "request.too-large",
      "request.bad-json",
      "document.empty",
      "document.too-large",
      "workflow.unknown",
      "profile.unknown",
      "profile.damaged",
      "profile.other-workflow",
      "input.bad-setting",
      "idempotency.conflict",
      "queue.full",
      "store.full",
      "server.busy",
    ],
  },
  runs: {
    method: "GET",
    path: "/v1/runs",
    summary: "A page of runs, newest first",
    query: runsQuery,
    answer: { status: 200, description: "A page", schema: "RunsPage" },
    codes: ["request.bad-cursor"],
  },
  run: {
    method: "GET",
    path: "/v1/runs/{run}",
    summary: "What a run has come to, at any moment",
    params: runParams,
    answer: { status: 200, description: "weir.result/1", schema: "Result" },
    codes: runCodes,
  },
  events: {
    method: "GET",
    path: "/v1/runs/{run}/events",
    summary: "What happens to a run, as it happens",
    description:
      "Server-sent events: every `data` is an Event, `id` is its seq. A last frame `event: end` says that the run is " +
      "over. Ask again with Last-Event-ID to go on after that event; 204 says that there is nothing more to come.",
    params: runParams,
    headers: [{ name: "Last-Event-ID", description: "seq of the last event seen" }],
    answer: { status: 200, description: "A stream of Event", type: "text/event-stream" },
    codes: ["run.unknown", "server.busy"],
  },
  cancel: {
    method: "POST",
    path: "/v1/runs/{run}/cancel",
    summary: "Cancel a run",
    description: "At once where it waits; where a worker holds it, after the step in progress.",
    params: runParams,
    answer: { status: 202, description: "The run as it is now", schema: "Run" },
    codes: ["run.unknown", "run.state"],
  },
  retry: {
    method: "POST",
    path: "/v1/runs/{run}/retry",
    summary: "Queue a failed or cancelled run again",
    description: "It goes on after its last good step.",
    params: runParams,
    answer: { status: 202, description: "The run as it is now", schema: "Run" },
    codes: ["run.unknown", "run.state", "run.pruned"],
  },
  retries: {
    method: "POST",
    path: "/v1/retries",
    summary: "Queue the runs that failed again",
    description:
      "All of them, those of a workflow, or those that ended with a code; each goes on after its last good step.",
    body: "RetryFailed",
    answer: { status: 202, description: "Which ones", schema: "Retried" },
    codes: ["request.bad-json", "request.content-type"],
  },
  purge: {
    method: "DELETE",
    path: "/v1/documents/{document}",
    summary: "Erase a document everywhere",
    description:
      "Its stored bytes, everything read from it, its runs with their results, reviews and events, and its labels in " +
      "profiles. The record keeps hashes of what it held. Runs in progress are cancelled and waited for.",
    params: documentParams,
    answer: { status: 200, description: "What was erased; nothing where nothing was there", schema: "Purged" },
    codes: ["run.state", "profile.damaged", "store.full"],
  },
  reviews: {
    method: "GET",
    path: "/v1/reviews",
    summary: "What waits for a person",
    query: reviewsQuery,
    answer: { status: 200, description: "A page of open reviews", schema: "ReviewsPage" },
    codes: ["request.bad-cursor"],
  },
  review: {
    method: "GET",
    path: "/v1/reviews/{run}",
    summary: "The review of one run",
    params: runParams,
    answer: { status: 200, description: "Everything needed to decide", schema: "Review" },
    codes: ["run.unknown", "run.state"],
  },
  decide: {
    method: "POST",
    path: "/v1/reviews/{run}",
    summary: "Decide",
    description: "Saves the decisions; when nothing is left to settle the run goes on.",
    params: runParams,
    body: "Decide",
    answer: { status: 200, description: "The review as it is now", schema: "Review" },
    codes: [
      "run.unknown",
      "run.state",
      "review.conflict",
      "review.invalid",
      "workflow.changed",
      "request.bad-json",
      "request.content-type",
    ],
  },
  workflows: {
    method: "GET",
    path: "/v1/workflows",
    summary: "The workflows there are, with their schemas",
    answer: { status: 200, description: "All of them", schema: "Workflows" },
    codes: [],
  },
  health: {
    method: "GET",
    path: "/healthz",
    summary: "Whether the process lives",
    answer: { status: 200, description: "It does", schema: "Health" },
    codes: [],
    open: true,
  },
  ready: {
    method: "GET",
    path: "/readyz",
    summary: "Whether new documents are taken",
    answer: { status: 200, description: "They are", schema: "Ready" },
    codes: ["server.not-ready"],
  },
  metrics: {
    method: "GET",
    path: "/metrics",
    summary: "Figures for Prometheus",
    answer: { status: 200, description: "Text exposition format 0.0.4", type: "text/plain" },
    codes: [],
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    answer: { status: 200, description: "OpenAPI 3.1", type: "application/json" },
    codes: [],
  },
  page: {
    method: "GET",
    path: "/",
    summary: "A page for people",
    answer: { status: 200, description: "What waits for a person", type: "text/html" },
    codes: [],
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

/** What a JSON answer of the route looks like; text for the others. */
export type AnswerOf<R extends Route> = R["answer"] extends { readonly schema: infer Name extends ComponentName }
  ? z.input<(typeof components)[Name]>
  : unknown;

export type BodyOf<R extends Route> = R extends { readonly upload: true }
  ? z.output<typeof submitTextSchema> | undefined
  : R extends { readonly body: infer Name extends ComponentName }
    ? z.output<(typeof components)[Name]>
    : undefined;

export type QueryOf<R extends Route> = R extends { readonly query: infer Q extends z.ZodObject } ? z.output<Q> : object;
export type ParamsOf<R extends Route> = R extends { readonly params: infer P extends z.ZodObject }
  ? z.output<P>
  : object;
