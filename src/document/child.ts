import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { WeirError } from "../core/index.ts";
import type { Answers, Request, Response, Task } from "./protocol.ts";

/**
 * The process that opens PDF, Word, CSV and EPUB files. One task at a time, in order. A task that hangs, crashes or eats memory
 * is ended with SIGKILL; the next one gets a new process. Starting takes about 200 ms, so one process serves
 * many documents.
 */
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
  let child: ChildProcess | null = null;
  let served = 0;
  let lastId = 0;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();

  function running(): ChildProcess {
    if (!child?.connected) {
      child = start(limits);
      served = 0;
    }
    return child;
  }

  async function stop(): Promise<void> {
    const ending = child;
    child = null;
    if (ending) await kill(ending);
  }

  async function work(task: Task, options: TaskOptions): Promise<unknown> {
    if (closed) throw new WeirError("cancelled", "The reader was closed.");
    options.signal?.throwIfAborted();
    const current = running();
    served += 1;
    let response: Response;
    try {
      response = await exchange(current, { ...task, id: ++lastId }, options, limits);
    } catch (error) {
      await stop();
      throw error;
    }
    if (served >= limits.documentsMax || response.memoryBytes > limits.memoryBytesKept) await stop();
    if (!response.ok) throw new WeirError(response.code, response.message);
    return response.value;
  }

  return {
    perform: <K extends keyof Answers>(task: Task & { kind: K }, options: TaskOptions) => {
      const done = queue.then(() => work(task, options));
      queue = done.catch(() => {});
      // The protocol pairs kinds and answers.
      return done as Promise<Answers[K]>;
    },
    close: async () => {
      closed = true;
      await stop();
      await queue;
    },
  };
}

function start({ heapMegabytes }: ChildLimits): ChildProcess {
  const compileCache = process.env["NODE_COMPILE_CACHE"];
  const child = fork(entry, {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${heapMegabytes}`, "--no-warnings"],
    // Parsers of foreign files get no keys and passwords of ours.
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // A process that dies while it rests is noticed at the next task.
  child.on("error", () => {});
  return child;
}

/** One request and its response; rejects when the process dies, takes too long or too much, or nobody waits any more. */
function exchange(
  child: ChildProcess,
  request: Request,
  { timeoutMs, signal }: TaskOptions,
  { memoryBytesMax }: ChildLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const onMessage = (response: Response) => {
    if (response.id === request.id) resolve(response);
  };
  const onExit = () => reject(new WeirError("document.damaged", "The file crashed the reader."));
  const onAbort = () => reject(signal?.reason);
  const tooSlow = () => reject(new WeirError("document.too-slow", `Reading took longer than ${timeoutMs / 1000} s.`));
  const watch = () => {
    if (memoryOf(child) <= memoryBytesMax) return;
    const megabytes = Math.round(memoryBytesMax / 1e6);
    reject(new WeirError("document.too-large", `Reading it takes more than ${megabytes} MB of memory.`));
  };
  const timer = setTimeout(tooSlow, timeoutMs);
  const watcher = setInterval(watch, 100);
  child.on("message", onMessage);
  child.on("exit", onExit);
  child.on("error", onExit);
  signal?.addEventListener("abort", onAbort);
  // A resting child does not keep the program alive, a working one does.
  hold(child);
  child.send(request, (error) => {
    if (error) onExit();
  });
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(watcher);
    child.off("message", onMessage);
    child.off("exit", onExit);
    child.off("error", onExit);
    signal?.removeEventListener("abort", onAbort);
    child.unref();
    child.channel?.unref();
  });
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
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

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.ref();
  child.kill("SIGKILL");
  return promise;
}
