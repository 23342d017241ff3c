import { createHash } from "node:crypto";
import {
  type Decision,
  type Decisions,
  type DraftData,
  type Json,
  type RunStatus,
  WeirError,
  assertMove,
  canMove,
  emptyDraft,
  idSource,
  isSettled,
  openDoubts,
  runStatuses,
  toResult,
} from "../../src/core/index.ts";
import type {
  Clock,
  EventRecord,
  FailedFilter,
  Figure,
  NewItem,
  ReviewInput,
  ReviewRecord,
  ReviewView,
  Room,
  RunFilter,
  RunRecord,
  Service,
  ServiceStats,
  WorkflowView,
} from "../../src/ports/index.ts";

const receipt: WorkflowView = {
  name: "receipt",
  version: 1,
  hash: "sha256:0000",
  input: { type: "object", properties: {} },
  output: { type: "object", properties: { total: { type: "string" } } },
};

const unused = { ms: 0, queueMs: 0, promptTokens: 0, reusedTokens: 0, generatedTokens: 0 };

/**
 * A Service without an engine, for tests of the ways in: it keeps the promises of the port, and a
 * test moves its runs by hand (`move`, `openReview`, `emit`).
 */
export class MemoryService implements Service {
  readonly #runs = new Map<string, RunRecord>();
  readonly #events = new Map<string, EventRecord[]>();
  readonly #reviews = new Map<string, ReviewRecord>();
  readonly #clock: Clock;
  readonly #views: readonly WorkflowView[];
  readonly #nextId: () => string;
  /** What `stats` says about taking new documents. */
  health: Pick<ServiceStats, "accepting" | "problem"> = { accepting: true, problem: null };
  /** Runs that may be unsettled before `room` says that there is none. */
  queueMax = 1_000;
  /** What `figures` says. */
  counted: readonly Figure[] = [];
  /** Thrown by `submit` when set: a full disk, a locked database. */
  refusal: Error | null = null;

  constructor(clock: Clock, workflows: readonly WorkflowView[] = [receipt]) {
    this.#clock = clock;
    this.#views = workflows;
    this.#nextId = idSource(
      () => clock.now(),
      () => clock.random(),
    );
  }

  /** All runs, oldest first. */
  get runs(): readonly RunRecord[] {
    return [...this.#runs.values()];
  }

  async submit(item: NewItem): Promise<{ readonly run: RunRecord; readonly created: boolean }> {
    if (this.refusal) throw this.refusal;
    const workflow = this.#views.find(({ name }) => name === item.workflow);
    if (!workflow) throw new WeirError("workflow.unknown", `There is no workflow "${item.workflow}".`);
    if (item.bytes.length === 0) throw new WeirError("document.empty", `"${item.name}" has no bytes.`);
    const same = this.runs.find(
      (run) => item.reuseKey !== undefined && run.reuseKey === item.reuseKey && !given(run.status),
    );
    if (same) return { run: same, created: false };
    const run = newRun(this.#nextId(), item, workflow, this.#clock.now());
    this.#runs.set(run.id, run);
    this.emit(run.id, "run.queued", { item: run.itemId });
    return { run, created: true };
  }

  async get(runId: string): Promise<RunRecord | null> {
    return this.#runs.get(runId) ?? null;
  }

  async result(runId: string) {
    return toResult(this.#known(runId));
  }

  async list({ status, workflow, code, lane, reuseKey, cursor, limit = 50 }: RunFilter) {
    const matching = this.runs
      .toReversed()
      .filter((run) => status === undefined || status.includes(run.status))
      .filter((run) => workflow === undefined || run.workflow.name === workflow)
      .filter((run) => code === undefined || run.error?.code === code)
      .filter((run) => lane === undefined || run.lane === lane)
      .filter((run) => reuseKey === undefined || run.reuseKey === reuseKey)
      .filter((run) => cursor === undefined || run.id < cursor);
    const runs = matching.slice(0, limit);
    return { runs, cursor: matching.length > limit ? (runs.at(-1)?.id ?? null) : null };
  }

  async cancel(runId: string): Promise<RunRecord> {
    const { status } = this.#known(runId);
    if (!canMove(status, "cancelled")) throw new WeirError("run.state", `Run ${runId} is ${status} already.`);
    return this.move(runId, "cancelled");
  }

  async retry(runId: string): Promise<RunRecord> {
    const { status } = this.#known(runId);
    if (!given(status)) throw new WeirError("run.state", `Run ${runId} is ${status}.`);
    return this.move(runId, "queued", { error: null });
  }

  async retryFailed({ workflow, code, limit = 1_000 }: FailedFilter) {
    const failed = (await this.list({ status: ["failed"], limit: 10_000 })).runs
      .filter((run) => workflow === undefined || run.workflow.name === workflow)
      .filter((run) => code === undefined || run.error?.code === code);
    for (const { id } of failed.slice(0, limit)) await this.retry(id);
    return { runs: failed.slice(0, limit).map(({ id }) => id), more: failed.length > limit };
  }

  async purge(document: string) {
    const runs = this.runs.filter((run) => run.document.sha256 === document).map(({ id }) => id);
    for (const id of runs) this.#runs.delete(id);
    return { document, runs, blobs: Math.min(1, runs.length), profiles: [], entries: 0 };
  }

  async events(runId: string, afterSeq = 0): Promise<readonly EventRecord[]> {
    return (this.#events.get(runId) ?? []).filter(({ seq }) => seq > afterSeq);
  }

  async review(runId: string): Promise<ReviewView> {
    const run = this.#known(runId);
    const review = this.#reviews.get(runId);
    if (!review) throw new WeirError("run.state", `Run ${runId} has no review.`);
    const draft = run.draft ?? emptyDraft;
    const decisions = { ...draft.decisions, ...review.decisions };
    return { run, review, decisions, doubts: openDoubts({ ...draft, decisions }) };
  }

  async reviews({ cursor, limit = 50 }: { readonly cursor?: string; readonly limit?: number }) {
    const open = [...this.#reviews.values()]
      .filter(({ status, runId }) => status === "open" && (cursor === undefined || runId > cursor))
      .map(({ runId }) => runId)
      .toSorted();
    const reviews = await Promise.all(open.slice(0, limit).map((runId) => this.review(runId)));
    return { reviews, cursor: open.length > limit ? (open[limit - 1] ?? null) : null };
  }

  async decide(runId: string, version: number, input: ReviewInput): Promise<ReviewView> {
    const { review, decisions, run } = await this.review(runId);
    if (review.status !== "open") throw new WeirError("run.state", `Run ${runId} has no open review.`);
    if (review.version !== version) throw new WeirError("review.conflict", `Version ${version} is not open any more.`);
    const answers = { ...review.decisions, ...answered(decisions, input) };
    const draft = run.draft ?? emptyDraft;
    const open = openDoubts({ ...draft, decisions: { ...draft.decisions, ...answers } });
    const status = open.length === 0 ? "finished" : "open";
    this.#reviews.set(runId, {
      ...review,
      version: version + 1,
      status,
      decisions: answers,
      updatedAt: this.#clock.now(),
    });
    this.emit(runId, status === "open" ? "review.saved" : "review.finished", { version: version + 1 });
    if (status === "finished") this.move(runId, "queued");
    return await this.review(runId);
  }

  workflows(): readonly WorkflowView[] {
    return this.#views;
  }

  async room(): Promise<Room> {
    const { accepting, problem } = this.health;
    const waiting = this.runs.filter(({ status }) => !isSettled(status)).length;
    return { documents: accepting ? Math.max(0, this.queueMax - waiting) : 0, problem };
  }

  async stats(): Promise<ServiceStats> {
    const count = (status: RunStatus) => this.runs.filter((run) => run.status === status).length;
    const runs = Object.fromEntries(runStatuses.map((status) => [status, count(status)]));
    const queue = { due: count("queued"), later: count("waiting"), held: count("running") };
    const told = { oldestDueMs: count("queued") > 0 ? 1_500 : null, diskFreeBytes: 5e9, profiles: [] };
    return { runs: runs as Record<RunStatus, number>, queue, ...told, ...this.health };
  }

  async figures(): Promise<readonly Figure[]> {
    return [...this.counted];
  }

  /** Moves a run along the transition table, as an engine would. */
  move(runId: string, status: RunStatus, change: Partial<RunRecord> = {}): RunRecord {
    const run = this.#known(runId);
    assertMove(run.status, status);
    const moved = { ...run, ...change, status, updatedAt: this.#clock.now() };
    this.#runs.set(runId, moved);
    this.emit(runId, `run.${status}`, {});
    return moved;
  }

  /** Parks a running run with a draft that a person has to settle. */
  openReview(runId: string, draft: DraftData): void {
    const at = this.#clock.now();
    const version = (this.#reviews.get(runId)?.version ?? 0) + 1;
    this.#reviews.set(runId, {
      runId,
      step: "review",
      version,
      status: "open",
      decisions: {},
      createdAt: at,
      updatedAt: at,
    });
    this.move(runId, "review", { draft });
  }

  emit(runId: string, type: string, data: { readonly [key: string]: Json }): void {
    const events = this.#events.get(runId) ?? [];
    events.push({ runId, seq: events.length + 1, at: this.#clock.now(), type, data });
    this.#events.set(runId, events);
  }

  #known(runId: string): RunRecord {
    const run = this.#runs.get(runId);
    if (!run) throw new WeirError("run.unknown", `There is no run ${runId}.`);
    return run;
  }
}

/** Whether the run's work was given up, so that asking again means doing it again. */
const given = (status: RunStatus) => status === "failed" || status === "cancelled";

function newRun(id: string, item: NewItem, workflow: WorkflowView, now: number): RunRecord {
  return {
    id,
    itemId: item.itemId,
    workflow: { name: workflow.name, version: workflow.version, hash: workflow.hash, file: null },
    document: {
      sha256: createHash("sha256").update(item.bytes).digest("hex"),
      name: item.name,
      bytes: item.bytes.length,
    },
    settings: item.settings ?? {},
    profile: item.profile ?? null,
    models: {},
    engineBuild: "test",
    folder: "/",
    reuseKey: item.reuseKey ?? null,
    lane: item.lane ?? "default",
    priority: item.priority ?? 0,
    status: "queued",
    waiting: null,
    createdAt: now,
    updatedAt: now,
    startedAt: null,
    finishedAt: null,
    attempts: 0,
    hostCrashes: 0,
    cancelRequested: false,
    draft: null,
    reading: null,
    usage: unused,
    error: null,
    prunedAt: null,
  };
}

/** What a person said, as decisions. "*" accepts everything that has a value. */
function answered(decisions: Decisions, input: ReviewInput): Decisions {
  const answers = Object.entries(input).flatMap(([path, answer]): (readonly [string, Decision])[] => {
    if (path === "*") {
      const known = Object.entries(decisions).filter(([, { value }]) => value !== null);
      return known.map(([name, decision]) => [name, byPerson(decision, decision.value)]);
    }
    const decision = decisions[path];
    if (!decision) throw new WeirError("review.invalid", `The workflow has no path "${path}".`);
    return [[path, byPerson(decision, answer === "accept" ? decision.value : answer.value)]];
  });
  return Object.fromEntries(answers);
}

function byPerson(decision: Decision, value: Json): Decision {
  return { ...decision, value, by: "human", status: "accepted" };
}
