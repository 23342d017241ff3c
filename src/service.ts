import {
  type DraftData,
  WeirError,
  asWeirError,
  emptyDraft,
  jsonSchema,
  openDoubts,
  toResult,
  writtenBytes,
} from "./core/index.ts";
import { type Answers, toDecisions } from "./engine/answers.ts";
import type { WorkflowDefinition } from "./engine/definition.ts";
import type { Engine } from "./engine/engine.ts";
import { gatesOf, withAnswers } from "./engine/gates.ts";
import { changed, versionOf } from "./engine/versions.ts";
import type { Intake } from "./intake.ts";
import type { LoadedWorkflow } from "./load-workflow.ts";
import type {
  FailedFilter,
  Clock,
  Figure,
  NewItem,
  Queue,
  ReviewInput,
  ReviewView,
  RunRecord,
  Service,
  Store,
  WorkflowView,
} from "./ports/index.ts";

/** What the ways in may ask, over an engine. */
export interface ServiceOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly queue: Queue;
  /** The workflow of a name or file. @throws WeirError `workflow.unknown`, `workflow.load` */
  readonly load: (name: string) => Promise<LoadedWorkflow>;
  /** Those that come along, for lists and forms. */
  readonly builtins: readonly WorkflowDefinition[];
  readonly intake: Intake;
  /** Erases a document. */
  readonly purge: Service["purge"];
  readonly clock: Clock;
  /** What was counted; default: nothing. */
  readonly figures?: () => Promise<readonly Figure[]>;
  /** Larger documents are refused. */
  readonly documentBytesMax: number;
}

/** Lane of runs that no command waits for. */
const serviceLane = "service";

export function createService(options: ServiceOptions): Service {
  const { engine, store, load, intake, documentBytesMax } = options;
  const viewOf = async (run: RunRecord) => await reviewView(run, options);
  return {
    submit: async (item) => {
      if (item.bytes.length === 0) throw new WeirError("document.empty", `"${item.name}" has no bytes`);
      if (item.bytes.length > documentBytesMax) throw tooLarge(item, documentBytesMax);
      await intake.admit();
      return await engine.submit({
        itemId: item.itemId,
        workflow: await load(item.workflow),
        document: { name: item.name, bytes: item.bytes },
        settings: item.settings ?? {},
        ...(item.profile === undefined ? {} : { profile: item.profile }),
        lane: item.lane ?? serviceLane,
        priority: item.priority ?? 0,
        reuse: false,
        ...(item.reuseKey === undefined ? {} : { reuseKey: item.reuseKey }),
      });
    },
    get: async (id) => await store.runs.get(id),
    result: async (id) => toResult(await engine.get(id)),
    list: async (filter) => await engine.list(filter),
    cancel: async (id) => await engine.cancel(id),
    retry: async (id) => await engine.retry(id),
    retryFailed: async (filter) => await retryFailed(engine, filter),
    events: async (id, afterSeq) => await engine.events(id, afterSeq),
    review: async (id) => await viewOf(await engine.get(id)),
    reviews: async (page) => {
      const { reviews, cursor } = await engine.openReviews(page);
      return {
        reviews: await Promise.all(reviews.map(async ({ runId }) => await viewOf(await engine.get(runId)))),
        cursor,
      };
    },
    decide: async (id, version, input) => await decide(await engine.get(id), version, input, options),
    room: async () => await intake.room(),
    purge: async (sha256) => await options.purge(sha256),
    workflows: () => options.builtins.map((definition) => workflowView(definition)),
    stats: async () => await statsOf(options),
    figures: async () => (await options.figures?.()) ?? [],
  };
}

function workflowView(definition: WorkflowDefinition): WorkflowView {
  const { name, version, hash, schema } = definition;
  return {
    name,
    version,
    hash,
    input: { type: "object", additionalProperties: { type: "string" } },
    output: schema ? jsonSchema(schema) : { type: "object" },
  };
}

async function reviewView(run: RunRecord, options: ServiceOptions): Promise<ReviewView> {
  const review = await options.store.reviews.get(run.id);
  if (!review) throw new WeirError("run.state", `Run ${run.id} is ${run.status} and has no review`);
  try {
    const draft = await draftAtReview(run, review.decisions, options);
    return { run, review, decisions: draft.decisions, doubts: await doubtsAt(run, review.step, draft, options) };
  } catch (error) {
    const { code, message, hint } = asWeirError(error);
    if (!code.startsWith("workflow.")) throw error;
    // One workflow that is gone or changed must not hide what else waits: the reason stands in its place.
    const decisions = { ...run.draft?.decisions, ...review.decisions };
    return { run, review, decisions, doubts: [{ code, paths: [], message: `${message} ${hint}` }] };
  }
}

async function definitionOf(run: RunRecord, { load }: ServiceOptions): Promise<WorkflowDefinition> {
  const { definition } = await load(run.workflow.file ?? run.workflow.name);
  const pinned = versionOf(definition, run.workflow);
  if (pinned) return pinned;
  throw changed(definition, run.workflow);
}

async function draftAtReview(run: RunRecord, answers: ReviewView["decisions"], options: ServiceOptions) {
  return withAnswers(await definitionOf(run, options), run.draft ?? emptyDraft, answers);
}

/** What must be settled before the step the run waits at may go on. */
async function doubtsAt(run: RunRecord, step: string, draft: DraftData, options: ServiceOptions) {
  return (await gateOf(run, step, options))?.doubts(draft) ?? openDoubts(draft);
}

async function gateOf(run: RunRecord, step: string, options: ServiceOptions) {
  return gatesOf(await definitionOf(run, options)).find(({ node }) => node === step);
}

async function decide(
  run: RunRecord,
  version: number,
  input: ReviewInput,
  options: ServiceOptions,
): Promise<ReviewView> {
  const { engine, store } = options;
  const review = await store.reviews.get(run.id);
  if (run.status !== "review" || review?.status !== "open") {
    throw new WeirError("run.state", `Run ${run.id} is ${run.status}: there is nothing to decide`);
  }
  const draft = run.draft ?? emptyDraft;
  const answers = spelledOut(draft, input);
  const schema = (await gateOf(run, review.step, options))?.schema;
  if (!schema) throw new WeirError("run.state", `Run ${run.id} has no fields to decide`);
  const decided = { ...review.decisions, ...toDecisions(schema, draft, answers) };
  const left = await doubtsAt(run, review.step, await draftAtReview(run, decided, options), options);
  if (left.length > 0) await engine.saveReview(run.id, version, answers);
  else await engine.finishReview(run.id, version, answers);
  return await reviewView(await engine.get(run.id), options);
}

/** "*" accepts everything that has a value; what is named on its own goes before it. */
function spelledOut(draft: DraftData, input: ReviewInput): Answers {
  const { "*": all, ...named } = input;
  if (all === undefined) return named;
  const known = Object.entries(draft.decisions).filter(([, { value, by }]) => value !== null && by !== "human");
  return { ...Object.fromEntries(known.map(([path]) => [path, "accept" as const])), ...named };
}

async function retryFailed(engine: Engine, { workflow, code, lane, limit = 1_000 }: FailedFilter) {
  const runs: string[] = [];
  const failed = { status: ["failed"], ...(workflow ? { workflow } : {}), ...(code ? { code } : {}) } as const;
  for (let cursor: string | null = null; ;) {
    const page = await engine.list({ ...failed, limit: Math.min(200, limit), ...(cursor ? { cursor } : {}) });
    for (const { id } of page.runs) {
      if (runs.length >= limit) return { runs, more: true };
      // Somebody else may have been faster.
      const retried = await engine.retry(id, lane).catch((error: unknown) => {
        if (error instanceof WeirError && error.code.startsWith("run.")) return null;
        throw error;
      });
      if (retried) runs.push(id);
    }
    cursor = page.cursor;
    if (cursor === null) return { runs, more: false };
  }
}

function tooLarge({ name, bytes }: NewItem, most: number): WeirError {
  const message = `"${name}" has ${writtenBytes(bytes.length)}, the limit is ${writtenBytes(most)} (WEIR_DOCUMENT_MAX).`;
  return new WeirError("document.too-large", message);
}

async function statsOf({ engine, store, queue, intake, clock }: ServiceOptions) {
  const problem = await intake.wantSpace().then(
    () => null,
    (error: unknown) => asWeirError(error),
  );
  const oldestDueAt = await queue.oldestDueAt();
  return {
    runs: await store.runs.counts(),
    queue: await queue.depth(),
    oldestDueMs: oldestDueAt === null ? null : Math.max(0, clock.now() - oldestDueAt),
    diskFreeBytes: await intake.diskFree(),
    accepting: problem === null,
    problem: problem?.info() ?? null,
    profiles: await engine.profileStats(),
  };
}
