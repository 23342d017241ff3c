import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workflow } from "../../src/engine/flow.ts";
import { testEngine } from "../../test/support/engine.ts";
import { type Servers, kinds, openKind, quantiles, timed } from "./measure.ts";

/** What a step costs that does nothing: graphs of ten, one run after the other. */

const stepsCount = 10;
const names = Array.from({ length: stepsCount }, (_, index) => `step${index}`);

type Row = Record<string, string | number>;

export async function stepCosts(servers: Servers, runs: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  rows.push(await bare("LangGraph, no checkpoints", undefined, runs));
  rows.push(await bare("LangGraph, MemorySaver", new MemorySaver(), runs));
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  for (const synchronous of ["NORMAL", "FULL"]) {
    const database = new Database(join(folder, `${synchronous}.db`));
    const saver = new SqliteSaver(database);
    // Its own default is NORMAL: the last commits may be lost with the power.
    await saver.getTuple({ configurable: { thread_id: "none" } });
    database.pragma(`synchronous = ${synchronous}`);
    rows.push(await bare(`LangGraph, SqliteSaver (${synchronous})`, saver, runs));
    database.close();
  }
  rmSync(folder, { recursive: true });
  for (const kind of kinds) rows.push(await ours(kind, servers, runs));
  return rows;
}

async function bare(name: string, checkpointer: BaseCheckpointSaver | undefined, runs: number): Promise<Row> {
  const State = Annotation.Root({ work: Annotation<object> });
  // Its types want to know every node's name before it is added.
  const graph = new StateGraph(State) as unknown as {
    addNode(name: string, work: (state: object) => object): void;
    addEdge(from: string, to: string): void;
    compile(options: object): { invoke(input: object, config: object): Promise<object> };
  };
  for (const [index, step] of names.entries()) {
    graph.addNode(step, () => ({ work: { step } }));
    graph.addEdge(names[index - 1] ?? START, step);
  }
  graph.addEdge(names.at(-1) ?? START, END);
  const compiled = graph.compile(checkpointer ? { checkpointer } : {});
  const took = await timed(runs + 1, async (index) => {
    const config = { configurable: { thread_id: `thread${index}` }, durability: "sync" };
    return await compiled.invoke({ work: {} }, config);
  });
  return { engine: name, runs, ...perStep(took) };
}

/** Everything: the document stored, the run queued, taken, leased, each step journaled, the result on record. */
async function ours(kind: (typeof kinds)[number], servers: Servers, runs: number): Promise<Row> {
  const { storage, folder, close } = await openKind(kind, servers);
  const { definition } = names.reduce(
    (flow, name) => flow.step(name, async (state) => state),
    workflow("bench", { version: 1 }),
  );
  const { engine } = await testEngine({ folder, storage, workflows: [definition] });
  const took = await timed(runs + 1, async (index) => {
    const document = { name: "a", bytes: new TextEncoder().encode(`document ${index}`) };
    const item = { itemId: `item${index}`, document, workflow: { definition, file: null }, lane: "l", reuse: false };
    await engine.submit(item);
    await engine.drain("l");
  });
  await close();
  return { engine: `Weir on ${kind}, queue and result included`, runs, ...perStep(took) };
}

/** Without the slowest: the first run compiles and connects. */
function perStep(took: readonly number[]): Record<string, number> {
  return quantiles(
    "a step",
    took.slice(0, -1).map((ms) => ms / stepsCount),
  );
}
