import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkCloud, listedAs, readPrices } from "../cloud/index.ts";
import type { Config } from "../config.ts";
import { listModels } from "../models/library.ts";
import { systemClock } from "../stores/clock.ts";
import { openSqlite } from "../stores/sqlite/open.ts";
import { modelSettings } from "./models.ts";
import { megabytes } from "./render/text.ts";

/** One thing looked at. A note can wait; what is not ok keeps Weir from working. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "note" | "not ok";
  readonly says: string;
  /** The command that mends it. */
  readonly mend: string | null;
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const nodeMajorNeeded = 24;
const postgresMajorNeeded = 13;
/** Room for the data folder to work at all, and for the default models with their downloads. */
const diskNeeded = 200e6;
const downloadNeeded = 600e6;

export async function examine(config: Config): Promise<readonly Finding[]> {
  return await Promise.all([
    node(),
    database(),
    ...shared(config),
    dataFolder(config),
    disk(config),
    memory(config),
    models(config),
    ...stronger(config),
    pip(config),
    inference(),
    graphics(),
  ]);
}

const ok = (name: string, says: string): Finding => ({ name, state: "ok", says, mend: null });
const note = (name: string, says: string, mend: string | null): Finding => ({ name, state: "note", says, mend });
const bad = (name: string, says: string, mend: string): Finding => ({ name, state: "not ok", says, mend });

function node(): Finding {
  const { node: version } = process.versions;
  return Number(version.split(".")[0]) >= nodeMajorNeeded
    ? ok("Node", version)
    : bad("Node", `${version}, needed is ${nodeMajorNeeded}`, `cd ${root} && npm ci`);
}

async function database(): Promise<Finding> {
  try {
    const { store } = await openSqlite({ folder: ":memory:", clock: systemClock });
    await store.close();
    return ok("SQLite", "loads");
  } catch (error) {
    return bad("SQLite", `does not load (${reason(error)})`, `cd ${root} && npm ci`);
  }
}

/** The servers that several machines share, where they are configured. */
function shared({ databaseUrl, redisUrl }: Config): readonly Promise<Finding>[] {
  return [...(databaseUrl === null ? [] : [postgres(databaseUrl)]), ...(redisUrl === null ? [] : [redis(redisUrl)])];
}

async function postgres(url: string): Promise<Finding> {
  try {
    const version = await (await import("../stores/postgres/ping.ts")).pingPostgres(url);
    return Number.parseInt(version) >= postgresMajorNeeded
      ? ok("PostgreSQL", version)
      : bad("PostgreSQL", `${version}, needed is ${postgresMajorNeeded}`, "update PostgreSQL");
  } catch (error) {
    return bad("PostgreSQL", reason(error), "start it, or correct WEIR_DATABASE_URL");
  }
}

/** Work goes on without it. */
async function redis(url: string): Promise<Finding> {
  try {
    const version = await (await import("../stores/bullmq/ping.ts")).pingRedis(url);
    return ok("Redis", version);
  } catch (error) {
    return note(
      "Redis",
      `${reason(error)}; PostgreSQL is asked instead`,
      "start it, or correct or unset WEIR_REDIS_URL",
    );
  }
}

async function dataFolder({ dataDir }: Config): Promise<Finding> {
  const place = await nearest(dataDir);
  try {
    await access(place, constants.W_OK | constants.X_OK);
    return ok("data", place === dataDir ? dataDir : `${dataDir} (made when first needed)`);
  } catch {
    return bad("data", `${place} cannot be written`, "weir COMMAND --data DIR, or set WEIR_DATA");
  }
}

/** The folder itself, or the nearest above it that is there. */
async function nearest(folder: string): Promise<string> {
  return existsSync(folder) || dirname(folder) === folder ? folder : await nearest(dirname(folder));
}

async function disk({ dataDir, cacheDir }: Config): Promise<Finding> {
  const folders = [dataDir, cacheDir];
  const free = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, bsize } = await statfs(await nearest(folder));
      return bavail * bsize;
    }),
  );
  const least = Math.min(...free);
  const says = `${megabytes(least)} free`;
  if (least < diskNeeded)
    return bad("disk", says, "free some space, or use --data DIR and WEIR_CACHE on a larger disk");
  return least < downloadNeeded
    ? note("disk", `${says}, fetching the models takes 600 MB for a moment`, null)
    : ok("disk", says);
}

async function memory(config: Config): Promise<Finding> {
  const inUse = (await listModels(modelSettings(config))).filter((model) => model.isInUse);
  const needed = inUse.reduce((sum, model) => sum + model.memoryBytes, 0);
  const available = (await limitOfContainer()) ?? freemem();
  const says = `${megabytes(available)} available of ${megabytes(totalmem())}, the models in use need ${megabytes(needed)}`;
  return available < needed
    ? note("memory", says, "weir model ls shows smaller ones; weir model use NAME")
    : ok("memory", says);
}

/** What a container may still take, where one limits us. */
async function limitOfContainer(): Promise<number | null> {
  const read = async (name: string) => Number(await readFile(`/sys/fs/cgroup/${name}`, "utf8").catch(() => "NaN"));
  const [most, used] = [await read("memory.max"), await read("memory.current")];
  return Number.isFinite(most) && Number.isFinite(used) ? Math.min(freemem(), most - used) : null;
}

async function models(config: Config): Promise<Finding> {
  const inUse = (await listModels(modelSettings(config))).filter((model) => model.isInUse);
  const missing = inUse.filter((model) => !model.isHere).map((model) => model.name);
  if (missing.length === 0) return ok("models", inUse.map((model) => model.name).join(", "));
  return note("models", `not fetched yet: ${missing.join(", ")}`, "weir model pull");
}

/** The cloud, where one is configured: asked which models it has, never about a document. */
function stronger({ cloud, airgap, prices }: Config): readonly Promise<Finding>[] {
  if (cloud === null) return [];
  if (airgap) {
    const says = `${cloud.model} is configured and never asked: nothing may leave (airgap)`;
    return [Promise.resolve(note("cloud", says, "unset WEIR_AIRGAP, or unset WEIR_CLOUD"))];
  }
  return [reachable(cloud), price(cloud.model, prices)];
}

async function reachable(cloud: NonNullable<Config["cloud"]>): Promise<Finding> {
  const { state, says, mend } = await checkCloud(cloud);
  if (state === "broken") return bad("cloud", says, mend ?? "correct WEIR_CLOUD");
  return state === "ok" ? ok("cloud", says) : note("cloud", says, mend);
}

async function price(model: string, file: string | null): Promise<Finding> {
  try {
    const list = await readPrices(file);
    const { on, currency, otherwise } = list;
    const [name, from] = [listedAs(list, model), file ?? "the list that comes along"];
    const each = (name === null ? undefined : list.models[name]) ?? otherwise;
    const says = `${each.prompt} and ${each.completion} ${currency} a million tokens in and out`;
    if (name !== null) return ok("price", `${model}: ${says} (${from}, ${on})`);
    const copy = `cp ${join(root, "src", "cloud", "prices.json")} prices.json && export WEIR_PRICES=prices.json`;
    return note("price", `${model} is not on ${from} (${on}): reckoned as ${says}`, copy);
  } catch (error) {
    return bad("price", reason(error), "correct or unset WEIR_PRICES");
  }
}

const run = promisify(execFile);

/** The default models come from PyPI; without pip they have to be copied. */
async function pip(config: Config): Promise<Finding> {
  for (const [program, ...args] of [["python3", "-m", "pip"], ["pip3"], ["pip"]]) {
    const answer = await run(program ?? "", [...args, "--version"]).catch(() => null);
    if (answer) return ok("pip", answer.stdout.split(" from ")[0] ?? "");
  }
  const here = (await models(config)).state === "ok";
  if (here) return note("pip", "not found; only needed to fetch the default models, and they are here", null);
  return note(
    "pip",
    "not found; the default models are fetched with it",
    "apt-get install python3-pip (or your system's like)",
  );
}

function inference(): Finding {
  const folder = llamaPackage();
  const installed = folder !== null && existsSync(join(root, "node_modules", "@node-llama-cpp", folder, "bins"));
  return installed
    ? ok("llama.cpp", `prebuilt for ${folder}`)
    : bad("llama.cpp", `no prebuilt library for ${process.platform} ${process.arch}`, `cd ${root} && npm ci`);
}

function llamaPackage(): string | null {
  const names: Readonly<Record<string, string>> = {
    "linux-x64": "linux-x64",
    "linux-arm64": "linux-arm64",
    "darwin-arm64": "mac-arm64-metal",
    "darwin-x64": "mac-x64",
    "win32-x64": "win-x64",
    "win32-arm64": "win-arm64",
  };
  return names[`${process.platform}-${process.arch}`] ?? null;
}

/** The install leaves the GPU libraries out; a machine that has a card is told how to take them back. */
function graphics(): Finding {
  const installed = (name: string) => existsSync(join(root, "node_modules", "@node-llama-cpp", name, "bins"));
  const cards = [
    { kind: "NVIDIA", found: existsSync("/proc/driver/nvidia/version"), library: "linux-x64-cuda", name: "cuda" },
    { kind: "Vulkan", found: existsSync("/dev/dri/renderD128"), library: "linux-x64-vulkan", name: "vulkan" },
  ];
  const card = cards.find(({ found }) => found);
  if (!card) return ok("GPU", "none seen; the processor does the work");
  if (installed(card.library)) return ok("GPU", `${card.kind}, its library is installed`);
  return note("GPU", `${card.kind} seen, its library is not installed`, `cd ${root} && npm run gpu -- ${card.name}`);
}

const reason = (error: unknown) => (error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
