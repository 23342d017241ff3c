import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { money } from "../../core/index.ts";
import type { Databases, Web, WebAnswer, WebFailure, WebRequest } from "../../ports/index.ts";
import { csv, http, setting, sql } from "./index.ts";
import type { SourceContext } from "./source.ts";

const Vendor = z.object({ number: z.string(), name: z.string(), limit: money().nullable(), active: z.boolean() });

const never = new Proxy({}, { get: () => () => expect.fail("not to be asked") });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-sources-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const context = (change: Partial<SourceContext> = {}): SourceContext => ({
  web: never as Web,
  databases: never as Databases,
  settings: {},
  folder,
  signal: new AbortController().signal,
  ...change,
});

describe("a CSV file", () => {
  const vendors = csv("vendor", { file: "vendors.csv", match: "number", row: Vendor });
  const find = (key: string) => vendors.find({ key }, context());
  const write = (text: string) => writeFileSync(join(folder, "vendors.csv"), text);

  test("gives typed rows of the matching key", async () => {
    write('\uFEFFnumber,name,limit,active,note\n17,"Nord, GmbH",100.00,true,x\n18,Süd,,false,y\n18,Süd 2,5,true,z\n');
    expect(await find("17")).toEqual([{ number: "17", name: "Nord, GmbH", limit: "100.00", active: true }]);
    expect(await find(" 18 ")).toHaveLength(2);
    expect(await find("19")).toEqual([]);
  });

  test("is read anew when it has changed, with semicolons too", async () => {
    write("number,name,limit,active\n17,Nord,1,true\n");
    await find("17");
    write("number;name;limit;active\n17;Ost;1;true\n");
    utimesSync(join(folder, "vendors.csv"), 1, 1);
    expect(await find("17")).toMatchObject([{ name: "Ost" }]);
  });

  test("that is missing, has no such column, or holds nonsense says which", async () => {
    await expect(find("17")).rejects.toMatchObject({ code: "lookup.unreachable", next: "retry" });
    write("nummer,name\n17,Nord\n");
    await expect(find("17")).rejects.toMatchObject({
      code: "lookup.misconfigured",
      message: expect.stringContaining('no column "number", only nummer, name'),
    });
    write("number,name,limit,active\n17,Nord,a lot,true\n");
    await expect(find("17")).rejects.toMatchObject({
      code: "lookup.bad-answer",
      message: expect.stringContaining('wrong "limit"'),
    });
  });

  test("can be named when the workflow is called", async () => {
    writeFileSync(join(folder, "other.csv"), "number,name,limit,active\n17,Nord,1,true\n");
    const given = csv("vendor", { file: setting("vendors"), match: "number", row: Vendor });
    expect(await given.find({ key: "17" }, context({ settings: { vendors: "other.csv" } }))).toHaveLength(1);
    await expect(given.find({ key: "17" }, context())).rejects.toMatchObject({
      code: "lookup.misconfigured",
      hint: "Call it with --set vendors=FILE.",
    });
  });
});

describe("a database", () => {
  const query = "select number, name, 'a:b' as x, cap as \"limit\", active from vendor where number = :key -- :none";

  test("is asked with values, never with text made of them, and its numbers are read as the schema wants", async () => {
    const asked: unknown[] = [];
    const databases: Databases = {
      query: async ({ values, database }) => {
        asked.push({ values, database });
        return [{ number: 17, name: "Nord", limit: 100, active: "true" }];
      },
      close: async () => {},
    };
    const vendors = sql("vendor", { file: "shop.sqlite", query, row: Vendor });
    expect(vendors.parameters).toEqual(["key"]);
    expect(await vendors.find({ key: "1' or 1=1" }, context({ databases }))).toEqual([
      { number: "17", name: "Nord", limit: "100", active: true },
    ]);
    expect(asked).toEqual([{ values: { key: "1' or 1=1" }, database: join(folder, "shop.sqlite") }]);
  });

  test.each([
    ["answers with other columns", [{ nom: "Nord" }]],
    ["answers with nothing where a value must be", [{ number: "17", name: null, limit: "100", active: "true" }]],
    ["answers with words for numbers", [{ number: "17", name: "Nord", limit: "plenty", active: "true" }]],
  ])("that %s says so with a code", async (_, rows) => {
    const databases: Databases = { query: async () => rows, close: async () => {} };
    const vendors = sql("vendor", { file: "shop.sqlite", query, row: Vendor });
    await expect(vendors.find({ key: "17" }, context({ databases }))).rejects.toMatchObject({
      code: "lookup.bad-answer",
    });
  });

  test("without a value to ask with does not load", () => {
    expect(() => sql("vendor", { file: "a", query: "select ':key'", row: Vendor })).toThrow(/no value to ask with/);
  });
});

describe("a system over HTTP", () => {
  const row = z.object({ name: z.string() });
  const asked: WebRequest[] = [];
  const answering = (answer: Partial<WebAnswer> | WebFailure) => {
    asked.length = 0;
    const web: Web = {
      request: async (request) => {
        asked.push(request);
        return "why" in answer ? answer : { ok: true, status: 200, headers: {}, body: "", ...answer };
      },
    };
    return context({ web });
  };
  const shop = http("order", {
    url: "https://shop.example/orders/{key}?of={key}",
    pointer: "/data/0",
    row,
    headers: () => ({ authorization: "Bearer secret" }),
  });
  const find = (key: string, answer: Partial<WebAnswer> | WebFailure) => shop.find({ key }, answering(answer));

  test("is asked at its own host whatever the value is", async () => {
    const body = JSON.stringify({ data: [{ name: "Nord" }] });
    expect(await find("a/../b?x=1#@evil", { body })).toEqual([{ name: "Nord" }]);
    expect(asked[0]?.url).toBe(
      "https://shop.example/orders/a%2F..%2Fb%3Fx%3D1%23%40evil?of=a%2F..%2Fb%3Fx%3D1%23%40evil",
    );
    await find("..", { body });
    expect(asked[0]?.url).toBe("https://shop.example/orders/%2E%2E?of=%2E%2E");
    expect(asked[0]?.headers).toEqual({ authorization: "Bearer secret" });
    expect(JSON.stringify(shop.shape)).not.toContain("secret");
  });

  test("that knows no such thing gives no row", async () => {
    expect(await find("1", { status: 404 })).toEqual([]);
    expect(await find("1", { body: '{"data":[]}' })).toEqual([]);
  });

  test.each([
    ["is too busy", { status: 503 }, "lookup.unreachable"],
    ["is down", { ok: false, why: "unreachable", message: "" }, "lookup.unreachable"],
    ["takes too long", { ok: false, why: "timeout", message: "" }, "lookup.timeout"],
    ["says no", { status: 403 }, "lookup.refused"],
    ["sends elsewhere", { ok: false, why: "redirect", message: "" }, "lookup.refused"],
    ["may not be asked", { ok: false, why: "airgap", message: "" }, "lookup.refused"],
    ["never ends", { ok: false, why: "too-large", message: "" }, "lookup.bad-answer"],
    ["answers with a page", { body: "<html>" }, "lookup.bad-answer"],
    ["answers with something else", { body: '{"data":[{"nom":"Nord"}]}' }, "lookup.bad-answer"],
    ["answers with a bare word", { body: '{"data":["Nord"]}' }, "lookup.bad-answer"],
  ] as const)("that %s says so with a code", async (_, answer, code) => {
    await expect(find("1", answer)).rejects.toMatchObject({ code });
  });

  test("has a host that no value can change", () => {
    for (const url of ["https://{key}/", "https://shop.{key}.example/", "ftp://shop/{key}", "https://u@{key}/"]) {
      expect(() => http("order", { url, row })).toThrow(/must begin with http/);
    }
    expect(() => http("order", { url: "https://shop.example/", row })).toThrow(/no value to ask with/);
  });
});

test("a list of rows over real HTTP", async () => {
  const { createWeb } = await import("../../web/web.ts");
  const server: Server = createServer((_, response) => response.end('[{"name":"a"},{"name":"b"}]'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const source = http("order", { url: `http://127.0.0.1:${port}/{key}`, row: z.object({ name: z.string() }) });
  const found = await source.find({ key: "1" }, context({ web: createWeb({ airgap: false }) }));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(found).toEqual([{ name: "a" }, { name: "b" }]);
});
