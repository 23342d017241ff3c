import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { billWorkflow, cloudAt } from "./support/cloud-bill.ts";
import { answers, cloudServer } from "./support/cloud-server.ts";
import { testEngine } from "./support/engine.ts";

const bin = join(import.meta.dirname, "..", "bin", "weir.mjs");

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "weir-cli-cloud-"));
});
afterEach(() => rmSync(data, { recursive: true }));

async function weir(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = "", HOME = "" } = process.env;
  const command = promisify(execFile)(process.execPath, [bin, ...args, "--data", data], {
    env: { PATH, HOME, ...env },
  });
  return await command.then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  );
}

test.each([
  ["an unknown provider", { WEIR_CLOUD: "oracle:big" }, /no PROVIDER:MODEL.*config\.invalid/],
  ["no model", { WEIR_CLOUD: "openai:" }, /no PROVIDER:MODEL/],
  ["no key", { WEIR_CLOUD: "openai:gpt-5-mini" }, /needs WEIR_CLOUD_API_KEY/],
  ["an address that is none", { WEIR_CLOUD: "openai:m", WEIR_CLOUD_BASE_URL: "nowhere" }, /WEIR_CLOUD_BASE_URL/],
  [
    "a package that is missing",
    { WEIR_CLOUD: "mistral:m", WEIR_CLOUD_API_KEY: "k" },
    /npm install @langchain\/mistralai/,
  ],
  ["prices that are none", { WEIR_PRICES: "/nowhere.json" }, /WEIR_PRICES/],
])("%s is said before any work, with what to do", async (_, env, words) => {
  const { code, text } = await weir(["ls"], env);
  expect(text).toMatch(words);
  expect(text).not.toContain(" at ");
  expect(code).toBe(2);
});

test("under the airgap a cloud that is configured is none", async () => {
  const env = { WEIR_CLOUD: "openai:m", WEIR_CLOUD_API_KEY: "k", WEIR_AIRGAP: "1" };
  expect(await weir(["ls"], env)).toMatchObject({ code: 0 });
});

describe("weir doctor", () => {
  const findings = async (env: Readonly<Record<string, string>>) => {
    const { text } = await weir(["doctor", "--json"], env);
    const lines = text.split("\n").filter((line) => line.startsWith("{"));
    const all = lines.map((line) => JSON.parse(line) as { name: string; state: string; says: string; mend: string });
    return Object.fromEntries(all.map((one) => [one.name, one]));
  };

  it("says whether the cloud can be asked, and what it costs, without asking it anything", async () => {
    const server = await cloudServer(() => "never");
    const env = { WEIR_CLOUD: "openai:oracle", WEIR_CLOUD_BASE_URL: server.url };
    const { cloud, price } = await findings(env);
    await server.close();
    expect(cloud).toMatchObject({ state: "ok", says: expect.stringContaining("knows oracle") });
    expect(price).toMatchObject({
      state: "note",
      says: expect.stringMatching(/openai:oracle is not on .* reckoned as/),
    });
    expect(price?.mend).toContain("WEIR_PRICES=");
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([["GET", ""]]);
  });

  it("says that it cannot, with what mends it, and is not well then", async () => {
    const env = { WEIR_CLOUD: "openai:gpt-5-mini", WEIR_CLOUD_BASE_URL: "http://127.0.0.1:65535/v1" };
    const { cloud, price } = await findings(env);
    expect(cloud).toMatchObject({ state: "not ok", mend: expect.stringContaining("WEIR_CLOUD_BASE_URL") });
    expect(price).toMatchObject({ state: "ok", says: expect.stringMatching(/0\.25 and 2 USD .*\d{4}-\d\d-\d\d/) });
    expect(await weir(["doctor"], env)).toMatchObject({ code: 1 });
    expect((await findings({ ...env, WEIR_AIRGAP: "1" }))["cloud"]).toMatchObject({ state: "note" });
    expect((await findings({}))["cloud"]).toBeUndefined();
  });
});

describe("the record", () => {
  /** One bill that the cloud settled. */
  async function oneBill(): Promise<string> {
    const server = await cloudServer((request) =>
      answers(request, ({ candidates }) => candidates.findIndex((one) => /^(?:119|100|19),00$/.test(one))),
    );
    const definition = billWorkflow();
    const made = await testEngine({ workflows: [definition], folder: data, cloud: cloudAt(server.url) });
    const run = await made.finish(await made.submit(definition));
    await made.close();
    await server.close();
    expect(run.status).toBe("succeeded");
    return run.id;
  }

  it("shows what left, for all and for one, and holds", async () => {
    const run = await oneBill();
    expect((await weir(["ledger"])).text).toMatch(/→ sent.*net, tax, total[\s\S]*← received.*answered/);
    const { text } = await weir(["ledger", run]);
    expect(text).toContain("\\nBetrag A 119,00\\n");
    expect(text).toMatch(/^ {2}Betrag A 119,00$/m);
    expect(text).toContain("authorization: Bearer ***");
    expect(text).not.toContain("secret-key");
    const lines = (await weir(["ledger", "--json"])).text.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["sent", "received"]);
    const verified = await weir(["audit", "verify"]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.text).toMatch(/3 entries, all as they were written/);
  });

  it.each([
    ["a byte that left", "UPDATE record SET body = x'7b7d' WHERE seq = 1", /entry 1 is not what was written/],
    ["an entry that is gone", "DELETE FROM record WHERE seq = 2", /entry 2 is missing/],
    ["a result", `UPDATE runs SET draft = replace(draft, '"119.00"', '"911.00"')`, /is not the one that was decided/],
  ])("%s cannot be changed without it showing", async (_, change, words) => {
    await oneBill();
    const database = new Database(join(data, "weir.db"));
    database.exec(change);
    database.close();
    const { code, text } = await weir(["audit", "verify"]);
    expect(text).toMatch(words);
    expect(text).toContain("ledger.broken");
    expect(code).toBe(1);
  });

  it("misses its own end where somebody kept a hash of it", async () => {
    await oneBill();
    const { head } = JSON.parse((await weir(["audit", "verify", "--json"])).text) as { head: string };
    const database = new Database(join(data, "weir.db"));
    database.exec("DELETE FROM record WHERE seq = 3");
    database.close();
    expect(await weir(["audit", "verify"])).toMatchObject({ code: 0 });
    const { code, text } = await weir(["audit", "verify", "--head", head]);
    expect(text).toMatch(/the end of the record is gone/);
    expect(code).toBe(1);
  });
});
