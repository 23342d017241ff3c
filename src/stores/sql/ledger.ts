import type { Selectable } from "kysely";
import type { JsonObject } from "../../core/index.ts";
import { type Spent, admit } from "../../ledger/index.ts";
import type {
  CallLimits,
  CallOutcome,
  CallRecord,
  CallRef,
  CallStatus,
  EntryFilter,
  EntryKind,
  Ledger,
  LedgerEntry,
  NewCall,
  NewEntry,
  Verdict,
} from "../../ports/index.ts";
import { type SqlContext, type Trx, lockName } from "./context.ts";
import { chain } from "./record.ts";
import type { CloudCallsTable, RecordTable } from "./tables.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Calls of a model that are looked at for its circuit breaker, whatever their age. */
const breakerCalls = 12;
/** Calls of the last minute that are looked at, at most. */
const minuteCallsMax = 5_000;

/** The record over SQL: every writer takes its turn, so that the chain has no forks and budgets no races. */
export class SqlLedger implements Ledger {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async begin(call: NewCall, limits: CallLimits): Promise<Verdict> {
    const context = this.#context;
    return await context.transact(async (trx) => {
      await lockName(trx, context, "ledger");
      const now = context.clock.now();
      const tries = await triesOf(trx, context, call.key);
      const recent = await recentOf(trx, context, call.model, now);
      const spent = await spentBy(trx, context, call, now);
      const admitted = admit({ call, limits, tries, recent, spent, now });
      const last = tries.at(-1)?.attempt ?? 0;
      if (admitted.verdict === "go") {
        const ref = { key: call.key, attempt: last + 1 };
        await insertCall(trx, context, call, { ...ref, status: "sending", now, problem: null });
        await chain(trx, context, { kind: "sent", run: call.run, data: sentData(call, ref), body: call.body });
        return { verdict: "go", call: ref };
      }
      // The patience with a provider counts from the first time somebody wanted to ask.
      if (admitted.verdict === "wait" && tries.length === 0) {
        await insertCall(trx, context, call, {
          key: call.key,
          attempt: 0,
          status: "unavailable",
          now,
          problem: admitted.why,
        });
      }
      return admitted;
    });
  }

  async end({ key, attempt }: CallRef, outcome: CallOutcome): Promise<void> {
    const context = this.#context;
    await context.transact(async (trx) => {
      await lockName(trx, context, "ledger");
      const { status, promptTokens, completionTokens, costNano, problem, retryAt, answer } = outcome;
      // What may have been billed stays counted as it was estimated.
      const used = status === "lost" ? {} : { ...tokenColumns(promptTokens, completionTokens), cost_nano: costNano };
      const row = await trx
        .updateTable("cloud_calls")
        .set({
          status,
          ended_at: context.clock.now(),
          problem,
          retry_at: retryAt,
          answer: answer && JSON.stringify(answer),
          ...used,
          // Nobody was there to take a byte.
          ...(status === "unavailable" && outcome.response === null ? { bytes_out: 0 } : {}),
        })
        .where("namespace", "=", context.namespace)
        .where("key", "=", key)
        .where("attempt", "=", attempt)
        .returningAll()
        .executeTakeFirstOrThrow();
      const data: JsonObject = {
        key,
        attempt,
        model: row.model,
        status,
        response: outcome.response,
        promptTokens,
        completionTokens,
        costNano: Number(row.cost_nano),
        problem,
      };
      await chain(trx, context, { kind: "received", run: row.run_id, data, body: outcome.body });
    });
  }

  async tries(key: string): Promise<readonly CallRecord[]> {
    return await triesOf(this.#context.db, this.#context, key);
  }

  async append(entry: NewEntry): Promise<void> {
    const context = this.#context;
    await context.transact(async (trx) => {
      await lockName(trx, context, "ledger");
      await chain(trx, context, entry);
    });
  }

  async entries({ run, afterSeq = 0, limit = 200 }: EntryFilter): Promise<readonly LedgerEntry[]> {
    let query = this.#context.db
      .selectFrom("record")
      .selectAll()
      .where("namespace", "=", this.#context.namespace)
      .where("seq", ">", afterSeq);
    if (run !== undefined) query = query.where("run_id", "=", run);
    const rows = await query.orderBy("seq").limit(limit).execute();
    return rows.map(toEntry);
  }
}

type Db = Pick<Trx, "selectFrom">;

async function triesOf(db: Db, { namespace }: SqlContext, key: string): Promise<readonly CallRecord[]> {
  const rows = await db
    .selectFrom("cloud_calls")
    .selectAll()
    .where("namespace", "=", namespace)
    .where("key", "=", key)
    .orderBy("attempt")
    .execute();
  return rows.map(toCall);
}

/** Newest first: all of the last minute, and as many older ones as a circuit breaker looks at. */
async function recentOf(db: Db, { namespace }: SqlContext, model: string, now: number) {
  const calls = db
    .selectFrom("cloud_calls")
    .selectAll()
    .where("namespace", "=", namespace)
    .where("model", "=", model)
    .where("attempt", ">", 0)
    .orderBy("sent_at", "desc");
  const minute = await calls
    .where("sent_at", ">", now - minuteMs)
    .limit(minuteCallsMax)
    .execute();
  const rows = minute.length >= breakerCalls ? minute : await calls.limit(breakerCalls).execute();
  return rows.map(toCall);
}

async function spentBy(db: Db, { namespace }: SqlContext, call: NewCall, now: number) {
  const sums = () =>
    db
      .selectFrom("cloud_calls")
      .select(({ fn }) => [
        fn.sum<number | string | null>("prompt_tokens").as("prompt"),
        fn.sum<number | string | null>("completion_tokens").as("completion"),
        fn.sum<number | string | null>("cost_nano").as("cost"),
      ])
      .where("namespace", "=", namespace);
  const today = Math.floor(now / dayMs) * dayMs;
  return {
    document: spentOf(await sums().where("run_id", "=", call.run).executeTakeFirst()),
    workflowDay: spentOf(
      await sums().where("sent_at", ">=", today).where("workflow", "=", call.workflow).executeTakeFirst(),
    ),
    day: spentOf(await sums().where("sent_at", ">=", today).executeTakeFirst()),
  };
}

type Sums = Readonly<Record<"prompt" | "completion" | "cost", number | string | null>>;

function spentOf(sums: Sums | undefined): Spent {
  return {
    tokens: Number(sums?.prompt ?? 0) + Number(sums?.completion ?? 0),
    costNano: Number(sums?.cost ?? 0),
  };
}

interface CallState extends CallRef {
  readonly status: CallStatus;
  readonly now: number;
  readonly problem: string | null;
}

async function insertCall(trx: Trx, { namespace }: SqlContext, call: NewCall, state: CallState): Promise<void> {
  const sent = state.status === "sending";
  await trx
    .insertInto("cloud_calls")
    .values({
      namespace,
      key: call.key,
      attempt: state.attempt,
      run_id: call.run,
      workflow: call.workflow,
      model: call.model,
      status: state.status,
      sent_at: state.now,
      ended_at: sent ? null : state.now,
      bytes_out: sent ? call.body.byteLength : 0,
      // An estimate until the provider says what it was.
      ...tokenColumns(sent ? call.tokens : 0, 0),
      cost_nano: sent ? Math.ceil(call.costNano) : 0,
      problem: state.problem,
      retry_at: null,
      answer: null,
    })
    .execute();
}

function tokenColumns(prompt: number, completion: number) {
  return { prompt_tokens: Math.ceil(prompt), completion_tokens: Math.ceil(completion) };
}

function sentData(call: NewCall, { key, attempt }: CallRef): JsonObject {
  const { model, workflow, paths, request } = call;
  return { key, attempt, model, workflow, paths, request };
}

function toCall(row: Selectable<CloudCallsTable>): CallRecord {
  return {
    key: row.key,
    attempt: Number(row.attempt),
    run: row.run_id,
    workflow: row.workflow,
    model: row.model,
    status: row.status as CallStatus,
    sentAt: Number(row.sent_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    bytesOut: Number(row.bytes_out),
    promptTokens: Number(row.prompt_tokens),
    completionTokens: Number(row.completion_tokens),
    costNano: Number(row.cost_nano),
    problem: row.problem,
    retryAt: row.retry_at === null ? null : Number(row.retry_at),
    answer: row.answer === null ? null : (JSON.parse(row.answer) as JsonObject),
  };
}

function toEntry(row: Selectable<RecordTable>): LedgerEntry {
  return {
    seq: Number(row.seq),
    at: Number(row.at),
    kind: row.kind as EntryKind,
    run: row.run_id,
    data: JSON.parse(row.data) as JsonObject,
    body: row.body,
    hash: row.hash,
    digests: row.data_sha256 === null ? null : { data: row.data_sha256, body: row.body_sha256 },
    erased: row.erased === 1,
  };
}
