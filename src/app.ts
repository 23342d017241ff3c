import { rm, statfs } from "node:fs/promises";
import path from "node:path";
import { forbidConnections } from "./airgap.ts";
import { engineBuild } from "./build.ts";
import { type PriceList, openCloud, priceOf, providerOf, readPrices } from "./cloud/index.ts";
import { type Config, inheritAirgap } from "./config.ts";
import { type DocumentText, WeirError, asWeirError, idSource, toResult } from "./core/index.ts";
import { createReader } from "./document/index.ts";
import { type Engine, createEngine } from "./engine/engine.ts";
import type { FindWorkflow } from "./engine/versions.ts";
import { createIntake } from "./intake.ts";
import { builtinWorkflows, loadWorkflow } from "./load-workflow.ts";
import { createModelHost } from "./models/host.ts";
import { priced } from "./models/large.ts";
import { type ModelSettings, resolveDecoder, resolveEncoder, resolveLarge } from "./models/library.ts";
import {
  type Clock,
  type Cloud,
  type LargeModel,
  type Ledger,
  type Profiles,
  type RunRecord,
  type Service,
  type Telemetry,
  noTelemetry,
} from "./ports/index.ts";
import { renderReport } from "./report/index.ts";
import { folderShelf, profilesOn } from "./profiles/index.ts";
import { createService } from "./service.ts";
import { createDatabases } from "./stores/lookup/databases.ts";
import { systemClock } from "./stores/clock.ts";
import { openStorage } from "./stores/open.ts";
import { type Teaching, createTeaching } from "./teaching/index.ts";
import { Meters, openTracing, watchedCloud, watchedModel, watchedStore } from "./telemetry/index.ts";
import { type PruneOptions, type Pruned, prune, purge } from "./upkeep/index.ts";
import { createWeb } from "./web/web.ts";

/** A running Weir on one data folder. */
export interface App {
  readonly service: Service;
  readonly engine: Engine;
  readonly clock: Clock;
  /** What left the house, and what was decided. */
  readonly ledger: Ledger;
  readonly prices: PriceList;
  readonly teaching: Teaching;
  readonly profiles: Profiles;
  readonly upkeep: AppUpkeep;
  /** One self-contained HTML page about a run, with pictures of its pages. */
  report(run: RunRecord): Promise<string>;
  /** Stops the work after the step in progress and leaves no process behind. */
  close(): Promise<void>;
}

/** What keeps a data folder from growing for ever. */
export interface AppUpkeep {
  prune(options: PruneOptions): Promise<Pruned>;
  /** Gives the database's space back to the disk. */
  compact(): Promise<void>;
}

export interface AppOptions {
  /** Told in plain words what keeps the work from being done while it goes on trying. */
  readonly onTrouble?: (message: string) => void;
  /** Told of every change, and of troubles too. */
  readonly log?: Telemetry["log"];
}

/**
 * The one place that turns configuration into adapters and an engine.
 * @throws WeirError `store.*`, `workflow.load`
 */
export async function openApp(config: Config, options: AppOptions = {}): Promise<App> {
  const opened = new AsyncDisposableStack();
  try {
    return await assemble(config, options, opened);
  } catch (error) {
    // What stays open would keep the process from ending.
    await opened.disposeAsync();
    throw error;
  }
}

/** @param opened what is to be closed again, last first, where a later part cannot be had */
async function assemble(
  config: Config,
  { log = noTelemetry.log, onTrouble = () => {} }: AppOptions,
  opened: AsyncDisposableStack,
): Promise<App> {
  const clock = systemClock;
  const { databaseUrl, redisUrl } = config;
  if (config.airgap) {
    inheritAirgap();
    // Where the user keeps their runs is not outside.
    forbidConnections([databaseUrl, redisUrl].flatMap((url) => (url === null ? [] : [new URL(url).hostname])));
  }
  // What is wrong with a configuration is said before anything is opened.
  if (config.cloud) providerOf(config.cloud);
  const prices = await readPrices(config.prices);
  const storage = await openStorage({
    folder: config.dataDir,
    databaseUrl,
    redisUrl,
    clock,
    concurrency: config.concurrency,
    onTrouble: (message) => {
      log("warn", "queue.trouble", { message });
      onTrouble(message);
    },
  });
  const { queue, blobs, ledger, shelf } = storage;
  opened.defer(async () => await storage.store.close());
  const meters = new Meters(storage.store.tallies, clock);
  opened.defer(async () => await meters.close());
  const telemetry: Telemetry = {
    log,
    during: await openTracing(engineBuild()),
    count: (...counted) => meters.count(...counted),
    observe: (...observed) => meters.observe(...observed),
  };
  const store = watchedStore(storage.store, telemetry);
  const profiles = profilesOn(shelf ?? folderShelf(path.join(config.dataDir, "profiles")));
  const reader = createReader();
  const settings: ModelSettings = { cacheFolder: config.cacheDir, decoder: config.model, encoder: null };
  const statesFolder = path.join(config.dataDir, "states");
  const local = createModelHost({
    files: { decoder: () => resolveDecoder(settings), encoder: () => resolveEncoder(settings) },
    limits: { states: { folder: statesFolder, bytesMax: statesBytesMax } },
    onRestart: () => {
      log("warn", "model.host-restarted");
      meters.count("weir_model_host_restarts_total", {});
    },
  });
  const model = watchedModel(local, telemetry);
  const large = largeModelOf(config, settings, clock, prices);
  const web = createWeb({ airgap: config.airgap });
  const databases = createDatabases({ airgap: config.airgap });
  const load = (name: string) => loadWorkflow(name, config.callerDir);
  const cloud = await cloudOf(config, ledger, clock, prices);
  const stronger = {
    ...(large ? { large: watchedModel(large, telemetry) } : {}),
    ...(cloud ? { cloud: watchedCloud(cloud, telemetry) } : {}),
  };
  const host = { reader, model, blobs, clock, web, databases, airgap: config.airgap, ...stronger };
  const engine = createEngine({
    store,
    queue,
    host,
    profiles,
    ids: idSource(clock.now, clock.random),
    findWorkflow: findBy(load),
    engineBuild: engineBuild(),
    folder: config.callerDir,
    telemetry,
    onTrouble: oncePerMinute(clock, ({ code, message, hint }) => {
      log("error", "store.trouble", { code, message });
      onTrouble(`${message} ${hint}`);
    }),
  });
  await engine.recover();
  await engine.settleVersions();
  const builtins = await Promise.all((await builtinWorkflows()).map(async (name) => (await load(name)).definition));
  const clearCaches = async () => await rm(statesFolder, { recursive: true, force: true });
  const { queueMax, diskFreeMin, documentBytesMax } = config.limits;
  const intake = createIntake({ queue, clock, queueMax, diskFreeMin, freeBytes: () => freeBytes(config.dataDir) });
  const service = createService({
    engine,
    store,
    queue,
    load,
    builtins,
    intake,
    clock,
    figures: async () => await meters.figures(),
    documentBytesMax,
    purge: async (sha256) => await purge({ store, blobs, profiles, clock, clearCaches }, sha256),
  });
  return {
    service,
    engine: {
      ...engine,
      submit: async (submission) => {
        await intake.wantSpace();
        return await engine.submit(submission);
      },
    },
    clock,
    ledger,
    prices,
    profiles,
    upkeep: {
      prune: async (options) => await prune({ upkeep: store.upkeep, blobs, profiles, clock }, options),
      compact: async () => await store.upkeep.compact(),
    },
    teaching: createTeaching({ host, profiles, store, engineBuild: engineBuild() }),
    report: async (run) => {
      // Of a run that was pruned only the result is left.
      if (run.prunedAt !== null) return renderReport({ result: toResult(run), text: null, pictures: new Map() });
      const text = run.reading && (JSON.parse(decode(await blobs.get(run.reading.sha256))) as DocumentText);
      const bytes = await blobs.get(run.document.sha256);
      const pictures = new Map<number, Uint8Array>();
      for (const { page } of text?.pages ?? []) {
        const picture = await reader.picture(bytes, { page, timeoutMs: pictureMs });
        if (picture) pictures.set(page, picture);
      }
      return renderReport({ result: toResult(run), text, pictures });
    },
    close: async () => {
      await engine.stop();
      await meters.close();
      await engine.close();
      await Promise.all([reader.close(), model.close(), large?.close(), databases.close()]);
    },
  };
}

/** In a process of its own, which is started at the first question and ended when there are none for a while. */
function largeModelOf(
  { largeModel }: Config,
  settings: ModelSettings,
  clock: Clock,
  prices: PriceList,
): LargeModel | null {
  if (largeModel === null) return null;
  const files = { decoder: () => resolveLarge(largeModel, settings), encoder: () => resolveEncoder(settings) };
  const host = createModelHost({ files, idleMs: largeIdleMs, timeoutMs: largeCallMs });
  return priced(host, { hourNano: prices.serverHour * 1e9, now: clock.now });
}

/** What was learned, without the rest: the data folder is not even made. */
export async function withProfiles<T>(config: Config, work: (profiles: Profiles) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = config;
  const folders = folderShelf(path.join(dataDir, "profiles"));
  if (databaseUrl === null) return await work(profilesOn(folders));
  const options = { folder: dataDir, databaseUrl, redisUrl: null, clock: systemClock, onTrouble: () => {} };
  const { shelf, store } = await openStorage(options);
  try {
    return await work(profilesOn(shelf ?? folders));
  } finally {
    await store.close();
  }
}

/** Under an airgap there is none, wherever it stands. */
async function cloudOf(
  { cloud, airgap }: Config,
  ledger: Ledger,
  clock: Clock,
  prices: PriceList,
): Promise<Cloud | null> {
  if (!cloud || airgap) return null;
  return await openCloud({ config: cloud, ledger, clock, price: priceOf(prices, cloud.model) });
}

/** The engine tries again every few seconds: the same trouble is told once a minute. */
function oncePerMinute(clock: Clock, tell: (error: WeirError) => void): (error: unknown) => void {
  const toldAt = new Map<string, number>();
  return (thrown) => {
    const error = asWeirError(thrown);
    if (clock.now() - (toldAt.get(error.message) ?? -Infinity) < minuteMs) return;
    toldAt.set(error.message, clock.now());
    tell(error);
  };
}

/** What the model has read, kept for the next question about it: a page takes about 25 MB with the default model. */
const statesBytesMax = 512_000_000;
const minuteMs = 60_000;
const largeIdleMs = 2 * minuteMs;
/** Some ten tokens a second, for the largest that fit into an office machine. */
const largeCallMs = 4 * minuteMs;
const pictureMs = 30_000;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A workflow that is gone parks its runs; one that does not load says why. */
function findBy(load: (name: string) => ReturnType<typeof loadWorkflow>): FindWorkflow {
  return async ({ name, file }) => {
    try {
      return (await load(file ?? name)).definition;
    } catch (error) {
      if (error instanceof WeirError && error.code === "workflow.unknown") return null;
      throw error;
    }
  };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
