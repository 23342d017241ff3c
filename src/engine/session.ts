import {
  type Backoff,
  type Decisions,
  type DocumentText,
  type DraftData,
  InvariantBroken,
  type JsonObject,
  Postponed,
  WeirError,
  asWeirError,
  defaultBackoff,
  delayAfter,
  openDoubts,
  raise,
} from "../core/index.ts";
import type {
  NewEvent,
  RunChange,
  RunRecord,
  SpanOf,
  State,
  StepContext,
  StepHost,
  Store,
  Telemetry,
  TokenUse,
  Usage,
} from "../ports/index.ts";
import { type CloudUse, addCloudUse, noCloudUse, usualWorth } from "../ports/index.ts";
import { RunCheckpointer } from "./checkpointer.ts";
import type { AtCrashPoint } from "./crash-points.ts";
import { type WorkflowDefinition, nodesMax, stepNames } from "./definition.ts";
import { type StepFailure, afterFailure, isStoreTrouble, parked, stepError } from "./failure.ts";
import { type Gate, gatesOf, withAnswers } from "./gates.ts";
import { type WeirGraph, compileGraph } from "./graph.ts";
import { within } from "./limits.ts";
import { takeVersion } from "./migration.ts";
import type { Around, StepRun } from "./nodes.ts";
import { forkJournal, journalBefore } from "./rerun.ts";
import type { RunProfile } from "./run-profile.ts";
import { type Position, draftOf, shownAt, workOf } from "./state.ts";
import { untraced } from "../untraced.ts";

export interface SessionOptions {
  readonly store: Store;
  readonly host: StepHost;
  readonly profile: RunProfile;
  readonly definition: WorkflowDefinition;
  /** As leased. */
  readonly run: RunRecord;
  readonly token: string;
  /** What people decided so far. */
  readonly answers: Decisions;
  /** Aborted when the work is to stop at once. */
  readonly signal: AbortSignal;
  /** Aborted when the work is to stop before the next step. */
  readonly stopping: AbortSignal;
  readonly atCrashPoint: AtCrashPoint;
  readonly telemetry: Pick<Telemetry, "during">;
}

/** One stretch of work on a run under one lease: from where the journal ends to a stop. */
export class Session {
  readonly #options: SessionOptions;
  readonly #checkpointer: RunCheckpointer;
  readonly #graph: WeirGraph;
  readonly #gates: readonly Gate[];
  #usage: Usage;
  #countedUntil: number;
  #failure: StepFailure | undefined;
  #postponed: Postponed | undefined;
  #read: { readonly sha256: string; readonly text: DocumentText } | undefined;
  /** What the step in progress said about itself. */
  #told: NewEvent[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    const { definition, run, token, store, host, atCrashPoint } = options;
    this.#checkpointer = new RunCheckpointer(store.checkpoints, { runId: run.id, token }, atCrashPoint);
    this.#gates = gatesOf(definition);
    this.#graph = compileGraph(definition, host, { checkpointer: this.#checkpointer, around: this.#around });
    this.#usage = { ...run.usage, airgap: (run.usage.airgap ?? true) && host.airgap === true };
    this.#countedUntil = host.clock.now();
  }

  /**
   * Works until the run is done, waits, or failed, and commits that.
   * @throws the signal's reason, `lease.lost`, or the store's trouble: then nothing was committed
   */
  async work(): Promise<RunRecord> {
    const change = await this.#drive().catch((thrown: unknown) => this.#failed(thrown));
    const run = await this.#checkpointer.commit({ ...change, usage: this.#count() });
    if (!run) throw new InvariantBroken(`Run ${this.#options.run.id} was left without coming to a stop.`);
    return run;
  }

  async #drive(): Promise<RunChange> {
    const { run, definition } = this.#options;
    const config = {
      configurable: { thread_id: run.id },
      durability: "sync" as const,
      callbacks: untraced,
      recursionLimit: nodesMax(definition) + 2,
    };
    await this.#takeOver();
    await takeVersion({ ...this.#options, checkpointer: this.#checkpointer });
    const stopsMax = nodesMax(definition) + 3;
    for (let stops = 0; stops < stopsMax; stops++) {
      const snapshot = await this.#graph.getState(config);
      const begun = snapshot.config.configurable?.["checkpoint_id"] !== undefined;
      const [next] = snapshot.next as readonly string[];
      const position = snapshot.values as Partial<Position>;
      // Not `next`: it is empty too where a step is done and its checkpoint was lost in a crash.
      if (begun && snapshot.tasks.length === 0) return done(workOf(position));
      const review = await this.#toReview(next, position);
      if (review) return review;
      if (this.#options.stopping.aborted) return this.#putBack();
      await this.#graph.invoke(begun ? null : { work: { document: run.document } }, config);
    }
    throw new InvariantBroken(`Run ${run.id} stops again and again before ${definition.name} is done.`);
  }

  /** A rerun that has no journal yet begins with the other run's. */
  async #takeOver(): Promise<void> {
    const { id, rerun } = this.#options.run;
    if (!rerun || (await this.#checkpointer.getTuple({ configurable: { thread_id: id } }))) return;
    await forkJournal(
      this.#checkpointer,
      await journalBefore(this.#graph, this.#checkpointer, rerun.runId, rerun.step),
      id,
    );
  }

  /** What to commit where a person has to decide something before the run goes on. */
  async #toReview(next: string | undefined, position: Partial<Position>): Promise<RunChange | null> {
    const gate = this.#gates.find(({ node }) => node === next);
    const known = gate && position.work ? shownAt({ ...position, work: position.work })(position.work) : null;
    if (!gate || !known) return null;
    const { definition, answers, profile } = this.#options;
    const draft = gate.doubts === openDoubts ? await profile.audited(known, gate.node) : known;
    if (gate.doubts(withAnswers(definition, draft, answers)).length === 0) return null;
    return { review: { step: gate.node }, draft };
  }

  readonly #around: Around = async (step, state, run) => {
    const { name } = step;
    const about = { step: name, ...(step.part ? { part: step.part.index + 1 } : {}) };
    const { host, definition, signal, stopping, atCrashPoint, telemetry } = this.#options;
    signal.throwIfAborted();
    if (stopping.aborted) throw new Stopped();
    const startedAt = host.clock.now();
    await this.#checkpointer.commit({ events: [event("step.started", about)] });
    this.#told = [];
    atCrashPoint("step-begun");
    try {
      const limit = timeLimit(definition, name, this.#count().ms);
      const next = await within(
        host.clock,
        limit.ms,
        signal,
        limit.error,
        async (limited) =>
          await telemetry.during(this.#spanOf(step), async () => await run(this.#context(step, limited))),
      );
      atCrashPoint("step-ran");
      await this.#options.profile.watch(state, next, host.clock.now());
      const ms = host.clock.now() - startedAt;
      this.#stage(step, next, [...this.#told, event("step.done", { ...about, kind: step.kind, ms })]);
      return next;
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof Postponed) {
        this.#postponed = thrown;
        throw thrown;
      }
      const failure = { step: name, error: stepError(name, thrown) };
      const doubted = step.skippable ? this.#doubted(state, failure) : null;
      if (!doubted) {
        this.#failure = failure;
        throw thrown;
      }
      const { code, message } = failure.error;
      this.#stage(step, doubted, [event("step.failed", { ...about, code, message })]);
      return doubted;
    }
  };

  #spanOf({ name, kind }: StepRun): SpanOf {
    const { run, definition } = this.#options;
    const attributes = {
      "weir.run": run.id,
      "weir.workflow": definition.name,
      "weir.step": name,
      "weir.step.kind": kind,
    };
    return { name: `step ${name}`, kind: "internal", attributes };
  }

  /** What the run shows of a step's outcome, committed with the outcome itself. */
  #stage(step: StepRun, state: State, events: readonly NewEvent[]): void {
    const draft = step.shown(state);
    this.#checkpointer.stage({
      attempts: 0,
      usage: this.#count(),
      ...(draft ? { draft } : {}),
      ...("reading" in state ? { reading: state.reading } : {}),
      events,
    });
  }

  /**
   * Where a person can do what the step could not, its failure is a doubt on everything decided so
   * far, and the run goes on to its review. Null: there is no draft, or no review ahead.
   */
  #doubted(state: State, { step, error }: StepFailure): State | null {
    if (error.next !== "review" || !("stage" in state) || state.stage !== "draft") return null;
    const paths = Object.keys(state.draft.decisions);
    if (paths.length === 0 || !this.#reviewAhead(step)) return null;
    const draft: DraftData = raise(state.draft, { code: error.code, paths, message: error.message, step });
    return { ...state, draft };
  }

  #reviewAhead(step: string): boolean {
    const names = stepNames(this.#options.definition);
    return this.#gates.some(({ node, doubts }) => doubts === openDoubts && names.indexOf(node) > names.indexOf(step));
  }

  #failed(thrown: unknown): RunChange {
    const { signal, run, host } = this.#options;
    signal.throwIfAborted();
    if (thrown instanceof Stopped) return this.#putBack();
    if (this.#postponed) return later(this.#postponed, this.#latest(run).attempts);
    const failure = this.#failure ?? { step: "", error: asWeirError(thrown) };
    if (failure.error.code === "workflow.changed") return parked(failure.error);
    if (isStoreTrouble(failure.error) || failure.error.code === "lease.lost") throw failure.error;
    return afterFailure(this.#latest(run), failure, this.#backoff, host.clock);
  }

  get #backoff(): Backoff {
    return { ...defaultBackoff, attemptsMax: this.#options.definition.attemptsMax };
  }

  /** A step that succeeded under this lease has set the tries back. */
  #latest(run: RunRecord): RunRecord {
    return this.#checkpointer.hasStep ? { ...run, attempts: 0 } : run;
  }

  #putBack(): RunChange {
    return { status: "queued", wakeAt: this.#options.host.clock.now() };
  }

  #count(): Usage {
    const now = this.#options.host.clock.now();
    this.#usage = { ...this.#usage, ms: this.#usage.ms + (now - this.#countedUntil) };
    this.#countedUntil = now;
    return this.#usage;
  }

  /** Kept from step to step: parsing a long document takes longer than many a step. */
  async #text(sha256: string): Promise<DocumentText> {
    if (this.#read?.sha256 !== sha256) {
      const bytes = await this.#options.host.blobs.get(sha256);
      this.#read = { sha256, text: JSON.parse(new TextDecoder().decode(bytes)) as DocumentText };
    }
    return this.#read.text;
  }

  #addCloudUse(use: CloudUse): void {
    this.#usage = { ...this.#usage, cloud: addCloudUse(this.#usage.cloud ?? noCloudUse, use) };
  }

  #addTokens({ prompt, reused, generated }: TokenUse): void {
    this.#usage = {
      ...this.#usage,
      promptTokens: this.#usage.promptTokens + prompt,
      reusedTokens: this.#usage.reusedTokens + reused,
      generatedTokens: this.#usage.generatedTokens + generated,
    };
  }

  #context({ name, effect, part }: StepRun, signal: AbortSignal): StepContext {
    const { run, definition, host, profile, answers } = this.#options;
    return {
      ...host,
      run: { id: run.id, itemId: run.itemId },
      workflow: { name: definition.name, version: definition.version },
      schema: definition.schema,
      learned: async (text) => await profile.learned(name, text),
      settings: run.settings,
      worth: definition.escalate?.worth ?? usualWorth,
      without: readersWithout(run.settings),
      folder: run.folder,
      effectKey: `${run.id}/${effect}`,
      lastTry: delayAfter(this.#latest(run).attempts + 1, 0, this.#backoff) === null,
      signal,
      answers,
      part: null,
      text: async ({ reading }) => await this.#text(reading.sha256),
      tell: (type, data) =>
        this.#told.push(event(type, { step: name, ...(part ? { part: part.index + 1 } : {}), ...data })),
      count: (tokens) => this.#addTokens(tokens),
      countCloud: (use) => this.#addCloudUse(use),
    };
  }
}

/** The setting `without=slm,encoder`: part of the run, so that a result with other readers is never reused. */
function readersWithout(settings: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set((settings["without"] ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()])));
}

/** How long a step may take: no longer than the run has left. @throws WeirError `run.timeout` where nothing is left */
function timeLimit({ stepTimeoutMs, runTimeoutMs }: WorkflowDefinition, step: string, workedMs: number) {
  const runOver = () => new WeirError("run.timeout", `The run has used up its ${runTimeoutMs} ms at step "${step}".`);
  const left = runTimeoutMs - workedMs;
  if (left <= 0) throw runOver();
  const stepOver = () => new WeirError("step.timeout", `Step "${step}" took longer than ${stepTimeoutMs} ms.`);
  return left < stepTimeoutMs ? { ms: left, error: runOver } : { ms: stepTimeoutMs, error: stepOver };
}

/** Not an error: how a node tells LangGraph to end before the next step. */
class Stopped extends Error {}

function event(type: string, data: JsonObject): NewEvent {
  return { type, data };
}

/** A step that is to be run again later has not failed. */
function later({ message, until, reason }: Postponed, attempts: number): RunChange {
  return {
    status: "waiting",
    waiting: { reason, until },
    wakeAt: until,
    attempts,
    error: null,
    events: [event("run.waiting", { reason, until, message })],
  };
}

function done(work: State): RunChange {
  const draft = draftOf(work);
  return { status: "succeeded", error: null, ...(draft ? { draft } : {}), events: [event("run.succeeded", {})] };
}
