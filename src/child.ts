import type { ChildProcess } from "node:child_process";
import { WeirError } from "./core/index.ts";

/**
 * A process for work that may hang, crash or block: one task at a time, in order. A task that takes too
 * long, or that nobody waits for any more, is ended with SIGKILL; the next one gets a new process.
 * Starting takes about 200 ms, so one process serves many tasks.
 */
export interface Child<Task, Response> {
  /** @throws what `limits` says of the way it ended, the reason of `signal`, and `cancelled` once closed */
  ask(task: Task, limits: AskLimits): Promise<Response>;
  /** Ends the process; tasks still waiting fail with `cancelled`. */
  close(): Promise<void>;
}

export interface AskLimits {
  /** For the work itself; waiting for earlier tasks does not count. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onTimeout: () => WeirError;
  readonly onDeath: () => WeirError;
  /** Looked at ten times a second while it works: an error ends the process. */
  readonly check?: (child: ChildProcess) => WeirError | null;
}

export interface ChildOptions<Response> {
  readonly start: () => ChildProcess;
  /** Whether the process is to be replaced before its next task. */
  readonly isSpent?: (response: Response, tasksServed: number) => boolean;
}

const checkMs = 100;

/** The child answers `{ ...task, id }` with a message of the same `id`. */
export function createChild<Task extends object, Response extends { readonly id: number }>({
  start,
  isSpent = () => false,
}: ChildOptions<Response>): Child<Task, Response> {
  let child: ChildProcess | null = null;
  let served = 0;
  let lastId = 0;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();

  function running(): ChildProcess {
    if (child?.connected) return child;
    child = start();
    // A process that dies while it rests is noticed at the next task.
    child.on("error", () => {});
    served = 0;
    return child;
  }

  async function stop(): Promise<void> {
    const ending = child;
    child = null;
    if (ending) await kill(ending);
  }

  async function work(task: Task, limits: AskLimits): Promise<Response> {
    if (closed) throw new WeirError("cancelled", "The process was closed.");
    limits.signal?.throwIfAborted();
    const current = running();
    served += 1;
    try {
      const response = await exchange<Response>(current, { ...task, id: ++lastId }, limits);
      if (isSpent(response, served)) await stop();
      return response;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  return {
    ask: (task, limits) => {
      const done = queue.then(() => work(task, limits));
      queue = done.catch(() => {});
      return done;
    },
    close: async () => {
      closed = true;
      await stop();
      await queue;
    },
  };
}

/** One request and its response. */
function exchange<Response extends { readonly id: number }>(
  child: ChildProcess,
  request: { readonly id: number },
  { timeoutMs, signal, onTimeout, onDeath, check }: AskLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const onMessage = (response: Response) => {
    if (response.id === request.id) resolve(response);
  };
  const onExit = () => reject(onDeath());
  const onAbort = () => reject(signal?.reason);
  const timer = setTimeout(() => reject(onTimeout()), timeoutMs);
  const watcher = setInterval(() => {
    const problem = check?.(child);
    if (problem) reject(problem);
  }, checkMs);
  child.on("message", onMessage);
  child.on("exit", onExit);
  child.on("error", onExit);
  signal?.addEventListener("abort", onAbort);
  // A resting child does not keep the program alive, a working one does.
  child.ref();
  child.channel?.ref();
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

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.ref();
  child.kill("SIGKILL");
  return promise;
}
