import { fileURLToPath } from "node:url";
import { type Json, type Reader, type Result, valueAt } from "../../core/index.ts";
import { listModels } from "../../models/library.ts";
import { score } from "../eval/score.ts";
import type { Item } from "../items.ts";
import { modelSettings } from "../models.ts";
import { findWorkflow, process } from "../process.ts";
import type { App, Shell } from "../shell.ts";
import { examples, labelledExamples } from "./examples.ts";
import { failure } from "./part.ts";

/** The usual way to ask a model: the whole object under a JSON grammar. */
export const jsonObjectFile = fileURLToPath(new URL("../../../bench/json-object.ts", import.meta.url));

/** What both ways are asked and scored on: all that the usual way is asked. */
export const askedPaths = ["number", "issuedOn", "dueOn", "seller.name", "net", "tax", "total"] as const;

/** How one way of using the model did. */
export interface Way {
  readonly answers: number;
  readonly right: number;
  /** Handed out as answers: nothing about them would make a person look. */
  readonly taken: number;
  readonly takenWrong: number;
  /** What the model read and wrote. */
  readonly tokens: number;
  readonly ms: number;
  readonly bytesOut: number;
}

export interface Comparison {
  /** Name of the one model file that both ways use. */
  readonly model: string;
  readonly documents: number;
  readonly usual: Way;
  readonly weir: Way;
  /** How many of Weir's answers each reader decided. */
  readonly deciders: Readonly<Partial<Record<Reader, number>>>;
}

/** Reads the same invoices twice with the same model file, and compares with what is known to be right. */
export async function compare(app: App, shell: Shell): Promise<Comparison> {
  const items = await labelledExamples(examples.compare);
  // Loading the models belongs to neither.
  await timed(app, shell, "invoice", await labelledExamples(examples.warmUp));
  const usual = await timed(app, shell, jsonObjectFile, items);
  const weir = await timed(app, shell, "invoice", items);
  for (const { id, error } of weir.results) if (error) throw failure(error, id);
  for (const { id, error } of usual.results) {
    // A bad answer is what is counted here; anything else says nothing about the model.
    if (error && !error.code.startsWith("answer.")) throw failure(error, id);
  }
  return {
    model: await decoderName(shell),
    documents: items.length,
    usual: scoreWay(items, usual, "none"),
    weir: scoreWay(items, weir, "doubts"),
    deciders: deciders(weir.results),
  };
}

interface Timed {
  readonly results: readonly Result[];
  readonly ms: number;
}

async function timed(app: App, shell: Shell, name: string, items: readonly Item[]): Promise<Timed> {
  const workflow = await findWorkflow(name, shell);
  const from = shell.clock.now();
  const results: Result[] = [];
  const job = { workflow, items, settings: {}, profile: null, fresh: true };
  for await (const result of process(app, shell, job)) results.push(result);
  return { results, ms: shell.clock.now() - from };
}

/** @param marks "none": a bare object gives no sign which of its values may be wrong */
export function scoreWay(items: readonly Pick<Item, "truth">[], { results, ms }: Timed, marks: "none" | "doubts"): Way {
  const labelled = items.map(({ truth }, at) => ({ truth: asked(truth), result: results[at] ?? null }));
  const { n, exact, coverage, risk } = score(labelled).all;
  const right = Math.round(n * exact);
  const taken = marks === "none" ? n : Math.round(n * coverage);
  const sum = (of: (usage: Result["usage"]) => number) => results.reduce((total, { usage }) => total + of(usage), 0);
  return {
    answers: n,
    right,
    taken,
    takenWrong: marks === "none" ? n - right : Math.round(taken * (risk ?? 0)),
    tokens: sum(({ local }) => local.promptTokens - local.reusedTokens + local.generatedTokens),
    ms,
    bytesOut: sum(({ cloud }) => cloud.bytesOut),
  };
}

function asked(truth: Item["truth"]): Readonly<Record<string, Json>> {
  return Object.fromEntries(askedPaths.map((path) => [path, valueAt(truth ?? {}, path) ?? null]));
}

function deciders(results: readonly Result[]): Comparison["deciders"] {
  const by = results.flatMap(({ decisions }) => askedPaths.flatMap((path) => decisions[path]?.by ?? []));
  return Object.fromEntries(Object.entries(Object.groupBy(by, (one) => one)).map(([one, some]) => [one, some.length]));
}

async function decoderName(shell: Shell): Promise<string> {
  const models = await listModels(modelSettings(shell.config));
  return models.find(({ role, isInUse }) => role === "decoder" && isInUse)?.name ?? "the model";
}
