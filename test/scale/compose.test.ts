import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { z } from "zod";

/** What can be said about the containers without Docker. */

const root = path.join(import.meta.dirname, "..", "..");
const page = (name: string) => readFileSync(path.join(root, name), "utf8");

const Service = z.strictObject({
  image: z.string(),
  build: z.literal(".").optional(),
  restart: z.literal("unless-stopped"),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal("service_healthy") })).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string().optional(),
    })
    .optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });

const { services, volumes } = Compose.parse(parse(page("docker-compose.yml"), { merge: true }));
const service = (name: string): z.infer<typeof Service> => Service.parse(services[name]);
const ours = ["api", "worker", "inbox"].map((name) => service(name));

/** The first cells of the table of settings. */
const documented = [...page("docs/operations.md").matchAll(/^\| `(WEIR_[A-Z_]+)` /gm)].map((found) => found[1] ?? "");

test("docs/operations.md lists the variables that src/config.ts reads, all of them and no others", () => {
  const read = [...page("src/config.ts").matchAll(/^ {2}(WEIR_[A-Z_]+):/gm)].map((found) => found[1] ?? "");
  expect(read.length).toBeGreaterThan(5);
  expect(documented.toSorted()).toEqual(read.toSorted());
});

test("the containers are PostgreSQL, Redis and the three parts of Weir, from one image", () => {
  expect(Object.keys(services).toSorted()).toEqual(["api", "inbox", "postgres", "redis", "worker"]);
  expect(new Set(ours.map(({ image }) => image))).toEqual(new Set(["weir"]));
  expect(ours.map(({ command }) => command?.[0])).toEqual(["api", "worker", "inbox"]);
  // Of what can be scaled there must be no fixed port or name.
  expect(service("worker").ports).toBeUndefined();
});

test("the variables the containers are given are documented ones, and secrets have no default", () => {
  const names = new Set([
    ...ours.flatMap(({ environment }) => Object.keys(environment ?? {})),
    ...dockerfileSettings(),
  ]);
  expect([...names].filter((name) => !documented.includes(name))).toEqual([]);
  expect(names).toContain("WEIR_DATABASE_URL");
  expect(names).toContain("WEIR_REDIS_URL");
  const secrets = page("docker-compose.yml").match(/\$\{(?:POSTGRES_PASSWORD|WEIR_API_KEYS)[^}]*\}/g) ?? [];
  expect(secrets.length).toBeGreaterThan(2);
  expect(secrets.filter((secret) => !secret.includes(":?"))).toEqual([]);
});

const dockerfileSettings = () => [...page("Dockerfile").matchAll(/\b(WEIR_[A-Z_]+)=/g)].map((found) => found[1] ?? "");

test("Weir waits until what it needs is healthy, and everything kept is in a volume", () => {
  for (const [name, { depends_on: needs = {} }] of Object.entries(services)) {
    for (const other of Object.keys(needs))
      expect([name, other, service(other).healthcheck !== undefined]).toEqual([name, other, true]);
  }
  expect(ours.every(({ depends_on: needs }) => needs?.["postgres"] !== undefined)).toBe(true);
  expect(service("redis").command?.join(" ")).toContain("--appendonly yes");
  const named = Object.values(services).flatMap(({ volumes: mounts = [] }) =>
    mounts.map((mount) => mount.split(":")[0] ?? ""),
  );
  expect(new Set(named)).toEqual(new Set([...Object.keys(volumes), "./inbox"]));
});

test("the image runs Weir as an unprivileged user, with its models in a volume", () => {
  const lines = page("Dockerfile").split("\n");
  expect(lines).toContain("USER node");
  expect(lines).toContain('VOLUME ["/data", "/models"]');
  expect(lines.findIndex((line) => line.startsWith("USER"))).toBeLessThan(
    lines.findIndex((line) => line.startsWith("ENTRYPOINT")),
  );
  // What the image copies is there to be copied, and the launcher is among it.
  const copied = lines.flatMap((line) => /^COPY (.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);
  expect(copied).toEqual(expect.arrayContaining(["bin", "src", "workers", "workflows", "package.json"]));
  const ignored = new Set(page(".dockerignore").split("\n"));
  expect(copied.filter((name) => ignored.has(name))).toEqual([]);
});
