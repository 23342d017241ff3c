import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createChild } from "../child.ts";
import { WeirError } from "../core/index.ts";
import type { Answers, Response, Task } from "./protocol.ts";

/** The process that opens PDF, Word, CSV and EPUB files. One task at a time; one that eats memory is ended too. */
export interface ReaderChild {
  /**
   * @throws WeirError `document.too-slow` after `timeoutMs` of work, `document.damaged` when the process died,
   *   `document.too-large` when it took too much memory, and what the task itself throws
   */
  perform<K extends keyof Answers>(task: Task & { kind: K }, options: TaskOptions): Promise<Answers[K]>;
  /** Ends the process; tasks still waiting fail with `cancelled`. */
  close(): Promise<void>;
}

export interface TaskOptions {
  /** For the work itself; waiting for earlier tasks does not count. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface ChildLimits {
  /** JavaScript heap of the process. */
  readonly heapMegabytes: number;
  /** All memory of the process while it works. */
  readonly memoryBytesMax: number;
  /** A process that holds more than this after its work is replaced. */
  readonly memoryBytesKept: number;
  /** A process is replaced after this many documents. */
  readonly documentsMax: number;
}

export const defaultLimits: ChildLimits = {
  heapMegabytes: 768,
  memoryBytesMax: 1_500_000_000,
  memoryBytesKept: 400_000_000,
  documentsMax: 500,
};

/** Compiled copies run from `.js`. */
const entry = new URL(`../../workers/document-reader${import.meta.url.slice(-3)}`, import.meta.url);

export function createReaderChild(limits: ChildLimits = defaultLimits): ReaderChild {
  const child = createChild<Task, Response>({
    start: () => start(limits),
    isSpent: ({ memoryBytes }, served) => served >= limits.documentsMax || memoryBytes > limits.memoryBytesKept,
  });

  async function perform(task: Task, { timeoutMs, signal }: TaskOptions): Promise<unknown> {
    const response = await child.ask(task, {
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
      onTimeout: () => new WeirError("document.too-slow", `Reading took longer than ${timeoutMs / 1000} s.`),
      onDeath: () => new WeirError("document.damaged", "The file crashed the reader."),
      check: (process) => memoryProblem(process, limits.memoryBytesMax),
    });
    if (!response.ok) throw new WeirError(response.code, response.message);
    return response.value;
  }

  return {
    // The protocol pairs kinds and answers.
    perform: <K extends keyof Answers>(task: Task & { kind: K }, options: TaskOptions) =>
      perform(task, options) as Promise<Answers[K]>,
    close: () => child.close(),
  };
}

function start({ heapMegabytes }: ChildLimits): ChildProcess {
  const compileCache = process.env["NODE_COMPILE_CACHE"];
  return fork(entry, {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${heapMegabytes}`, "--no-warnings"],
    // Parsers of foreign files get no keys and passwords of ours.
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function memoryProblem(child: ChildProcess, bytesMax: number): WeirError | null {
  if (memoryOf(child) <= bytesMax) return null;
  return new WeirError("document.too-large", `Reading it takes more than ${Math.round(bytesMax / 1e6)} MB of memory.`);
}

/** Resident bytes, where the system tells (Linux); elsewhere only the heap limit holds. */
function memoryOf(child: ChildProcess): number {
  try {
    const resident = readFileSync(`/proc/${child.pid}/statm`, "latin1").split(" ")[1];
    return Number(resident) * 4096;
  } catch {
    return 0;
  }
}
