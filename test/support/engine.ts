import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Decision, InvariantBroken, type Json, idSource } from "../../src/core/index.ts";
import type { WorkflowDefinition } from "../../src/engine/definition.ts";
import { type Engine, type EngineOptions, createEngine } from "../../src/engine/engine.ts";
import type {
  Clock,
  Cloud,
  Draft,
  Ledger,
  Model,
  Queue,
  RunRecord,
  Schema,
  StepHost,
  Store,
} from "../../src/ports/index.ts";
import { folderBlobs } from "../../src/stores/blobs.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { openSqlite } from "../../src/stores/sqlite/open.ts";

/** An engine over a store in a folder of its own, for tests of workflows. */
export interface EngineUnderTest {
  readonly engine: Engine;
  readonly host: StepHost;
  readonly store: Store;
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly folder: string;
  /** Puts a document of one byte into lane "test". */
  submit(workflow: WorkflowDefinition, itemId?: string): Promise<string>;
  /** Works until nothing is left to do in lane "test". @returns the run as it is then */
  finish(id: string): Promise<RunRecord>;
  /** Event types of a run, in order. */
  eventsOf(id: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface EngineKit {
  /** What `findWorkflow` finds, by name; a list may be changed while the engine runs. */
  readonly workflows: readonly WorkflowDefinition[];
  readonly clock?: Clock;
  /** Shares a folder with an earlier engine, as a second process would. */
  readonly folder?: string;
  /** Instead of SQLite and files in the folder. */
  readonly storage?: {
    readonly store: Store;
    readonly queue: Queue;
    readonly blobs: StepHost["blobs"];
    readonly ledger?: Ledger;
  };
  /** Made over the record of the same database. */
  readonly cloud?: (ledger: Ledger, clock: Clock) => Promise<Cloud>;
  /** Default: one that is described and cannot be asked. */
  readonly model?: Model;
  readonly options?: Partial<EngineOptions>;
}

export async function testEngine({
  cloud,
  workflows,
  clock = systemClock,
  folder,
  storage,
  model = noModel,
  options,
}: EngineKit): Promise<EngineUnderTest> {
  const data = folder ?? mkdtempSync(path.join(tmpdir(), "weir-engine-"));
  const own = storage ? null : await openSqlite({ folder: data, clock });
  const { store, queue } = storage ?? own ?? unset("storage");
  const ledger = storage?.ledger ?? own?.ledger ?? unset<Ledger>("ledger");
  const host: StepHost = {
    blobs: storage?.blobs ?? folderBlobs(path.join(data, "blobs")),
    clock,
    reader: unset("reader"),
    model,
    web: unset("web"),
    databases: unset("databases"),
    ...(cloud ? { cloud: await cloud(ledger, clock) } : {}),
  };
  const engine = createEngine({
    store,
    queue,
    host,
    ids: idSource(clock.now, clock.random),
    findWorkflow: async (pin) => workflows.find(({ name }) => name === pin.name) ?? null,
    engineBuild: "test",
    folder: data,
    pollMs: 20,
    idleMs: 10,
    ...options,
  });
  return {
    engine,
    host,
    store,
    queue,
    ledger,
    folder: data,
    submit: async (definition, itemId = "item") => {
      const document = { name: `${itemId}.txt`, bytes: new TextEncoder().encode(itemId) };
      const workflow = { definition, file: null };
      return (await engine.submit({ itemId, workflow, document, lane: "test", reuse: false })).run.id;
    },
    finish: async (id) => {
      await engine.drain("test");
      return await engine.get(id);
    },
    eventsOf: async (id) => (await engine.events(id)).map(({ type }) => type),
    close: async () => {
      await engine.close();
      if (folder === undefined) rmSync(data, { recursive: true });
    },
  };
}

/** A port that nothing was set up for: any use fails the test and says which. */
function unset<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get: (_, key) => {
      throw new InvariantBroken(`Nothing was set up for ${name}.${String(key)}.`);
    },
  });
}

const noModel: Model = new Proxy(unset<Model>("model"), {
  get: (target, key) =>
    key === "describe"
      ? async () => ({ decoder: { name: "none", sha256: "d" }, encoder: { name: "none", sha256: "e" } })
      : Reflect.get(target, key),
});

/** A decision for tests. */
export function decision(value: Json, overrides: Partial<Decision> = {}): Decision {
  return {
    value,
    confidence: null,
    status: "accepted",
    by: "rule",
    source: [],
    alternatives: [],
    evidence: {},
    ...overrides,
  };
}

/** State with a draft, for steps of tests that stand for reading and extracting. */
export function draftState<S extends Schema>(
  document: Draft<S>["document"],
  decisions: Record<string, Decision>,
): Draft<S> {
  return {
    document,
    reading: { sha256: "0".repeat(64), pages: 1, characters: 10, complete: true, skipped: [] },
    stage: "draft",
    draft: { decisions, doubts: [], optional: [] },
  };
}
