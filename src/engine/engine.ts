import { createHash } from "node:crypto";
import { type DocumentRef, type IdSource, InvariantBroken, WeirError, canonicalJson } from "../core/index.ts";
import type {
  EventRecord,
  NewRun,
  ProfileStats,
  Profiles,
  Queue,
  ReviewRecord,
  RunFilter,
  RunRecord,
  StepHost,
  Store,
  Telemetry,
} from "../ports/index.ts";
import { type Answers, toDecisions } from "./answers.ts";
import { RunCheckpointer } from "./checkpointer.ts";
import { type AtCrashPoint, noCrash } from "./crash-points.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { gatesOf, withAnswers } from "./gates.ts";
import { compileGraph } from "./graph.ts";
import { pinProfile } from "./learned.ts";
import { profileStats } from "./profile-stats.ts";
import { journalBefore } from "./rerun.ts";
import { Runner } from "./runner.ts";
import { type FindWorkflow, pinnedVersion, settleVersions } from "./versions.ts";
import { recordAudits } from "./watch.ts";
import { Worker } from "./worker.ts";
import { hasEnded, processId } from "../process-id.ts";

export interface EngineOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly host: StepHost;
  /** What workflows have learned; without them nothing is accepted on a probability. */
  readonly profiles?: Profiles;
  readonly ids: IdSource;
  readonly findWorkflow: FindWorkflow;
  /** Version of the engine: results of another one are not reused. */
  readonly engineBuild: string;
  /** Where the command was called. */
  readonly folder: string;
  /** Runs worked on at the same time; default 2. */
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  readonly idleMs?: number;
  /** Told what keeps the service from working, e.g. a full disk. */
  readonly onTrouble?: (error: unknown) => void;
  readonly atCrashPoint?: AtCrashPoint;
  /** Told what is done while it is done, as spans. */
  readonly telemetry?: Pick<Telemetry, "during">;
  /** Names this process in leases; default its host, pid and start. */
  readonly worker?: string;
}

/** One document for one workflow. */
export interface Submission {
  readonly itemId: string;
  readonly workflow: { readonly definition: WorkflowDefinition; readonly file: string | null };
  /** The document, or where it is stored already. */
  readonly document: { readonly name: string; readonly bytes: Uint8Array } | DocumentRef;
  readonly settings?: Readonly<Record<string, string>>;
  /** A name, or "name@version"; null or "none": none; absent: `default` where it was taught. */
  readonly profile?: string | null;
  readonly lane: string;
  /** Higher first; default 0. */
  readonly priority?: number;
  /** Whether an earlier run of the same work will do; one that failed or was cancelled never does. */
  readonly reuse: boolean;
  /** What makes work the same where it is not item, document, workflow, models and settings. */
  readonly reuseKey?: string;
}

export type Engine = ReturnType<typeof createEngine>;

/** Everything the command line and the server do with runs. */
export function createEngine(options: EngineOptions) {
  const { store, host, profiles, findWorkflow, atCrashPoint = noCrash } = options;
  const worker = options.worker ?? processId();
  const runner = new Runner({ ...options, worker });
  const workers = new Set<Worker>();
  const service = new Worker({ ...options, clock: host.clock, runner, worker });

  return {
    /** The document is stored and the run durable when this resolves. */
    submit: async (submission: Submission): Promise<{ readonly run: RunRecord; readonly created: boolean }> => {
      const { definition } = submission.workflow;
      const profile = await pinProfile(profiles, definition, submission.profile);
      const withdrawn = profile === null ? [] : ((await profiles?.withdrawals(definition.name, profile)) ?? []);
      const document = await stored(submission.document, host);
      atCrashPoint("blob-stored");
      const models = await modelsOf(host);
      const submitted = await store.runs.create(
        newRun(submission, { document, models, profile, withdrawn: withdrawn.length }, options),
      );
      atCrashPoint("run-created");
      if (submitted.created) service.notify();
      return submitted;
    },

    /** Works on a lane until everything in it is done, failed, or waits for a person. */
    drain: async (lane: string): Promise<void> => {
      const drainer = new Worker({ ...options, clock: host.clock, runner, worker });
      workers.add(drainer);
      try {
        await drainer.drain(lane);
      } finally {
        workers.delete(drainer);
      }
    },

    /** Begins to work on whatever is due in any lane, until `stop`. */
    start: (): void => {
      workers.add(service);
      service.start();
    },

    /** Ends after the steps in progress, or in the middle of them after `withinMs`. Loses nothing. */
    stop: async (withinMs?: number): Promise<void> => {
      await Promise.all([...workers].map(async (one) => await one.stop(withinMs)));
    },

    /** Takes back at once what processes of this machine held that are dead now. @returns the run ids */
    recover: async (): Promise<readonly string[]> => await store.runs.freeLeases(hasEnded),

    /**
     * After a deploy: what waits for a person, or for its version, is held against the workflows that are
     * here now. Runs whose version is gone are parked, those that can go on are queued.
     */
    settleVersions: async (): Promise<void> => {
      await settleVersions(store, findWorkflow);
      service.notify();
    },

    /** @throws WeirError `run.unknown` */
    get: async (id: string): Promise<RunRecord> => await known(store, id),

    list: async (filter: RunFilter) => await store.runs.list(filter),

    events: async (id: string, afterSeq?: number): Promise<readonly EventRecord[]> =>
      await store.events.list(id, afterSeq),

    /** Moves unfinished runs into a lane, due now, so that its `drain` finishes them. */
    adopt: async (ids: readonly string[], lane: string): Promise<void> => await store.runs.moveToLane(ids, lane),

    /** What is not running is cancelled at once, what is running within a second or two. */
    cancel: async (id: string): Promise<RunRecord> => await store.runs.cancel(id),

    /** Goes on with a failed, cancelled or parked run after its last good step. */
    retry: async (id: string, lane?: string): Promise<RunRecord> => {
      const run = await store.runs.retry(id, lane);
      service.notify();
      return run;
    },

    /**
     * A new run of the same document that takes over what an earlier one had before `step`.
     * @throws WeirError `run.state` when it never came to that step, `workflow.changed`
     */
    rerun: async (id: string, step: string, lane?: string): Promise<RunRecord> => {
      const source = await known(store, id);
      if (source.prunedAt !== null) throw new WeirError("run.pruned", `The steps of run ${id} were dropped.`);
      const definition = await pinnedVersion(findWorkflow, source.workflow);
      const checkpointer = new RunCheckpointer(store.checkpoints, { runId: id, token: "" });
      await journalBefore(compileGraph(definition, host, { checkpointer }), checkpointer, id, step);
      const models = await modelsOf(host);
      const again = { ...identity(source), id: options.ids(), models, engineBuild: options.engineBuild };
      const { run } = await store.runs.create({ ...again, lane: lane ?? source.lane, rerun: { runId: id, step } });
      service.notify();
      return run;
    },

    /** What waits for people, oldest first. */
    openReviews: async (page: { readonly cursor?: string; readonly limit?: number } = {}) =>
      await store.reviews.listOpen(page),

    review: async (id: string): Promise<ReviewRecord | null> => await store.reviews.get(id),

    /** Keeps answers without finishing. @throws WeirError `review.invalid`, `review.conflict` */
    saveReview: async (id: string, version: number, answers: Answers): Promise<ReviewRecord> => {
      const { decisions } = await answered(id, version, answers, store, findWorkflow);
      return await store.reviews.save(id, version, decisions);
    },

    /**
     * Settles a review and lets the run go on.
     * @throws WeirError `review.invalid` for a wrong value or a doubt left open, `review.conflict`
     */
    finishReview: async (id: string, version: number, answers: Answers, lane?: string): Promise<ReviewRecord> => {
      const { decisions, left } = await answered(id, version, answers, store, findWorkflow);
      if (left.length > 0) throw new WeirError("review.invalid", `Still to decide: ${left.join("; ")}.`);
      const run = await known(store, id);
      const review = await store.reviews.finish(id, version, decisions, lane);
      if (profiles) await recordAudits(profiles, run, review.decisions, host);
      service.notify();
      return review;
    },

    /** What the profiles in use promise, and what has become of it. */
    profileStats: async (): Promise<readonly ProfileStats[]> =>
      profiles ? await profileStats(profiles, { engineBuild: options.engineBuild, models: await modelsOf(host) }) : [],

    close: async (): Promise<void> => {
      await Promise.all([...workers].map(async (one) => await one.stop()));
      await store.close();
    },
  };
}

async function stored(document: Submission["document"], { blobs }: StepHost): Promise<DocumentRef> {
  if (!("sha256" in document)) {
    const { name, bytes } = document;
    return { sha256: await blobs.put(bytes), name, bytes: bytes.byteLength };
  }
  if (await blobs.has(document.sha256)) return document;
  throw new WeirError("document.lost", `The bytes of ${document.name} are not stored.`);
}

/** File hashes by role; none where no model is there yet: a workflow may do without. */
async function modelsOf({ model, large }: StepHost): Promise<Readonly<Record<string, string>>> {
  try {
    const { decoder, encoder } = await model.describe();
    const larger = large ? { large: (await large.describe()).decoder.sha256 } : {};
    return { decoder: decoder.sha256, encoder: encoder.sha256, ...larger };
  } catch (error) {
    if (error instanceof WeirError && error.code === "model.missing") return {};
    throw error;
  }
}

interface Pinned extends Pick<NewRun, "document" | "models" | "profile"> {
  /** Certificates withdrawn so far: what was accepted on one is not reused. */
  readonly withdrawn: number;
}

function newRun(submission: Submission, pins: Pinned, { ids, engineBuild, folder }: EngineOptions): NewRun {
  const { itemId, workflow, settings = {}, lane, priority = 0, reuse } = submission;
  const { document, models, profile, withdrawn } = pins;
  const { name, version, hash } = workflow.definition;
  const same = { itemId, document: document.sha256, workflow: hash, profile, withdrawn, models, engineBuild, settings };
  return {
    id: ids(),
    itemId,
    workflow: { name, version, hash, file: workflow.file },
    document,
    settings,
    profile,
    models,
    folder,
    engineBuild,
    reuseKey: submission.reuseKey ?? (reuse ? createHash("sha256").update(canonicalJson(same)).digest("hex") : null),
    lane,
    priority,
  };
}

/** What a rerun has in common with its source. */
function identity({ itemId, workflow, document, settings, profile, folder, priority }: RunRecord) {
  return { itemId, workflow, document, settings, profile, folder, priority, reuseKey: null };
}

async function known(store: Store, id: string): Promise<RunRecord> {
  const run = await store.runs.get(id);
  if (!run) throw new WeirError("run.unknown", `There is no run ${id}.`);
  return run;
}

/** The answers as decisions, and what would still be doubted at the gate with them. */
async function answered(id: string, version: number, answers: Answers, store: Store, findWorkflow: FindWorkflow) {
  const run = await known(store, id);
  const review = await store.reviews.get(id);
  if (run.status !== "review" || review?.status !== "open" || review.version !== version) {
    throw new WeirError("review.conflict", `Version ${version} of the review of run ${id} is not open any more.`);
  }
  const definition = await pinnedVersion(findWorkflow, run.workflow);
  const gate = gatesOf(definition).find(({ node }) => node === review.step);
  if (!gate?.schema || !run.draft) throw new InvariantBroken(`Run ${id} waits where nobody can answer.`);
  const decisions = toDecisions(gate.schema, run.draft, answers);
  const draft = withAnswers(definition, run.draft, { ...review.decisions, ...decisions });
  return { decisions, left: gate.doubts(draft).map((doubt) => `${doubt.paths.join(", ")}: ${doubt.message}`) };
}
