import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("WEIR_LOG is a level, a format or both, in any order", () => {
  const log = (WEIR_LOG: string) => readConfig({ WEIR_LOG }, "/x").log;
  expect(log("debug")).toEqual({ level: "debug", format: null });
  expect(log("json")).toEqual({ level: "info", format: "json" });
  expect(log("text, silent")).toEqual({ level: "silent", format: "text" });
  expect(() => log("verbose")).toThrow(/WEIR_LOG is a level \(debug, .*\), a format \(text, json\)/);
  expect(() => log("info,debug")).toThrow("WEIR_LOG");
});

test("an empty environment gives the defaults, relative to where the command was called", () => {
  expect(readConfig({}, "/somewhere")).toEqual({
    callerDir: "/somewhere",
    log: { level: "info", format: null },
    limits: { queueMax: 10_000, documentBytesMax: 50_000_000, diskFreeMin: 100_000_000 },
    concurrency: {},
    retentionMs: null,
    dataDir: "/somewhere/.weir",
    cacheDir: join(homedir(), ".cache", "weir"),
    model: null,
    largeModel: null,
    airgap: false,
    apiKeys: [],
    databaseUrl: null,
    redisUrl: null,
    cloud: null,
    prices: null,
    color: null,
  });
});

test("variables are read, paths become absolute, empty ones count as unset", () => {
  const config = readConfig(
    {
      WEIR_DATA: "state",
      WEIR_API_KEYS: "one, two,",
      WEIR_CACHE: "/big/models",
      WEIR_MODEL: "qwen3-0.6b",
      WEIR_MODEL_LARGE: "hf:a/b:Q4_K_M",
      WEIR_AIRGAP: "1",
      NO_COLOR: "1",
    },
    "/somewhere",
  );
  expect(config).toMatchObject({
    dataDir: "/somewhere/state",
    cacheDir: "/big/models",
    model: "qwen3-0.6b",
    largeModel: "hf:a/b:Q4_K_M",
    airgap: true,
    apiKeys: ["one", "two"],
    color: false,
  });
  expect(readConfig({ WEIR_DATA: "", WEIR_MODEL: "", WEIR_AIRGAP: "" }, "/x").dataDir).toBe("/x/.weir");
  expect(readConfig({ XDG_CACHE_HOME: "/cache" }, "/x").cacheDir).toBe("/cache/weir");
  expect(readConfig({ XDG_CACHE_HOME: "relative" }, "/x").cacheDir).toBe(join(homedir(), ".cache", "weir"));
});

test("PostgreSQL and Redis are URLs, Redis only beside PostgreSQL; a wrong one is not repeated, it may hold a password", () => {
  const WEIR_DATABASE_URL = "postgres://weir:secret@db/weir";
  const config = readConfig({ WEIR_DATABASE_URL, WEIR_REDIS_URL: "redis://cache:6379" }, "/x");
  expect(config).toMatchObject({ databaseUrl: WEIR_DATABASE_URL, redisUrl: "redis://cache:6379" });
  const message = (env: Record<string, string>) => {
    try {
      readConfig(env, "/x");
    } catch (error) {
      return (error as Error).message;
    }
    return "taken";
  };
  expect(message({ WEIR_DATABASE_URL: "weir:secret@db" })).toBe("WEIR_DATABASE_URL is a postgres:// URL");
  expect(message({ WEIR_DATABASE_URL, WEIR_REDIS_URL: "cache:secret" })).toBe("WEIR_REDIS_URL is a redis:// URL");
  expect(message({ WEIR_REDIS_URL: "redis://cache" })).toContain("WEIR_DATABASE_URL is not");
});

test("under npm the caller's folder counts, unless the process moved on", () => {
  const npm = { INIT_CWD: "/caller", npm_package_json: "/clone/package.json" };
  expect(readConfig(npm, "/clone").callerDir).toBe("/caller");
  expect(readConfig(npm, "/elsewhere").callerDir).toBe("/elsewhere");
});

test("limits are numbers and sizes as people write them, and workflows with a number each", () => {
  const config = readConfig(
    {
      WEIR_QUEUE_MAX: "50",
      WEIR_DOCUMENT_MAX: "1.5GB",
      WEIR_DISK_FREE_MIN: "0",
      WEIR_CONCURRENCY: "invoice=2, ticket=4",
    },
    "/x",
  );
  expect(config.limits).toEqual({ queueMax: 50, documentBytesMax: 1.5e9, diskFreeMin: 0 });
  expect(config.concurrency).toEqual({ invoice: 2, ticket: 4 });
  expect(readConfig({ WEIR_RETENTION: "30d" }, "/x").retentionMs).toBe(30 * 86_400_000);
  const wrong = [
    { WEIR_QUEUE_MAX: "0" },
    { WEIR_DOCUMENT_MAX: "big" },
    { WEIR_CONCURRENCY: "invoice" },
    { WEIR_RETENTION: "long" },
  ];
  for (const env of wrong) expect(() => readConfig(env, "/x")).toThrow(Object.keys(env)[0]);
});

test("a wrong value is refused with the variable's name", () => {
  expect(() => readConfig({ WEIR_AIRGAP: "maybe" }, "/x")).toThrow('WEIR_AIRGAP is 1 or 0, not "maybe"');
});

test("NO_COLOR goes before FORCE_COLOR, which goes before what the terminal can show", () => {
  const color = (env: Record<string, string>) => readConfig(env, "/x").color;
  expect(color({ NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
  expect(color({ FORCE_COLOR: "1", TERM: "dumb" })).toBe(true);
  expect(color({ FORCE_COLOR: "0" })).toBe(false);
  expect(color({ TERM: "dumb" })).toBe(false);
  expect(color({ NO_COLOR: "", FORCE_COLOR: "", TERM: "xterm" })).toBeNull();
});
