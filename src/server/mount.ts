import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { type Route, components, routes } from "../api/index.ts";
import { WeirError } from "../core/index.ts";
import type { Handlers } from "./handlers.ts";

/** Wires the table of routes to its handlers, with every request checked against the table's schemas. */
export function mount(app: FastifyInstance, handlers: Handlers): void {
  // Routes belong after the plugins that they need have loaded.
  app.register(async (loaded) => {
    for (const [name, route] of Object.entries(routes)) {
      mountOne(loaded, route, handlers[name as keyof Handlers] as Handler);
    }
  });
}

/** A handler of any route: `mountOne` checks what it is handed by the very schemas that its type is made from. */
type Handler = (call: {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}) => Promise<unknown>;

function mountOne(app: FastifyInstance, route: Route, handler: Handler): void {
  const body: z.ZodType | undefined = route.body && components[route.body];
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/gu, ":$1"),
    // A HEAD on a stream would never end.
    exposeHeadRoute: route.method === "GET" && route.answer.type !== "text/event-stream",
    handler: async (request, reply) => {
      const call = {
        params: checked("path", route.params, request.params),
        query: checked("query", route.query, request.query),
        body: body && !isForm(route, request) ? checked("body", body, jsonBody(request)) : undefined,
        request,
        reply,
      };
      reply.code(route.answer.status);
      return await handler(call);
    },
  });
}

const isForm = (route: Route, request: FastifyRequest) => route.upload === true && request.isMultipart();

/** @throws WeirError `request.content-type` */
function jsonBody({ body, headers }: FastifyRequest): unknown {
  if (headers["content-type"] === undefined) {
    throw new WeirError("request.content-type", "The request has no body, or none with a content type.");
  }
  return body;
}

/** @throws WeirError `request.invalid`, naming up to three places */
function checked(where: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 3);
  const places = issues.map(({ path, message }) => `${[where, ...path.map(String)].join(".")}: ${message}`);
  throw new WeirError("request.invalid", `${places.join("; ")}.`);
}
