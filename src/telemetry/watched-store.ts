import { type RunStatus, WeirError, fatesOf, schemaPath, toResult } from "../core/index.ts";
import {
  type CheckpointStore,
  type Lease,
  type LogLevel,
  type NewEvent,
  type ReviewStore,
  type RunChange,
  type RunRecord,
  type RunStore,
  type Store,
  type Telemetry,
  type Usage,
  noCloudUse,
} from "../ports/index.ts";

/** What is known here of a run this process holds. */
interface Held {
  readonly workflow: string;
  usage: Usage;
}

/**
 * A store that tells what was committed through it, after it was: so no line and no figure speaks of
 * what did not happen, and none is missing because some place forgot to say it. Of events only names,
 * codes and numbers are told.
 */
export function watchedStore(store: Store, telemetry: Telemetry): Store {
  const watch = new Watch(telemetry);
  return {
    ...store,
    runs: watchedRuns(store.runs, watch),
    checkpoints: watchedCheckpoints(store.checkpoints, watch),
    reviews: watchedReviews(store.reviews, watch),
    close: async () => await store.close(),
  };
}

function watchedRuns(runs: RunStore, watch: Watch): RunStore {
  return {
    create: async (run) => {
      const made = await runs.create(run);
      if (made.created) watch.moved(made.run, "queued");
      return made;
    },
    get: async (id) => await runs.get(id),
    list: async (filter) => await runs.list(filter),
    counts: async () => await runs.counts(),
    moveToLane: async (ids, lane) => await runs.moveToLane(ids, lane),
    lease: async (lease, worker, leaseMs) => {
      const run = await runs.lease(lease, worker, leaseMs);
      if (run) watch.leased(run);
      return run;
    },
    renew: async (lease, leaseMs) => await watch.fenced(lease, async () => await runs.renew(lease, leaseMs)),
    commit: async (lease, change) => {
      const run = await watch.fenced(lease, async () => await runs.commit(lease, change));
      watch.journaled(lease.runId, change);
      if (run.status !== "running") watch.stopped(run, change);
      return run;
    },
    freeLeases: async (isDead) => {
      const ids = await runs.freeLeases(isDead);
      for (const run of ids) watch.recovered(run);
      return ids;
    },
    cancel: async (id) => {
      const run = await runs.cancel(id);
      if (run.status === "cancelled") watch.moved(run, "cancelled");
      return run;
    },
    park: async (id, error) => {
      const run = await runs.park(id, error);
      watch.moved(run, "needs-migration");
      return run;
    },
    pins: async (status) => await runs.pins(status),
    retry: async (id, lane) => {
      const run = await runs.retry(id, lane);
      watch.moved(run, "queued");
      return run;
    },
  };
}

/** A step is done when its outcome is in the journal: what that means for the run is told then. */
function watchedCheckpoints(checkpoints: CheckpointStore, watch: Watch): CheckpointStore {
  return {
    write: async (lease, entries, change = {}) => {
      const run = await watch.fenced(lease, async () => await checkpoints.write(lease, entries, change));
      watch.journaled(lease.runId, change);
      if (run) watch.stopped(run, change);
      return run;
    },
    get: async (...args) => await checkpoints.get(...args),
    channels: async (...args) => await checkpoints.channels(...args),
    writes: async (key) => await checkpoints.writes(key),
    list: async (filter) => await checkpoints.list(filter),
    deleteThread: async (threadId) => await checkpoints.deleteThread(threadId),
  };
}

function watchedReviews(reviews: ReviewStore, watch: Watch): ReviewStore {
  return {
    get: async (runId) => await reviews.get(runId),
    listOpen: async (options) => await reviews.listOpen(options),
    save: async (runId, version, decisions) => {
      const review = await reviews.save(runId, version, decisions);
      watch.tell("info", "review.saved", { run: runId, step: review.step });
      return review;
    },
    finish: async (runId, version, decisions, lane) => {
      const review = await reviews.finish(runId, version, decisions, lane);
      watch.tell("info", "review.finished", { run: runId, step: review.step });
      return review;
    },
  };
}

class Watch {
  readonly #telemetry: Telemetry;
  readonly #held = new Map<string, Held>();

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  tell(...line: Parameters<Telemetry["log"]>): void {
    this.#telemetry.log(...line);
  }

  moved({ id: run, workflow: { name: workflow } }: RunRecord, status: RunStatus): void {
    this.tell("info", `run.${status}`, { run, workflow });
    this.#telemetry.count("weir_runs_total", { workflow, status });
  }

  leased({ id: run, workflow: { name: workflow }, usage }: RunRecord): void {
    this.#held.set(run, { workflow, usage });
    this.tell("info", "run.running", { run, workflow });
  }

  recovered(run: string): void {
    this.tell("info", "run.recovered", { run });
    this.#telemetry.count("weir_runs_recovered_total", {});
  }

  /** Work on a run this process holds; lost once, told once. */
  async fenced<T>({ runId }: Lease, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const held = this.#held.get(runId);
      if (held && error instanceof WeirError && error.code === "lease.lost") {
        this.#held.delete(runId);
        this.tell("warn", "lease.lost", { run: runId, workflow: held.workflow });
        this.#telemetry.count("weir_leases_lost_total", { workflow: held.workflow });
      }
      throw error;
    }
  }

  stopped(run: RunRecord, change: RunChange): void {
    const held = this.#held.get(run.id);
    this.#held.delete(run.id);
    const { status, error, workflow } = run;
    const fields = { run: run.id, workflow: workflow.name };
    if (status === "review") {
      this.tell("info", "run.review", { ...fields, step: change.review?.step });
      this.#count(run);
    } else if (status === "queued") this.tell("info", "run.put-back", fields);
    else if (status !== "waiting") {
      const level: LogLevel = status === "failed" || status === "needs-migration" ? "error" : "info";
      this.tell(level, `run.${status}`, { ...fields, ms: held && run.usage.ms, code: error?.code });
      this.#count(run);
    }
  }

  journaled(run: string, change: RunChange): void {
    const held = this.#held.get(run);
    if (!held) return;
    this.#used(held, change.usage);
    for (const event of change.events ?? []) this.#event(run, held.workflow, event, change);
  }

  /** A run that has come to a stop, and what became of its paths. */
  #count(run: RunRecord): void {
    const { status } = run;
    const workflow = run.workflow.name;
    this.#telemetry.count("weir_runs_total", { workflow, status });
    if (status !== "review" && status !== "succeeded") return;
    for (const [path, fate] of fatesOf(toResult(run))) {
      // What waits is counted when it begins to, what was decided when the document is done.
      if ((fate === "waiting") !== (status === "review")) continue;
      const outcome = fate === "waiting" ? "review" : fate;
      this.#telemetry.count("weir_decisions_total", { workflow, path: schemaPath(path), outcome });
    }
  }

  #event(run: string, workflow: string, { type, data }: NewEvent, { waiting }: RunChange): void {
    const step = typeof data["step"] === "string" ? data["step"] : undefined;
    const code = typeof data["code"] === "string" ? data["code"] : undefined;
    const ms = typeof data["ms"] === "number" ? data["ms"] : undefined;
    const fields = { run, workflow, step, ms, code };
    if (type === "step.done") {
      this.tell("info", type, fields);
      const kind = typeof data["kind"] === "string" ? data["kind"] : "own";
      this.#telemetry.observe("weir_step_seconds", { workflow, kind }, (ms ?? 0) / 1_000);
    } else if (type === "step.failed") {
      this.tell("warn", type, fields);
      this.#telemetry.count("weir_step_failures_total", { workflow, code: code ?? "internal" });
    } else if (type === "run.waiting" && waiting) {
      const until = new Date(waiting.until).toISOString();
      this.tell("info", type, { run, workflow, reason: waiting.reason, until });
      this.#telemetry.count("weir_retries_total", { workflow, reason: waiting.reason });
    } else if (!type.startsWith("run.")) this.tell("debug", type, fields);
  }

  /** What the committed sums grew by. */
  #used(held: Held, usage: Usage | undefined): void {
    if (!usage) return;
    const { workflow, usage: before } = held;
    held.usage = usage;
    const add = (name: Parameters<Telemetry["count"]>[0], more: Record<string, string>, by: number) => {
      if (by > 0) this.#telemetry.count(name, { workflow, ...more }, by);
    };
    add("weir_model_tokens_total", { kind: "prompt" }, usage.promptTokens - before.promptTokens);
    add("weir_model_tokens_total", { kind: "reused" }, usage.reusedTokens - before.reusedTokens);
    add("weir_model_tokens_total", { kind: "generated" }, usage.generatedTokens - before.generatedTokens);
    const [now, then] = [usage.cloud ?? noCloudUse, before.cloud ?? noCloudUse];
    add("weir_cloud_calls_total", {}, now.calls - then.calls);
    add("weir_cloud_tokens_total", { kind: "prompt" }, now.promptTokens - then.promptTokens);
    add("weir_cloud_tokens_total", { kind: "completion" }, now.completionTokens - then.completionTokens);
  }
}
