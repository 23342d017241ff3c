import type { z } from "zod";
import {
  type Decide,
  type Purged,
  type Retried,
  type Review,
  type ReviewsPage,
  type RunEvent,
  type RunSummary,
  type RunsPage,
  type Submitted,
  type Workflows,
  eventSchema,
  purgedSchema,
  retriedSchema,
  reviewSchema,
  reviewsPageSchema,
  runSummarySchema,
  runsPageSchema,
  submittedSchema,
  workflowsSchema,
} from "../api/index.ts";
import { type Result, WeirError, resultSchema } from "../core/index.ts";
import { type Line, openLine, parsed, parsedText } from "./line.ts";
import { readFrames } from "./sse.ts";

export type {
  Decide,
  Purged,
  Result,
  Retried,
  Review,
  ReviewsPage,
  RunEvent,
  RunSummary,
  RunsPage,
  Submitted,
  Workflows,
};
export { WeirError };

export interface ClientOptions {
  /** Of the server, as `weir start` prints it. */
  readonly url: string | URL;
  /** One of the server's keys, where it has any. */
  readonly key?: string;
  /** Waits between two attempts to go on with a stream that broke off; rejects when the signal fires. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** One document: a file, or text. */
export type NewDocument = {
  readonly workflow: string;
  /** The caller's own name for it; else the file's name. */
  readonly id?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** What the workflow has learned: a name, "name@version" or "none"; default: `default`, where it was taught. */
  readonly profile?: string;
  /** -100 to 100, higher first; default 0. */
  readonly priority?: number;
  /** The same key gives the same run, however often it is sent. */
  readonly idempotencyKey?: string;
} & (
  | { readonly file: Uint8Array<ArrayBuffer> | Blob; readonly name: string }
  | { readonly text: string; readonly name?: string }
);

export interface RunsFilter {
  readonly status?: RunSummary["status"];
  readonly workflow?: string;
  /** Of the error they ended with. */
  readonly code?: string;
  readonly cursor?: string;
  /** 1 to 200. */
  readonly limit?: number;
}

/**
 * The calls of a running server. Every call rejects with WeirError: the server's own codes, and
 * `server.unreachable`, `server.answer`.
 */
export interface Client {
  /** Resolves once the run is durable. */
  submit(document: NewDocument): Promise<Submitted>;
  run(run: string): Promise<Result>;
  runs(filter?: RunsFilter): Promise<RunsPage>;
  /** Events as they happen, until the run is over; a line that breaks is taken up again where it broke. */
  events(run: string, options?: EventsOptions): AsyncGenerator<RunEvent, void>;
  /** Resolves when the run is over or waits for a person. */
  wait(run: string, options?: { readonly signal?: AbortSignal }): Promise<Result>;
  cancel(run: string): Promise<RunSummary>;
  retry(run: string): Promise<RunSummary>;
  /** Queues runs that failed again: all, those of a workflow, or those that ended with a code. */
  retryFailed(filter?: { readonly workflow?: string; readonly code?: string }): Promise<Retried>;
  /** Erases a document everywhere. @param document sha256 of its bytes */
  purge(document: string): Promise<Purged>;
  reviews(page?: { readonly cursor?: string; readonly limit?: number }): Promise<ReviewsPage>;
  review(run: string): Promise<Review>;
  /** @param version of the review that the decisions were made on */
  decide(run: string, version: number, decisions: Decide["decisions"]): Promise<Review>;
  workflows(): Promise<Workflows["workflows"]>;
}

export interface EventsOptions {
  /** Sequence number of the last event known; default 0. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/** Sending a document may take as long as the server allows it. */
const submitMs = 300_000;
/** Tries in a row to reach the server before a stream is given up. */
const triesMax = 10;
const retryMs = { min: 500, max: 15_000 } as const;

export function createClient(options: ClientOptions): Client {
  const line = openLine(options);
  const get = async <T extends z.ZodType>(path: string, schema: T) => await parsed(await line.ask(path), schema);
  const post = async <T extends z.ZodType>(path: string, schema: T, body?: unknown) =>
    await parsed(await line.ask(path, { method: "POST", ...(body === undefined ? {} : jsonBody(body)) }), schema);
  const at = (run: string) => `v1/runs/${encodeURIComponent(run)}`;
  const reviewAt = (run: string) => `v1/reviews/${encodeURIComponent(run)}`;
  const sleep = options.sleep ?? pause;

  const client: Client = {
    submit: async (document) => {
      const init = { method: "POST", ...documentBody(document) };
      if (document.idempotencyKey !== undefined) init.headers["idempotency-key"] = document.idempotencyKey;
      const { profile, priority } = document;
      return await parsed(
        await line.ask(`v1/runs${queryOf({ profile, priority })}`, { ...init, timeoutMs: submitMs }),
        submittedSchema,
      );
    },
    run: async (run) => await get(at(run), resultSchema),
    runs: async (filter = {}) => await get(`v1/runs${queryOf(filter)}`, runsPageSchema),
    events: (run, events = {}) => follow(line, `${at(run)}/events`, events, sleep),
    wait: async (run, { signal } = {}) => await settled(client, run, signal),
    cancel: async (run) => await post(`${at(run)}/cancel`, runSummarySchema),
    retry: async (run) => await post(`${at(run)}/retry`, runSummarySchema),
    retryFailed: async (filter = {}) => await post("v1/retries", retriedSchema, filter),
    purge: async (document) =>
      await parsed(await line.ask(`v1/documents/${encodeURIComponent(document)}`, { method: "DELETE" }), purgedSchema),
    reviews: async (page = {}) => await get(`v1/reviews${queryOf(page)}`, reviewsPageSchema),
    review: async (run) => await get(reviewAt(run), reviewSchema),
    decide: async (run, version, decisions) => await post(reviewAt(run), reviewSchema, { version, decisions }),
    workflows: async () => (await get("v1/workflows", workflowsSchema)).workflows,
  };
  return client;
}

interface Body {
  readonly headers: Record<string, string>;
  readonly body: string | FormData;
}

function jsonBody(value: unknown): Body {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function documentBody(document: NewDocument): Body {
  const { workflow, id, settings = {} } = document;
  if ("text" in document) return jsonBody({ workflow, id, settings, text: document.text, name: document.name });
  const form = new FormData();
  form.append("workflow", workflow);
  if (id !== undefined) form.append("id", id);
  for (const [name, value] of Object.entries(settings)) form.append(`set.${name}`, value);
  const { file } = document;
  form.append("file", file instanceof Blob ? file : new Blob([file]), document.name);
  return { headers: {}, body: form };
}

function queryOf(values: object): string {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams();
  for (const [name, value] of entries) query.append(name, String(value));
  return entries.length === 0 ? "" : `?${query}`;
}

async function* follow(
  line: Line,
  path: string,
  { after = 0, signal }: EventsOptions,
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
): AsyncGenerator<RunEvent, void> {
  let seen = after;
  for (let tries = 1; ; tries++) {
    try {
      const answer = await line.stream(path, { "last-event-id": String(seen) }, signal);
      if (answer.body === null) return; // 204: nothing more to come.
      for await (const frame of readFrames(answer.body)) {
        if (frame.event === "end") return;
        const event = parsedText(frame.data, path, eventSchema);
        seen = event.seq;
        tries = 0;
        yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayPass(error) || tries >= triesMax) throw error;
    }
    await sleep(Math.min(retryMs.min * 2 ** tries, retryMs.max), signal);
  }
}

/** Whether asking again may help. Anything but the line itself or a busy server will not change. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof WeirError)) return false;
  return error.code === "server.unreachable" || error.code === "server.busy" || error.code === "store.busy";
}

async function settled(client: Client, run: string, signal: AbortSignal | undefined): Promise<Result> {
  let after = 0;
  for (;;) {
    signal?.throwIfAborted();
    const result = await client.run(run);
    if (result.status !== "queued" && result.status !== "running") return result;
    for await (const event of client.events(run, { after, ...(signal ? { signal } : {}) })) {
      after = event.seq;
      if (event.type.startsWith("run.") || event.type.startsWith("review.")) break;
    }
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
