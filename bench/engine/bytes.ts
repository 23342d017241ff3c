import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import Database from "better-sqlite3";
import { workflow } from "../../src/engine/flow.ts";
import type { Draft, Pages, Schema, Start } from "../../src/ports/index.ts";
import { decision, testEngine } from "../../test/support/engine.ts";
import { type Servers, openKind } from "./measure.ts";

/** Steps after the one that reads; each decides one more field. */
const fields = Array.from({ length: 9 }, (_, index) => `field${index}`);
const documentBytes = 100_000;

/** What a run of ten steps over a document of 100 KB leaves on the disk, the document itself included. */
export async function bytesCosts(servers: Servers, runs: number) {
  const [langGraph, weir] = [await ofLangGraph(runs), await ofWeir(servers, runs)];
  const row = (store: string, bytes: number) => {
    return { store, runs, "KB a run": Math.round(bytes / runs / 1_000), share: Number((bytes / langGraph).toFixed(3)) };
  };
  return [row("LangGraph, SqliteSaver, the text in its state", langGraph), row("Weir on SQLite", weir)];
}

/** Lines of words of a small vocabulary, as a page has them; each document another one. */
function textOf(seed: number): string {
  const words = ["invoice", "total", "amount", "delivery", "street", "order", "number", "date", "customer", "item"];
  let at = seed + 1;
  let text = "";
  while (text.length < documentBytes) {
    at = (at * 48_271) % 2_147_483_647;
    text += `${words[at % words.length]} ${at % 10_007}${at % 9 === 0 ? "\n" : " "}`;
  }
  return text.slice(0, documentBytes);
}

async function ofLangGraph(runs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  const database = new Database(join(folder, "graph.db"));
  const State = Annotation.Root({ text: Annotation<string>, decisions: Annotation<object> });
  // Its types want to know every node's name before it is added.
  const graph = new StateGraph(State) as unknown as {
    addNode(name: string, work: (state: { readonly decisions?: object }) => object): void;
    addEdge(from: string, to: string): void;
    compile(options: object): { invoke(input: object, config: object): Promise<object> };
  };
  for (const [index, field] of ["read", ...fields].entries()) {
    graph.addNode(field, ({ decisions }) => ({ decisions: { ...decisions, [field]: decision("327.00") } }));
    graph.addEdge(["read", ...fields][index - 1] ?? START, field);
  }
  graph.addEdge(fields.at(-1) ?? START, END);
  const compiled = graph.compile({ checkpointer: new SqliteSaver(database) });
  for (let index = 0; index < runs; index++) {
    await compiled.invoke({ text: textOf(index) }, { configurable: { thread_id: `t${index}` }, durability: "sync" });
  }
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
  return emptied(folder);
}

async function ofWeir(servers: Servers, runs: number): Promise<number> {
  const { storage, folder, close } = await openKind("SQLite", servers);
  const read = workflow("bench", { version: 1 }).step("read", async (state: Start, { blobs }): Promise<Pages> => {
    const text = new TextDecoder().decode(await blobs.get(state.document.sha256));
    const pages = [
      { number: 1, lines: text.split("\n").map((line, index) => ({ id: `p1:${index + 1}`, text: line })) },
    ];
    const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify({ pages })));
    const reading = { sha256, pages: 1, characters: text.length, complete: true, skipped: [] };
    return { ...state, reading };
  });
  const first = read.step("field0", (state): Draft<Schema> => {
    const draft = { decisions: { field0: decision("327.00") }, doubts: [], optional: [] };
    return { ...state, stage: "draft", draft };
  });
  const { definition } = fields.slice(1).reduce(
    (flow, field) =>
      flow.step(field, (state) => {
        const decisions = { ...state.draft.decisions, [field]: decision("327.00") };
        return { ...state, draft: { ...state.draft, decisions } };
      }),
    first,
  );
  const { engine } = await testEngine({ folder, storage, workflows: [definition] });
  for (let index = 0; index < runs; index++) {
    const document = { name: "a.txt", bytes: new TextEncoder().encode(textOf(index)) };
    const item = { itemId: `item${index}`, document, workflow: { definition, file: null }, lane: "l", reuse: false };
    await engine.submit(item);
  }
  await engine.drain("l");
  await storage.store.close();
  const bytes = bytesIn(folder);
  await close();
  return bytes;
}

function emptied(folder: string): number {
  const bytes = bytesIn(folder);
  rmSync(folder, { recursive: true });
  return bytes;
}

function bytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sizes = names.map((name) => statSync(join(folder, name))).map((found) => (found.isFile() ? found.size : 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
