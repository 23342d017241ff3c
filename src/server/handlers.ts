import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteName, Routes } from "../api/index.ts";
import { type JsonObject, WeirError } from "../core/index.ts";
import type { Clock, Service } from "../ports/index.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { eventStream } from "./events.ts";
import { type RequestCounter, renderFigures, renderProcess, renderStats, renderStreams } from "./metrics.ts";
import { pagePolicy, renderPage } from "./page.ts";
import { problem, problemType } from "./problem.ts";
import { submit } from "./submit.ts";
import type { UploadBudget } from "./upload.ts";
import { isOver, storedStatuses, toReview, toSummary } from "./views.ts";

/** What the handlers share. */
export interface Room {
  readonly service: Service;
  readonly clock: Clock;
  readonly version: string;
  readonly bodyBytesMax: number;
  readonly streamsMax: number;
  readonly streams: OpenStreams;
  readonly budget: UploadBudget;
  readonly counter: RequestCounter;
  readonly openapi: JsonObject;
  /** Fires when the server closes. */
  readonly closing: AbortSignal;
}

/** How many clients follow events at present. */
interface OpenStreams {
  count: number;
}

/** A request whose parts were checked against the route's schemas. */
interface Call<Name extends RouteName> {
  readonly params: ParamsOf<Routes[Name]>;
  readonly query: QueryOf<Routes[Name]>;
  readonly body: BodyOf<Routes[Name]>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A handler for every route of the table: a missing one does not compile. */
export type Handlers = {
  readonly [Name in RouteName]: (call: Call<Name>) => Promise<AnswerOf<Routes[Name]> | FastifyReply>;
};

export function createHandlers(room: Room): Handlers {
  return { ...runHandlers(room), ...reviewHandlers(room), ...houseHandlers(room) };
}

type RunHandlers = Pick<Handlers, "submit" | "runs" | "run" | "events" | "cancel" | "retry" | "retries" | "purge">;

function runHandlers(room: Room): RunHandlers {
  const { service, bodyBytesMax, budget } = room;
  return {
    submit: async ({ request, reply, query, body }) => {
      const answer = await submit({ service, request, query, body, bodyBytesMax, budget });
      reply.header("location", `/v1/runs/${answer.run}`);
      return answer;
    },
    runs: async ({ query: { status, workflow, code, cursor, limit } }) => {
      const { runs, cursor: next } = await service.list({
        limit,
        ...(status === undefined ? {} : { status: storedStatuses(status) }),
        ...(workflow === undefined ? {} : { workflow }),
        ...(code === undefined ? {} : { code }),
        ...(cursor === undefined ? {} : { cursor: openCursor("runs", cursor) }),
      });
      return { runs: runs.map(toSummary), cursor: sealCursor("runs", next) };
    },
    run: async ({ params }) => await service.result(params.run),
    events: eventsHandler(room),
    cancel: async ({ params }) => toSummary(await service.cancel(params.run)),
    retry: async ({ params }) => toSummary(await service.retry(params.run)),
    purge: async ({ params }) => {
      const { runs, profiles, ...rest } = await service.purge(params.document);
      return { ...rest, runs: [...runs], profiles: [...profiles] };
    },
    retries: async ({ body: { workflow, code, limit } }) => {
      const filter = {
        ...(workflow === undefined ? {} : { workflow }),
        ...(code === undefined ? {} : { code }),
        limit,
      };
      const { runs, more } = await service.retryFailed(filter);
      return { runs: [...runs], more };
    },
  };
}

function eventsHandler({ service, clock, streams, streamsMax, closing }: Room): Handlers["events"] {
  return async ({ params, request, reply }) => {
    const afterSeq = lastEventId(request.headers["last-event-id"]);
    const run = await service.get(params.run);
    if (!run) throw new WeirError("run.unknown", `There is no run ${params.run}.`);
    // A browser's EventSource asks again whenever a stream ends; 204 is how it is told to stop.
    if (isOver(run.status) && (await service.events(run.id, afterSeq)).length === 0)
      return await reply.code(204).send();
    if (streams.count >= streamsMax)
      throw new WeirError("server.busy", `${streamsMax} event streams are open already.`);
    streams.count++;
    const gone = new AbortController();
    reply.raw.once("close", () => {
      streams.count--;
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, closing]);
    const frames = eventStream({ service, clock, runId: run.id, afterSeq, signal });
    return await reply.type("text/event-stream").send(Readable.from(frames));
  };
}

/** @throws WeirError `request.invalid` */
function lastEventId(header: string | readonly string[] | undefined): number {
  if (header === undefined || header === "") return 0;
  const text = String(header);
  if (!/^\d{1,15}$/u.test(text)) {
    throw new WeirError("request.invalid", `Last-Event-ID is the number of an event, not "${text}".`);
  }
  return Number(text);
}

function reviewHandlers({ service }: Room): Pick<Handlers, "reviews" | "review" | "decide"> {
  return {
    reviews: async ({ query: { cursor, limit } }) => {
      const page = await service.reviews({
        limit,
        ...(cursor === undefined ? {} : { cursor: openCursor("reviews", cursor) }),
      });
      return { reviews: page.reviews.map(toReview), cursor: sealCursor("reviews", page.cursor) };
    },
    review: async ({ params }) => toReview(await service.review(params.run)),
    decide: async ({ params, body }) => toReview(await service.decide(params.run, body.version, body.decisions)),
  };
}

type HouseHandlers = Pick<Handlers, "workflows" | "health" | "ready" | "metrics" | "openapi" | "page">;

/** How many reviews the page shows. */
const pageRows = 50;

function houseHandlers({ service, version, counter, streams, openapi, closing }: Room): HouseHandlers {
  return {
    workflows: async () => ({
      workflows: structuredClone(service.workflows()) as AnswerOf<Routes["workflows"]>["workflows"],
    }),
    health: async () => ({ status: "ok", version }),
    ready: async ({ reply }) => {
      const { accepting, problem: cause } = await service.stats();
      if (accepting && !closing.aborted) return { status: "ready" };
      const error = new WeirError("server.not-ready", "No new documents are taken at present.");
      const { code, message, hint } = cause ?? error.info();
      return await reply
        .code(503)
        .type(problemType)
        .send(problem(503, code, message, hint));
    },
    metrics: async ({ reply }) => {
      const text =
        renderStats(await service.stats()) +
        renderFigures(await service.figures()) +
        renderStreams(streams.count) +
        counter.render() +
        renderProcess(version);
      return await reply.type("text/plain; version=0.0.4; charset=utf-8").send(text);
    },
    openapi: async () => openapi,
    page: async ({ reply }) => {
      const { reviews, cursor } = await service.reviews({ limit: pageRows });
      const html = renderPage(reviews.map(toReview), cursor !== null);
      return await reply.header("content-security-policy", pagePolicy).type("text/html; charset=utf-8").send(html);
    },
  };
}
