import { getLlama, InsufficientMemoryError, LlamaLogLevel, type Llama, type LlamaModel } from "node-llama-cpp";
import { asWeirError, WeirError } from "../core/index.ts";
import { Decoder } from "./llama/decoder.ts";
import type { Turn } from "./llama/reading.ts";
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
  readonly #decoderModels = new Latest<LlamaModel>();
  readonly #decoders = new Latest<Decoder>((decoder) => decoder.close());
  readonly #encoders = new Latest<Encoder>();
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
    const progress = (done: number, total: number) => send({ kind: "progress", id: call.id, done, total });
    try {
      send({ kind: "done", id: call.id, value: await this.#answer(call, { signal: abort.signal, progress }) });
    } catch (thrown) {
      const { code, message: text, hint } = explain(thrown, call.plan);
      send({ kind: "failed", id: call.id, code, message: text, hint });
    } finally {
      this.#current = null;
    }
  }

  async #answer(call: HostCall, turn: Turn): Promise<unknown> {
    const { plan } = call;
    this.#llama ??= start(plan);
    const llama = await this.#llama;
    if (call.kind === "embed") {
      const encoder = await this.#encoders.get(plan.path, () => Encoder.load(llama, plan));
      return encoder.embed(call.texts, turn.signal);
    }
    const model = await this.#decoderModels.get(plan.path, () => Decoder.loadModel(llama, plan, turn.progress));
    const name = `${plan.path}\n${plan.adapter?.id ?? ""}`;
    const decoder = await this.#decoders.get(name, () => Decoder.open(llama, model, plan));
    if (call.kind === "quote") return decoder.quote(call, turn);
    return call.kind === "score" ? decoder.score(call, turn) : decoder.write(call, turn);
  }
}

/** The one of its kind that is loaded; another takes its place. */
class Latest<T> {
  readonly #close: (old: T) => Promise<void>;
  #name: string | null = null;
  #loaded: T | null = null;

  constructor(close: (old: T) => Promise<void> = async () => {}) {
    this.#close = close;
  }

  async get(name: string, load: () => Promise<T>): Promise<T> {
    if (this.#loaded !== null && this.#name === name) return this.#loaded;
    if (this.#loaded !== null) await this.#close(this.#loaded);
    this.#loaded = null;
    this.#loaded = await load();
    this.#name = name;
    return this.#loaded;
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
