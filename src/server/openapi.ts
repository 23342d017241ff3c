import { z } from "zod";
import { type Route, components, idempotencyKeyMax, routes, submitTextSchema } from "../api/index.ts";
import type { ErrorCode, JsonObject } from "../core/index.ts";
import { everyCall, statusOf } from "./problem.ts";

/** The OpenAPI 3.1 document, written from the schemas that check requests and the table that the server is wired from. */
export function openApi(version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Weir",
      version,
      description: "Documents in, checked values out. Errors are RFC 9457 problem details with a stable code.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ key: [] }, {}],
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "One of WEIR_API_KEYS, where the server has any." },
      },
    },
  };
}

const refTo = (name: string) => `#/components/schemas/${name}`;

function schemas(): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(components)) registry.add(schema, { id: name });
  const made = z.toJSONSchema(registry, { uri: refTo, io: "input" }).schemas;
  return Object.fromEntries(
    Object.entries(made).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema as JsonObject]),
  );
}

function operation(name: string, route: Route): JsonObject {
  const { answer } = route;
  const body = requestBody(route);
  const content = answer.schema ? json(answer.schema) : { [answer.type ?? "text/plain"]: { schema: {} } };
  return {
    operationId: name,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.open ? { security: [{}] } : {}),
    parameters: parameters(route),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [String(answer.status)]: { description: answer.description, content },
      ...(name === "events" ? { "204": { description: "The run is over and every event was seen." } } : {}),
      ...problems([...route.codes, ...everyCall]),
    },
  };
}

function parameters(route: Route): JsonObject[] {
  const headers = (route.headers ?? []).map(({ name, description }) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string", maxLength: idempotencyKeyMax },
  }));
  return [...fieldsOf(route.params, "path"), ...fieldsOf(route.query, "query"), ...headers];
}

function fieldsOf(schema: z.ZodObject | undefined, where: "path" | "query"): JsonObject[] {
  if (!schema) return [];
  const made = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(made.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path",
    schema: property as JsonObject,
  }));
}

function requestBody(route: Route): JsonObject | null {
  if (!route.body) return null;
  const form = route.upload ? { "multipart/form-data": { schema: formSchema() } } : {};
  return { required: true, content: { ...form, ...json(route.body) } };
}

function formSchema(): JsonObject {
  const { workflow, id } = z.toJSONSchema(submitTextSchema, { io: "input" }).properties ?? {};
  return {
    type: "object",
    properties: { file: { type: "string", format: "binary" }, workflow: workflow as JsonObject, id: id as JsonObject },
    patternProperties: { "^set\\.": { type: "string" } },
    required: ["file"],
  };
}

const json = (name: string): JsonObject => ({ "application/json": { schema: { $ref: refTo(name) } } });

/** The codes that can come, under the status they come with. */
function problems(codes: readonly ErrorCode[]): JsonObject {
  const byStatus = Object.groupBy(codes, (code) => String(statusOf[code]));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, names = []]) => [
      status,
      {
        description: [...new Set(names)].join(", "),
        content: { "application/problem+json": { schema: { $ref: refTo("Problem") } } },
      },
    ]),
  );
}
