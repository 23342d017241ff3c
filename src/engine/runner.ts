import { WeirError, asWeirError, isSettled } from "../core/index.ts";
import {
  type Lease,
  type Profiles,
  type Queue,
  type RunChange,
  type RunRecord,
  type SpanOf,
  type StepHost,
  type Store,
  type Telemetry,
  type Ticket,
  noTelemetry,
} from "../ports/index.ts";
import { type AtCrashPoint, noCrash } from "./crash-points.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { DriftWatch } from "./drift.ts";
import { isStoreTrouble, parked } from "./failure.ts";
import { keepLease } from "./heartbeat.ts";
import { RunProfile } from "./run-profile.ts";
import { Session } from "./session.ts";
import { type FindWorkflow, changed, versionOf } from "./versions.ts";

export interface RunnerOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly host: StepHost;
  /** What workflows have learned; without them nothing is accepted on a probability. */
  readonly profiles?: Profiles;
  readonly findWorkflow: FindWorkflow;
  /** Version of this engine, with its build. */
  readonly engineBuild: string;
  /** Names this process in leases, so that others can tell whether it lives. */
  readonly worker: string;
  /** How long a run stays ours without a sign of life, milliseconds; default 30 s. */
  readonly leaseMs?: number;
  /** How soon a cancellation is seen, milliseconds; default 1 s. */
  readonly pollMs?: number;
  readonly atCrashPoint?: AtCrashPoint;
  readonly telemetry?: Pick<Telemetry, "during">;
}

/** How a worker asks for an end: after the step in progress, or at once. */
export interface StopSignals {
  readonly stopping: AbortSignal;
  readonly abort: AbortSignal;
}

/** How long a run that another worker holds is left alone before it is looked at again. */
const heldMs = 1_000;

/** Takes runs from where their journal ends to their next stop. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly leaseMs: number;
  readonly #pollMs: number;
  readonly #drift = new DriftWatch();
  readonly #atCrashPoint: AtCrashPoint;
  readonly #telemetry: Pick<Telemetry, "during">;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.leaseMs = options.leaseMs ?? 30_000;
    this.#pollMs = options.pollMs ?? 1_000;
    this.#atCrashPoint = options.atCrashPoint ?? noCrash;
    this.#telemetry = options.telemetry ?? noTelemetry;
  }

  /**
   * Works on the run of a ticket until it is done, waits or failed, and settles the ticket.
   * Work whose lease was lost is thrown away without a word: somebody else does it.
   * @throws WeirError `store.*`; the run is then put back, or comes back when its lease is over
   */
  async runOnce(ticket: Ticket, stop: StopSignals): Promise<void> {
    const { store, queue, worker, host } = this.#options;
    this.#atCrashPoint("ticket-taken");
    const run = await store.runs.lease(ticket, worker, this.leaseMs);
    if (!run) {
      const known = await store.runs.get(ticket.runId);
      if (known && !isSettled(known.status)) await queue.release(ticket, host.clock.now() + heldMs);
      else await queue.settle(ticket);
      return;
    }
    this.#atCrashPoint("run-leased");
    try {
      const after = await this.#work(run, ticket, stop);
      // Asked for after the last look: what is parked now would wait for nothing.
      if (after.cancelRequested) await store.runs.cancel(run.id);
    } catch (error) {
      if (error instanceof WeirError && error.code === "lease.lost") return;
      await this.#release(ticket);
      throw error;
    }
    this.#atCrashPoint("run-committed");
    await queue.settle(ticket);
  }

  async #work(run: RunRecord, ticket: Ticket, stop: StopSignals): Promise<RunRecord> {
    const commit = async (change: RunChange) => await this.#options.store.runs.commit(ticket, change);
    if (run.cancelRequested) return await commit(cancelled(run));
    const definition = await this.#definition(run).catch((error: unknown) => asWeirError(error));
    if (definition instanceof WeirError) return await commit(parked(definition));
    const work = new AbortController();
    const stopHeartbeat = keepLease({
      ...this.#options,
      clock: this.#options.host.clock,
      ticket,
      leaseMs: this.leaseMs,
      pollMs: this.#pollMs,
      work,
    });
    try {
      const signal = AbortSignal.any([work.signal, stop.abort]);
      return await this.#telemetry.during(spanOf(run), async () => {
        return await this.#session(run, ticket, definition, signal, stop.stopping);
      });
    } catch (error) {
      if (stop.abort.aborted) return await commit({ status: "queued", wakeAt: this.#options.host.clock.now() });
      if (error instanceof WeirError && error.code === "run.cancelled") return await commit(cancelled(run));
      throw error;
    } finally {
      await stopHeartbeat();
    }
  }

  async #session(
    run: RunRecord,
    ticket: Ticket,
    definition: WorkflowDefinition,
    signal: AbortSignal,
    stopping: AbortSignal,
  ): Promise<RunRecord> {
    const { store, host, profiles, engineBuild } = this.#options;
    const profile = new RunProfile({ profiles, drift: this.#drift, run, engineBuild });
    const answers = (await store.reviews.get(run.id))?.decisions ?? {};
    const atCrashPoint = this.#atCrashPoint;
    const session = new Session({
      store,
      host,
      profile,
      definition,
      run,
      token: ticket.token,
      answers,
      signal,
      stopping,
      atCrashPoint,
      telemetry: this.#telemetry,
    });
    return await session.work();
  }

  /** The version the run is pinned to, or one that can take it over. @throws WeirError `workflow.*` */
  async #definition({ workflow: pin }: RunRecord): Promise<WorkflowDefinition> {
    const present = await this.#options.findWorkflow(pin);
    const pinned = versionOf(present, pin);
    if (pinned) return pinned;
    if (present?.migrate && present.name === pin.name) return present;
    throw changed(present, pin);
  }

  /** As far as the store lets us; if it does not, the lease runs out. */
  async #release(lease: Lease): Promise<void> {
    const change: RunChange = { status: "queued", wakeAt: this.#options.host.clock.now() + heldMs };
    await this.#options.store.runs.commit(lease, change).catch((error: unknown) => {
      if (!isStoreTrouble(error) && !(error instanceof WeirError && error.code === "lease.lost")) throw error;
    });
  }
}

/** One stretch of work under one lease: a run that waited for somebody has several. */
function spanOf({ id, workflow: { name, version }, attempts }: RunRecord): SpanOf {
  const attributes = {
    "weir.run": id,
    "weir.workflow": name,
    "weir.workflow.version": version,
    "weir.attempts": attempts,
  };
  return { name: `run ${name}`, kind: "internal", attributes };
}

function cancelled({ id }: RunRecord): RunChange {
  const error = new WeirError("run.cancelled", `Run ${id} was cancelled.`).info();
  return { status: "cancelled", error, events: [{ type: "run.cancelled", data: {} }] };
}
