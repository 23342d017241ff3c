import type { AddressInfo } from "node:net";
import multipart from "@fastify/multipart";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { routes } from "../api/index.ts";
import { WeirError } from "../core/index.ts";
import type { Clock, Service } from "../ports/index.ts";
import { watchConnections } from "./connections.ts";
import { answerBrokenRequest, inOurWords } from "./faults.ts";
import { assertMayListen, createGuard, securityHeaders } from "./guard.ts";
import { createHandlers } from "./handlers.ts";
import { RequestCounter } from "./metrics.ts";
import { mount } from "./mount.ts";
import { openApi } from "./openapi.ts";
import { problemOf, problemType } from "./problem.ts";
import { UploadBudget } from "./upload.ts";

export interface ServerOptions {
  readonly service: Service;
  readonly clock: Clock;
  /** Of WEIR_API_KEYS. None: this machine only. */
  readonly keys: readonly string[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Of one document; default 50 MB, as the read step's. */
  readonly bodyBytesMax?: number;
  readonly version: string;
  readonly limits?: Partial<ServerLimits>;
  /** Told of errors that are ours, not the client's: the client learns only that there was one. */
  readonly onError?: (error: unknown, request: { readonly method: string; readonly route: string }) => void;
}

/** How long clients may take, milliseconds, and how many there may be. */
interface ServerLimits {
  readonly headersMs: number;
  /** Headers and body together. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** How long a client may go on sending after it was answered. */
  readonly lingerMs: number;
  /** How long requests in progress have when the server closes. */
  readonly graceMs: number;
  readonly connectionsMax: number;
  readonly streamsMax: number;
}

const defaultLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 300_000,
  keepAliveMs: 20_000,
  lingerMs: 5_000,
  graceMs: 5_000,
  connectionsMax: 500,
  streamsMax: 100,
};

/** A document as JSON is held several times over while it is parsed; more than this goes as a file. */
const jsonBytesMax = 8_000_000;
/** Documents of the largest size that may be under way at once. */
const uploadsMax = 4;

export interface Server {
  /** @throws WeirError `server.port-taken` */
  listen(): Promise<URL>;
  /** Takes no more requests, ends event streams, lets what is in progress finish for a while. */
  close(): Promise<void>;
}

/** @throws WeirError `server.needs-keys` where others could ask without one */
export function createServer(options: ServerOptions): Server {
  const { keys, host = "127.0.0.1", port } = options;
  assertMayListen(host, keys);
  const limits = { ...defaultLimits, ...options.limits };
  const closing = new AbortController();
  const app = build(options, limits, closing.signal);
  const endIdle = watchConnections(app.server);
  return {
    listen: async () => {
      try {
        await app.listen({ host, port });
      } catch (error) {
        throw listenFailure(error, host, port);
      }
      return urlOf(app.server.address(), host);
    },
    close: async () => {
      closing.abort();
      const cut = setTimeout(() => app.server.closeAllConnections(), limits.graceMs);
      const closed = app.close();
      endIdle();
      await closed;
      clearTimeout(cut);
    },
  };
}

function build(options: ServerOptions, limits: ServerLimits, closing: AbortSignal): FastifyInstance {
  const { service, clock, version, bodyBytesMax = 50_000_000, keys, onError } = options;
  const app = createApp(limits, Math.min(bodyBytesMax, jsonBytesMax));
  const guard = createGuard(keys);
  const counter = new RequestCounter();
  const budget = new UploadBudget(uploadsMax * bodyBytesMax);

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    if (keys.length > 0 && routeOf(request) === routes.health.path) return;
    guard(request.headers);
  });
  app.addHook("onSend", async (_request, reply) => {
    // What was in progress when the server closed is the last of its connection.
    if (closing.aborted) void reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    counter.add(request.method, routeOf(request), reply.statusCode, reply.elapsedTime / 1000);
    linger(request, limits.lingerMs);
  });
  // 499, as nginx has it: the client went away before its request was complete.
  app.addHook("onRequestAbort", async (request) => counter.add(request.method, routeOf(request), 499, 0));
  app.setNotFoundHandler(async ({ method, url }) => {
    throw new WeirError("route.unknown", `There is no ${method} ${url.split("?")[0]}.`);
  });
  app.setErrorHandler(async (error: Error, request, reply) => {
    const ours = inOurWords(error);
    const answer = problemOf(ours);
    if (answer.status === 500) onError?.(ours, { method: request.method, route: routeOf(request) });
    await sendProblem(reply, answer, ours instanceof WeirError ? ours.retryAfterMs : null);
  });

  const openapi = openApi(version);
  const { streamsMax } = limits;
  const streams = { count: 0 };
  const room = { service, clock, version, bodyBytesMax, budget, counter, openapi, closing, streams, streamsMax };
  mount(app, createHandlers(room));
  return app;
}

function createApp(limits: ServerLimits, bodyLimit: number): FastifyInstance {
  const app = fastify({
    bodyLimit,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      connectionsCheckingInterval: Math.min(limits.headersMs, 1_000),
    },
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => {
      void reply.headers(securityHeaders);
      void sendProblem(reply, problemOf(inOurWords(error)));
    },
  });
  app.server.maxConnections = limits.connectionsMax;
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, parseJson);
  // The file's size is watched where it is read; a form is never written to the disk.
  app.register(multipart, { throwFileSizeLimit: false });
  return app;
}

/** @param retryAfterMs when it is worth asking again, where that is known */
async function sendProblem(
  reply: FastifyReply,
  answer: ReturnType<typeof problemOf>,
  retryAfterMs: number | null = null,
): Promise<void> {
  if (answer.status === 401) void reply.header("www-authenticate", 'Bearer realm="weir"');
  if (retryAfterMs !== null) void reply.header("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
  else if (answer.status === 503) void reply.header("retry-after", "2");
  await reply.code(answer.status).type(problemType).send(answer);
}

/** As in the table: a bounded set, whatever paths are asked for. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url?.replaceAll(/:(\w+)/gu, "{$1}") ?? "none";
}

/** A client that was refused half-way may read the answer while it sends the rest, but not for ever. */
function linger({ raw }: FastifyRequest, lingerMs: number): void {
  if (raw.complete) return;
  const cut = setTimeout(() => raw.socket.destroy(), lingerMs);
  const done = () => clearTimeout(cut);
  raw.once("end", done);
  raw.once("close", done);
}

function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE" || code === "EACCES" || code === "EADDRNOTAVAIL") {
    return new WeirError("server.port-taken", `${host}:${port} cannot be listened on (${code}).`, { cause: error });
  }
  return error;
}

function urlOf(address: AddressInfo | string | null, host: string): URL {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return new URL(`http://${host.includes(":") ? `[${host.replaceAll(/[[\]]/gu, "")}]` : host}:${address.port}`);
}
