import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type DocumentText, type Json, WeirError, money, sameValue } from "../core/index.ts";
import { createReader } from "../document/index.ts";
import { memoryNeeded } from "../models/catalogue.ts";
import { createModelHost } from "../models/host.ts";
import { listModels, type ModelFile, type ModelSettings, resolveModel } from "../models/library.ts";
import { fieldsOf, surveyOf } from "../ranking/index.ts";
import { aloneText, readAlone } from "../steps/alone.ts";
import { readItems } from "./items.ts";

/** How well one model reads the documents that come along, alone, and what that costs on this machine. */
export interface ModelFigures {
  readonly name: string;
  readonly right: number;
  readonly asked: number;
  /** Median of a document with every field asked; the first, which loads the model, is left out. */
  readonly secondsADocument: number;
  /** Largest memory of its process where the system tells, else the estimate. In bytes. */
  readonly memoryBytes: number;
  readonly recommended: boolean;
}

const Sheet = z.object({
  number: z.string().meta({ weir: "identifier" }).describe("invoice number"),
  issuedOn: z.iso.date().describe("invoice date"),
  dueOn: z.iso.date().nullable().describe("due date"),
  total: money().describe("total amount including tax"),
  net: money().describe("net amount"),
  seller: z.object({ name: z.string().meta({ weir: "name" }).describe("name of the seller") }),
});

/** A slower one is not recommended, however well it reads. */
const secondsMax = 10;
const documents = fileURLToPath(new URL("../../fixtures/invoices/", import.meta.url));

interface ReadDocument {
  readonly text: DocumentText;
  readonly truth: Readonly<Record<string, Json>>;
}

/**
 * @param names models to try; none: every decoder of the catalogue that is here, and the one in use
 * @param onProgress told what is being tried
 * @throws WeirError `model.*`
 */
export async function benchModels(
  names: readonly string[],
  settings: ModelSettings,
  onProgress: (doing: string) => void,
  signal: AbortSignal,
): Promise<readonly ModelFigures[]> {
  const listed = await listModels(settings);
  const here = listed.filter(({ role, isHere }) => role === "decoder" && isHere).map(({ name }) => name);
  const wanted = names.length > 0 ? names : here;
  if (wanted.length === 0) throw new WeirError("model.missing", "There is no decoder on this machine yet.");
  const files: ModelFile[] = [];
  for (const name of wanted) files.push(await resolveModel(name, "decoder", settings));
  const read = await readDocuments();
  const figures: ModelFigures[] = [];
  for (const file of files) figures.push(await bench(file, read, onProgress, signal));
  const best = figures
    .filter(({ secondsADocument }) => secondsADocument <= secondsMax)
    .toSorted((a, b) => b.right - a.right || a.secondsADocument - b.secondsADocument)[0];
  return figures.map((one) => Object.assign(one, { recommended: one === best }));
}

async function bench(
  file: ModelFile,
  read: readonly ReadDocument[],
  onProgress: (doing: string) => void,
  signal: AbortSignal,
): Promise<ModelFigures> {
  const decoder = async () => file;
  const model = createModelHost({ files: { decoder, encoder: decoder } });
  const fields = fieldsOf(Sheet);
  const times: number[] = [];
  let [right, asked] = [0, 0];
  try {
    await model.score({ document: "", question: "Ready?", options: ["yes", "no"] }, { signal });
    for (const [at, { text, truth }] of read.entries()) {
      onProgress(`${file.name}: document ${at + 1} of ${read.length}`);
      const survey = surveyOf(text);
      const begun = performance.now();
      for (const field of fields) {
        const wanted = valueAt(truth, field.path);
        // Absence is no candidate: what the page does not state is not asked.
        if (wanted === null) continue;
        const { value } = await readAlone(model, aloneText(text), field, survey, { signal });
        asked += 1;
        if (sameValue(value, wanted)) right += 1;
      }
      times.push(performance.now() - begun);
    }
    const memoryBytes = (await largestMemory(model.hostPid)) ?? (await estimate(file));
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    return { name: file.name, right, asked, secondsADocument: median / 1000, memoryBytes, recommended: false };
  } finally {
    await model.close();
  }
}

async function readDocuments(): Promise<readonly ReadDocument[]> {
  const reader = createReader();
  const read: ReadDocument[] = [];
  for (const { source, truth } of await readItems(resolve(documents, "labelled.jsonl"))) {
    if (truth === null || !("path" in source)) continue;
    const path = resolve(documents, source.path);
    const limits = { name: basename(path), pagesMax: 5, bytesMax: 10_000_000, timeoutMs: 60_000 };
    read.push({ truth, text: await reader.read(await readFile(path), limits) });
  }
  await reader.close();
  return read;
}

function valueAt(truth: Readonly<Record<string, Json>>, path: string): Json {
  let at: Json = truth as Json;
  for (const key of path.split(".")) at = (at as Record<string, Json> | null)?.[key] ?? null;
  return at;
}

/** Linux keeps the largest resident size of a process. */
async function largestMemory(pid: number | null): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

async function estimate({ path }: ModelFile): Promise<number> {
  const { size } = await stat(path);
  return memoryNeeded({ fileBytes: size, stateBytesPerToken: 0 });
}
