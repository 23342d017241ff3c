import { getLlama, InsufficientMemoryError, LlamaLogLevel, type Llama } from "node-llama-cpp";
import { asWeirError, WeirError } from "../core/index.ts";
import { Decoder } from "./llama/decoder.ts";
import { Encoder } from "./llama/encoder.ts";
import { protocolVersion, toHost, type FromHost, type HostCall, type LoadPlan } from "./protocol.ts";

/**
 * The process that holds the models: it takes one call at a time from the engine's channel, loads what
 * a call needs when it first needs it, and ends with its parent. Everything it prints goes to stderr.
 */
export function runModelHost(): void {
  const host = new ModelHostProcess();
  // Ctrl-C reaches the whole group; the parent decides what becomes of the call in flight.
  process.on("SIGINT", () => {});
  // Native threads may still be computing: an orderly exit would wait for them.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.on("message", (message) => void host.receive(message));
  send({ kind: "ready", version: protocolVersion });
}

function send(message: FromHost): void {
  process.send?.(message);
}

class ModelHostProcess {
  #llama: Promise<Llama> | null = null;
  readonly #decoders = new Loaded((llama: Llama, plan) => Decoder.load(llama, plan));
  readonly #encoders = new Loaded((llama: Llama, plan) => Encoder.load(llama, plan));
  #current: { readonly id: number; readonly abort: AbortController } | null = null;

  async receive(message: unknown): Promise<void> {
    const call = toHost.parse(message);
    if (call.kind === "cancel") {
      if (this.#current?.id === call.id)
        this.#current.abort.abort(new WeirError("cancelled", "The call was cancelled."));
      return;
    }
    const abort = new AbortController();
    this.#current = { id: call.id, abort };
    try {
      send({ kind: "done", id: call.id, value: await this.#answer(call, abort.signal) });
    } catch (thrown) {
      const { code, message: text, hint } = explain(thrown, call.plan);
      send({ kind: "failed", id: call.id, code, message: text, hint });
    } finally {
      this.#current = null;
    }
  }

  async #answer(call: HostCall, signal: AbortSignal): Promise<unknown> {
    this.#llama ??= start(call.plan);
    const llama = await this.#llama;
    if (call.kind === "embed") return (await this.#encoders.get(llama, call.plan)).embed(call.texts, signal);
    const decoder = await this.#decoders.get(llama, call.plan);
    return call.kind === "score" ? decoder.score(call, signal) : decoder.write(call, signal);
  }
}

/** The one model of its kind that is loaded; another file takes its place. */
class Loaded<T> {
  readonly #load: (llama: Llama, plan: LoadPlan) => Promise<T>;
  #path: string | null = null;
  #model: T | null = null;

  constructor(load: (llama: Llama, plan: LoadPlan) => Promise<T>) {
    this.#load = load;
  }

  async get(llama: Llama, plan: LoadPlan): Promise<T> {
    if (this.#model !== null && this.#path === plan.path) return this.#model;
    this.#model = await this.#load(llama, plan);
    this.#path = plan.path;
    return this.#model;
  }
}

async function start(plan: LoadPlan): Promise<Llama> {
  const llama = await getLlama({
    gpu: plan.gpu ? "auto" : false,
    // The source of llama.cpp is not installed: take the binary that is there or say so.
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => process.stderr.write(`${message.trimEnd()}\n`),
  });
  // More threads than cores wait for each other in turn: a hundred times slower.
  llama.maxThreads = plan.threads === 0 ? llama.cpuMathCores : plan.threads;
  return llama;
}

function explain(thrown: unknown, plan: LoadPlan): WeirError {
  if (thrown instanceof WeirError) return thrown;
  if (thrown instanceof InsufficientMemoryError) {
    return new WeirError("model.no-memory", `The model ${plan.path} does not fit: ${thrown.message}`);
  }
  const { message } = asWeirError(thrown);
  return new WeirError("model.load", `The model ${plan.path} does not work: ${message}`);
}
