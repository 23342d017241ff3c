import { createHash } from "node:crypto";
import { type DocumentRef, type DocumentText, InvariantBroken, WeirError, asWeirError } from "../core/index.ts";
import type { ExampleProblem, Json } from "../core/index.ts";
import { labelledSteps } from "../engine/deciding.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import { looseContext } from "../engine/nodes.ts";
import type { Blobs, Pages, ProfileExample, State, StepHost } from "../ports/index.ts";

/** A document as a run would see it after its reading steps. */
export interface ReadDocument {
  readonly state: Pages;
  readonly text: DocumentText;
}

export interface ReadExample extends ReadDocument {
  readonly id: string;
  readonly truth: Readonly<Record<string, Json>>;
  /** Paths labelled because they were in doubt; see `ProfileExample`. */
  readonly doubted?: readonly string[];
}

/** Documents whose bytes were handed in and are not stored yet. */
export type BytesBySha = ReadonlyMap<string, Uint8Array>;

/** As many documents are with the reader at a time; it works on them one by one. */
const atOnce = 4;

/** What has been read of labelled documents, and why some could not be. */
export interface Readings {
  readonly examples: readonly ReadExample[];
  readonly problems: readonly ExampleProblem[];
}

export interface ReadOptions {
  readonly bytes: BytesBySha;
  readonly signal: AbortSignal;
  /** Told how many are read. */
  readonly onRead: (count: number) => void;
}

/**
 * Reads each document by the workflow's own reading steps, in memory: nothing is stored.
 */
export async function readExamples(
  definition: WorkflowDefinition,
  host: StepHost,
  examples: readonly ProfileExample[],
  options: ReadOptions,
): Promise<Readings> {
  const read: (ReadExample | ExampleProblem)[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let at = next++; at < examples.length; at = next++) {
      const example = examples[at];
      if (!example) throw new InvariantBroken("An example out of range.");
      options.signal.throwIfAborted();
      read[at] = await readExample(definition, host, example, options).catch((error: unknown) =>
        unreadable(example.id, error),
      );
      options.onRead(++done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    examples: read.filter((one): one is ReadExample => "state" in one),
    problems: read.filter((one): one is ExampleProblem => "message" in one),
  };
}

async function readExample(
  definition: WorkflowDefinition,
  host: StepHost,
  { id, truth, document, doubted }: ProfileExample,
  options: Omit<ReadOptions, "onRead">,
): Promise<ReadExample> {
  const label = doubted === undefined ? { id, truth } : { id, truth, doubted };
  return { ...label, ...(await readDocument(definition, host, document, options)) };
}

async function readDocument(
  definition: WorkflowDefinition,
  host: StepHost,
  document: DocumentRef,
  { bytes, signal }: Omit<ReadOptions, "onRead">,
): Promise<ReadDocument> {
  const blobs = overlay(host.blobs, bytes);
  let state: State = { document };
  for (const { label, step } of labelledSteps(definition)) {
    if (step.kind !== "read") continue;
    state = await step.run(state, { ...looseContext(definition, { ...host, blobs }, label), signal });
  }
  if (!("reading" in state)) throw new WeirError("workflow.invalid", "The workflow reads no document.");
  const text = JSON.parse(new TextDecoder().decode(await blobs.get(state.reading.sha256))) as DocumentText;
  return { state, text };
}

/** What belongs to one document is a problem of that document; what is wrong with the machine ends the work. */
function unreadable(id: string, thrown: unknown): ExampleProblem {
  const error = asWeirError(thrown);
  if (error.code.startsWith("document."))
    return { example: id, path: null, message: `${error.message} (${error.code})` };
  throw error;
}

/** Stored bytes with others laid over them in memory. */
function overlay(under: Blobs, bytes: BytesBySha): Blobs {
  const written = new Map<string, Uint8Array>();
  const known = (sha256: string) => written.get(sha256) ?? bytes.get(sha256);
  return {
    put: async (some) => {
      const sha256 = sha256Of(some);
      written.set(sha256, some);
      return sha256;
    },
    get: async (sha256) => known(sha256) ?? (await under.get(sha256)),
    has: async (sha256) => known(sha256) !== undefined || (await under.has(sha256)),
  };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
