import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const words = (text: string) => text.split(" ");

/**
 * The rules of the house: imports point one way, towards src/core. A room is a folder or a file of
 * src/, or one of the folders beside it; what it may import is written here and nowhere else.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/core": [],
  "src/ports": ["src/core"],
  "src/config.ts": ["src/core"],
  "src/candidates": ["src/core"],
  "src/ranking": ["src/candidates", "src/core"],
  "src/confidence": ["src/core"],
  "src/learning": ["src/confidence", "src/ranking", "src/candidates", "src/core"],
  "src/summary": ["src/confidence", "src/core"],
  "src/profiles": ["src/ports", "src/core"],
  "src/slm": ["src/ports", "src/core"],
  "src/child.ts": ["src/core"],
  "src/document": ["src/child.ts", "src/ports", "src/core"],
  "src/report": ["src/core"],
  "src/disclosure": ["src/ranking", "src/candidates", "src/core"],
  "src/escalation": ["src/disclosure", "src/confidence", "src/ranking", "src/candidates", "src/ports", "src/core"],
  "src/steps": words(
    "src/escalation src/disclosure src/summary src/learning src/confidence src/ranking src/candidates src/slm src/ports src/core",
  ),
  "src/process-id.ts": [],
  "src/untraced.ts": [],
  "src/engine": ["src/process-id.ts", "src/untraced.ts", "src/confidence", "src/ports", "src/core"],
  "src/teaching": ["src/engine", "src/confidence", "src/ports", "src/core"],
  "src/models": ["src/ports", "src/core"],
  "src/telemetry": ["src/ports", "src/core"],
  "src/langchain": ["src/config.ts", "src/models", "src/slm", "src/ports", "src/core"],
  "src/web": ["src/ports", "src/core"],
  "src/ledger": ["src/ports", "src/core"],
  "src/cloud": ["src/untraced.ts", "src/ports", "src/core"],
  "src/airgap.ts": ["src/core"],
  "src/stores": ["src/ledger", "src/child.ts", "src/ports", "src/core"],
  "src/testing": ["src/ledger", "src/ports", "src/core"],
  "src/index.ts": ["src/engine", "src/steps", "src/ports", "src/core"],
  "src/load-failure.ts": ["src/core"],
  "src/load-workflow.ts": ["src/load-failure.ts", "src/engine", "src/core"],
  "src/build.ts": [],
  "src/upkeep": ["src/ledger", "src/ports", "src/core"],
  "src/intake.ts": ["src/ports", "src/core"],
  "src/service.ts": ["src/intake.ts", "src/load-workflow.ts", "src/engine", "src/ports", "src/core"],
  "src/app.ts": words(
    "src/build.ts src/service.ts src/intake.ts src/load-workflow.ts src/config.ts src/engine src/models src/stores src/web src/document " +
      "src/airgap.ts src/cloud src/ledger " +
      "src/upkeep src/teaching src/telemetry src/profiles src/report src/ports src/core",
  ),
  "src/api": ["src/ports", "src/core"],
  "src/client": ["src/api", "src/ports", "src/core"],
  "src/server": ["src/api", "src/report", "src/app.ts", "src/ports", "src/core"],
  "src/inbox": ["src/process-id.ts", "src/app.ts", "src/ports", "src/core"],
  "src/cli": words(
    "src/server src/client src/inbox src/app.ts src/load-workflow.ts src/config.ts src/report " +
      "src/steps src/ranking src/document src/models src/engine src/cloud src/ledger src/stores src/upkeep src/teaching src/summary src/telemetry src/confidence src/ports src/core",
  ),
  workers: [
    "src/airgap.ts",
    "src/document",
    "src/models",
    "src/stores",
    "src/app.ts",
    "src/server",
    "src/inbox",
    "src/config.ts",
  ],
  // As any user's workflow, plus the profile's own machinery for the ones that ship.
  workflows: ["src/index.ts", "src/ranking", "src/candidates", "src/core"],
};

/** Packages that have one room each: replacing one touches nothing else. */
const keepers: Readonly<Record<string, readonly string[]>> = {
  "@langchain/langgraph": ["src/engine"],
  "@langchain/langgraph-checkpoint": ["src/engine"],
  "@langchain/anthropic": ["src/cloud"],
  "@langchain/google-genai": ["src/cloud"],
  "@langchain/mistralai": ["src/cloud"],
  "@langchain/aws": ["src/cloud"],
  "node-llama-cpp": ["src/models"],
  "@cfworker/json-schema": ["src/slm"],
  "better-sqlite3": ["src/stores"],
  kysely: ["src/stores"],
  "pdf-parse": ["src/document"],
  "pdfjs-dist": ["src/document"],
  "@hyzyla/pdfium": ["src/document"],
  "@langchain/community": ["src/document"],
  htmlparser2: ["src/document"],
  "postal-mime": ["src/document"],
  pg: ["src/stores"],
  bullmq: ["src/stores"],
  ioredis: ["src/stores"],
  commander: ["src/cli"],
  pino: ["src/telemetry"],
  "@opentelemetry/api": ["src/telemetry"],
};

/** Rooms that touch no disk, no process, no time and no chance: what they need is handed in. */
const pure = new Set([
  "src/escalation",
  "src/disclosure",
  "src/ledger",
  "src/core",
  "src/candidates",
  "src/ranking",
  "src/confidence",
  "src/learning",
  "src/summary",
  "src/slm",
]);
const impure = /\b(?:process\.|Math\.random|Date\.now|new Date\(\)|setTimeout|setInterval|performance\.)/;
/** Hashing is a function of its input. */
const pureModules = new Set(["node:crypto"]);

const linesMax = 350;

const root = dirname(import.meta.dirname);

interface Source {
  /** Relative to the root. */
  readonly file: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly string[];
  /** Those that are there at run time: types may know each other both ways. */
  readonly loads: readonly string[];
}

const statement = /^(?:import|export)\b[^;"']*?\bfrom\s*"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

const sources: readonly Source[] = ["src", "workers", "workflows"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => sourceOf(`${folder}/${name.split(sep).join("/")}`)),
);

function sourceOf(file: string): Source {
  const text = readFileSync(join(root, file), "utf8");
  const statements = [...text.matchAll(statement)];
  const specifier = (found: RegExpExecArray) => found[1] ?? found[2] ?? found[3] ?? "";
  const imports = statements.map(specifier);
  const loads = statements.filter(([whole]) => !/^(?:import|export) type\b/.test(whole)).map(specifier);
  return { file, room: roomOf(file), text, imports, loads };
}

function roomOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return first === "src" ? `${first}/${second}` : first;
}

/** The file a relative import means, or null for a package. "weir" is what workflows call src/index.ts. */
function targetOf(source: Source, specifier: string): string | null {
  if (specifier === "weir") return "src/index.ts";
  if (!specifier.startsWith(".")) return null;
  return relative(root, resolve(root, dirname(source.file), specifier))
    .split(sep)
    .join("/");
}

const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

test("every file stands in a room of the table", () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter(({ room }) => !(room in rooms)).map(({ file }) => file)).toEqual([]);
});

test("the table itself points one way", () => {
  const settled = new Set<string>();
  const open = new Map(Object.entries(rooms));
  for (let before = -1; before !== settled.size;) {
    before = settled.size;
    for (const [room, may] of open) if (may.every((other) => settled.has(other))) settled.add(room);
  }
  expect(Object.keys(rooms).filter((room) => !settled.has(room))).toEqual([]);
});

test("no import points backwards", () => {
  const backwards = sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const target = targetOf(source, specifier);
      const allowed = target === null || roomOf(target) === source.room || rooms[source.room]?.includes(roomOf(target));
      return allowed ? [] : [`${source.file} → ${target}`];
    }),
  );
  expect(backwards).toEqual([]);
});

test("no file imports itself, however long the way", () => {
  const next = new Map(sources.map((source) => [source.file, source.loads.map((one) => targetOf(source, one))]));
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file))
      throw new Error(`A circle of imports: ${[...way.slice(way.indexOf(file)), file].join(" → ")}`);
    if (done.has(file)) return;
    for (const target of next.get(file) ?? []) if (target) visit(target, [...way, file]);
    done.add(file);
  };
  for (const { file } of sources) visit(file, []);
  expect(done.size).toBeGreaterThanOrEqual(sources.length);
});

test("each heavy package has one room", () => {
  const strays = sources.flatMap(({ file, room, imports }) =>
    imports.filter((one) => keepers[packageOf(one)]?.includes(room) === false).map((one) => `${file} imports ${one}`),
  );
  expect(strays).toEqual([]);
});

/** Handing the environment on to a child process, or Node's own compile cache, is not reading configuration. */
const handedOn = /\.\.\.process\.env\b|process\.env\["NODE_COMPILE_CACHE"\]/g;

test("only src/config.ts reads the environment", () => {
  const readers = sources.filter(({ text }) => /\bprocess\.env\b/.test(text.replaceAll(handedOn, "")));
  expect(readers.map(({ file }) => file)).toEqual(["src/config.ts"]);
});

function stainsOf({ file, text, imports }: Source): readonly string[] {
  const outside = imports.filter((one) => one.startsWith("node:") && !pureModules.has(one));
  const lines = text.split("\n").filter((line) => impure.test(line) && !/^\s*[*/]/.test(line));
  return [...outside, ...lines].map((what) => `${file}: ${what.trim()}`);
}

test("pure rooms touch no disk, process, time or chance", () => {
  const stains = sources.filter(({ room }) => pure.has(room)).flatMap((source) => stainsOf(source));
  expect(stains).toEqual([]);
});

test("workers are a dozen lines", () => {
  const long = sources.filter(({ room, text }) => room === "workers" && text.split("\n").length > 30);
  expect(long.map(({ file }) => file)).toEqual([]);
});

test("no file is too long to read", () => {
  const long = sources.filter(({ text }) => text.split("\n").length > linesMax);
  expect(long.map(({ file }) => file)).toEqual([]);
});
