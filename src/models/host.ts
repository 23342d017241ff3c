import type { z } from "zod";
import { WeirError } from "../core/index.ts";
import type {
  CallOptions,
  Model,
  ModelInfo,
  QuoteRequest,
  QuoteResult,
  ScoreRequest,
  ScoreResult,
  WriteRequest,
  WriteResult,
} from "../ports/index.ts";
import type { ModelRole } from "./catalogue.ts";
import { HostChild } from "./host-child.ts";
import type { ModelFile } from "./library.ts";
import { defaultLimits, planLoad, type LoadLimits } from "./load-plan.ts";
import { embedReply, quoteReply, scoreReply, writeReply, type HostCall, type LoadPlan } from "./protocol.ts";
import { Job, JobQueue } from "./queue.ts";
import { VectorCache, vectorKey } from "./vectors.ts";

/**
 * The local models, in a process of their own that is started when first needed:
 *
 *   none → starting → idle ⇄ busy → none
 *
 * Any of them may end in `none`: the process crashes (the call in flight fails, `model.host-crashed`),
 * a call runs out of time or does not get on (killed, `model.timeout`), a cancelled call does not stop
 * within a second (killed), or nothing was asked for `idleMs` (killed). The next call starts a new one.
 */
export interface HostOptions {
  /** Where the model files are; asked at the first call that needs one, and for `describe`. */
  readonly files: Readonly<Record<ModelRole, () => Promise<ModelFile>>>;
  readonly limits?: Partial<LoadLimits>;
  /** Limit of a call that names none. */
  readonly timeoutMs?: number;
  /** Ends the process after so long without a call; default: never. */
  readonly idleMs?: number;
  /** Ends the process when a call has not got on for so long: no token read, none written. */
  readonly stallMs?: number;
  /** Told when a process is started because the one before it had ended unasked. */
  readonly onRestart?: () => void;
}

/** The model a call is for. */
interface Which {
  readonly role: ModelRole;
  /** Path of the adapter it is asked with; null: none. */
  readonly adapter: string | null;
}

export interface LocalModel extends Model {
  /** Process id of the running host; null when there is none. */
  readonly hostPid: number | null;
}

const timeoutMsDefault = 120_000;
const stallMsDefault = 60_000;
const optionTokensDefault = 8;
const quotesDefault = 4;
const quoteTokensDefault = 32;
/** How long a cancelled call may go on before its process is killed. */
const cancelGraceMs = 1_000;
const vectorsMax = 16_384;

export function createModelHost(options: HostOptions): LocalModel {
  return new ModelHost(options);
}

class ModelHost implements LocalModel {
  readonly #options: HostOptions;
  readonly #queue = new JobQueue(() => this.#rest());
  readonly #vectors = new VectorCache(vectorsMax);
  #child: HostChild | null = null;
  /** Valid for the child that runs: what fitted into memory once is loaded there. */
  readonly #plans = new Map<string, Promise<LoadPlan>>();
  #idleTimer: NodeJS.Timeout | null = null;
  #closed = false;
  #lastId = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  get hostPid(): number | null {
    return this.#child?.alive === true ? this.#child.pid : null;
  }

  async describe(): Promise<ModelInfo> {
    const [decoder, encoder] = await Promise.all([this.#options.files.decoder(), this.#options.files.encoder()]);
    return {
      decoder: { name: decoder.name, sha256: decoder.sha256 },
      encoder: { name: encoder.name, sha256: encoder.sha256 },
    };
  }

  async score(request: ScoreRequest, options: CallOptions = {}): Promise<ScoreResult> {
    if (request.options.length === 0) throw new WeirError("internal", "There is nothing to score: no options.");
    const { document, question, lead = "", optionTokensMax = optionTokensDefault } = request;
    const { apart = false, best = request.options.length } = request;
    const asked = { document, question, lead, optionTokensMax, apart, best };
    return this.#call({ role: "decoder", adapter: request.adapter ?? null }, scoreReply, options, (id, plan) => {
      return { kind: "score", id, plan, ...asked, options: [...request.options] };
    });
  }

  async quote(request: QuoteRequest, options: CallOptions = {}): Promise<QuoteResult> {
    const { document, question, lead = "", passages } = request;
    const { quotesMax = quotesDefault, quoteTokensMax = quoteTokensDefault } = request;
    const asked = { document, question, lead, passages: [...passages], quotesMax, quoteTokensMax };
    return this.#call({ role: "decoder", adapter: request.adapter ?? null }, quoteReply, options, (id, plan) => {
      return { kind: "quote", id, plan, ...asked };
    });
  }

  async write(request: WriteRequest, options: CallOptions = {}): Promise<WriteResult> {
    const { document, instruction, schema, tokensMax, history = [] } = request;
    return this.#call({ role: "decoder", adapter: request.adapter ?? null }, writeReply, options, (id, plan) => {
      return { kind: "write", id, plan, document, instruction, schema, tokensMax, history: [...history] };
    });
  }

  async embed(texts: readonly string[], options: CallOptions = {}): Promise<readonly Float32Array[]> {
    if (texts.length === 0) return [];
    const { sha256 } = await this.#options.files.encoder();
    const keys = texts.map((text) => vectorKey(sha256, text));
    const known = new Map<string, Float32Array>();
    const missing = new Map<string, string>();
    keys.forEach((key, i) => {
      const vector = this.#vectors.get(key);
      if (vector === undefined) missing.set(key, texts[i] ?? "");
      else known.set(key, vector);
    });
    if (missing.size > 0) {
      const wanted = [...missing.values()];
      const vectors = await this.#call({ role: "encoder", adapter: null }, embedReply, options, (id, plan) => {
        return { kind: "embed", id, plan, texts: wanted };
      });
      for (const [i, key] of [...missing.keys()].entries()) {
        const vector = vectors[i];
        if (vector === undefined) throw new WeirError("internal", "The model host left out a vector.");
        known.set(key, vector);
        this.#vectors.set(key, vector);
      }
    }
    return keys.map((key) => known.get(key) ?? new Float32Array());
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const ended = this.#queue.close(new WeirError("cancelled", "The models were closed."));
    await this.#child?.kill();
    await ended;
    await this.#child?.kill(); // One that was being started meanwhile.
    this.#child = null;
  }

  #call<T>(
    which: Which,
    reply: z.ZodType<T>,
    options: CallOptions,
    build: (id: number, plan: LoadPlan) => HostCall,
  ): Promise<T> {
    const work = async (job: Job<T>) => reply.parse(await this.#perform(job, which, build, options.onProgress));
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? timeoutMsDefault;
    return this.#queue.add(new Job(work, timeoutMs, options), options.priority);
  }

  async #perform<T>(
    job: Job<T>,
    which: Which,
    build: (id: number, plan: LoadPlan) => HostCall,
    onProgress: CallOptions["onProgress"],
  ): Promise<unknown> {
    this.#wantOpen();
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const child = this.#runningChild();
    const id = ++this.#lastId;
    let grace: NodeJS.Timeout | null = null;
    job.onGivenUp = (why) => {
      if (why === "timeout") return void child.kill();
      child.cancel(id);
      grace = setTimeout(() => void child.kill(), cancelGraceMs);
    };
    const { stallMs = stallMsDefault } = this.#options;
    const stalled = setTimeout(() => {
      job.reject(new WeirError("model.timeout", `The model has not got on for ${stallMs / 1000} s.`));
      void child.kill();
    }, stallMs);
    try {
      const plan = await this.#plan(which);
      await child.ready();
      if (job.settled) return undefined;
      return await child.ask(build(id, plan), (done, total) => {
        stalled.refresh();
        if (!job.settled) onProgress?.(done, total);
      });
    } finally {
      job.onGivenUp = null;
      clearTimeout(stalled);
      if (grace !== null) clearTimeout(grace);
      // What was killed is gone before the next call starts another: two would not fit into memory.
      if (!child.alive) await child.kill();
    }
  }

  #runningChild(): HostChild {
    if (this.#child?.alive !== true) {
      if (this.#child) this.#options.onRestart?.();
      this.#child = new HostChild();
      this.#plans.clear();
    }
    this.#child.holdOpen(true);
    return this.#child;
  }

  #plan({ role, adapter }: Which): Promise<LoadPlan> {
    const name = `${role}\n${adapter ?? ""}`;
    const known = this.#plans.get(name);
    if (known !== undefined) return known;
    const limits = { ...defaultLimits, ...this.#options.limits };
    const plan = this.#options.files[role]().then((file) => planLoad(file, limits, adapter));
    plan.catch(() => this.#plans.delete(name));
    this.#plans.set(name, plan);
    return plan;
  }

  #rest(): void {
    this.#child?.holdOpen(false);
    const { idleMs } = this.#options;
    if (idleMs === undefined || this.#closed) return;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.#child?.kill(), idleMs).unref();
  }

  #wantOpen(): void {
    if (this.#closed) throw new WeirError("cancelled", "The models were closed.");
  }
}
