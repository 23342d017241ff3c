import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, test } from "vitest";
import { doubted } from "../../test/support/drafts.ts";
import { fileForm, postForm, postJson, startServer } from "../../test/support/http.ts";
import { components, routes } from "../api/index.ts";
import { openApi } from "./openapi.ts";

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: { $ref?: string } }> }>;
}

const document = openApi("0.0.0-test") as unknown as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
};

const contract = [
  "POST /v1/runs",
  "GET /v1/runs",
  "GET /v1/runs/{run}",
  "GET /v1/runs/{run}/events",
  "POST /v1/runs/{run}/cancel",
  "POST /v1/runs/{run}/retry",
  "POST /v1/retries",
  "DELETE /v1/documents/{document}",
  "GET /v1/reviews",
  "GET /v1/reviews/{run}",
  "POST /v1/reviews/{run}",
  "GET /v1/workflows",
  "GET /healthz",
  "GET /readyz",
  "GET /metrics",
  "GET /openapi.json",
  "GET /",
];

function operation(method: string, path: string): Operation {
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`${method} ${path} is not documented.`);
  return found;
}

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

/** What is wrong with a value, by the document's schema of that answer. */
function misfit(method: string, path: string, status: number, type: string, value: unknown): unknown {
  const schema = operation(method, path).responses[String(status)]?.content?.[type]?.schema;
  if (!schema) throw new Error(`${method} ${path} has no ${status} ${type}.`);
  const validate = ajv.compile({ $ref: `weir.json${schema.$ref}` });
  return validate(value) ? null : validate.errors;
}

describe("the OpenAPI document", () => {
  beforeAll(() => {
    ajv.addSchema(document, "weir.json");
  });

  test("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  test("has every call of the contract, and nothing refers to what is not there", () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(contract.toSorted());
    expect(Object.keys(document.components.schemas).toSorted()).toEqual(Object.keys(components).toSorted());
    for (const name of Object.keys(components)) {
      expect(ajv.compile({ $ref: `weir.json#/components/schemas/${name}` })).toBeTypeOf("function");
    }
  });

  test("is what the server hands out, and the server has every call in it", async () => {
    const { url } = await startServer();
    expect(await (await fetch(new URL("/openapi.json", url))).json()).toEqual(document);
    for (const { method, path } of Object.values(routes)) {
      const answer = await fetch(new URL(path.replace("{run}", "01NONE"), url), { method });
      expect(await answer.text()).not.toContain("route.unknown");
    }
  });

  test("fits what the server really answers", async () => {
    const { url, service } = await startServer();
    const ask = async (method: string, path: string, init: RequestInit = {}, run = "", query = "") => {
      const answer = await fetch(new URL(path.replace("{run}", run) + query, url), { method, ...init });
      const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
      const value = (await answer.json()) as { readonly run: string };
      expect(misfit(method, path, answer.status, type, value)).toBeNull();
      return { status: answer.status, value };
    };
    const { run } = (await ask("POST", "/v1/runs", postForm(fileForm("a")), "", "?workflow=receipt")).value;
    service.move(run, "running", { startedAt: 1 });
    service.move(run, "waiting", { waiting: { reason: "retry", until: 1_000 } });
    await ask("GET", "/v1/runs");
    await ask("GET", "/v1/runs/{run}", {}, run);
    service.move(run, "running");
    service.openReview(run, doubted);
    await ask("GET", "/v1/reviews");
    await ask("GET", "/v1/reviews/{run}", {}, run);
    await ask("GET", "/v1/runs/{run}", {}, run);
    const decisions = { total: { value: "327.00" } };
    expect(await ask("POST", "/v1/reviews/{run}", postJson({ version: 7, decisions }), run)).toMatchObject({
      status: 409,
    });
    expect(await ask("POST", "/v1/reviews/{run}", postJson({ version: 1, decisions }), run)).toMatchObject({
      status: 200,
    });
    expect(await ask("POST", "/v1/runs/{run}/cancel", {}, run)).toMatchObject({ status: 202 });
    expect(await ask("POST", "/v1/runs/{run}/cancel", {}, run)).toMatchObject({ status: 409 });
    expect(await ask("POST", "/v1/runs/{run}/retry", {}, run)).toMatchObject({ status: 202 });
    await ask("GET", "/v1/workflows");
    await ask("GET", "/healthz");
    await ask("GET", "/readyz");
    service.health = { accepting: false, problem: null };
    expect(await ask("GET", "/readyz")).toMatchObject({ status: 503 });
    expect(await ask("GET", "/v1/runs/{run}", {}, "01NONE")).toMatchObject({ status: 404 });
    expect(await ask("POST", "/v1/runs", postJson({ text: "" }), "", "?workflow=none")).toMatchObject({ status: 422 });
  });

  test("would notice an answer that does not fit", () => {
    expect(misfit("GET", "/healthz", 200, "application/json", { status: "ill" })).not.toBeNull();
    expect(misfit("GET", "/v1/runs/{run}", 200, "application/json", { schema: "weir.result/1" })).not.toBeNull();
  });
});
