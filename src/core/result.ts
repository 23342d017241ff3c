import { Big } from "big.js";
import { z } from "zod";
import type { Decisions, DraftData, Doubt } from "./decision.ts";
import { openDoubts, readers } from "./decision.ts";
import type { DocumentRef, ReadingRef } from "./document.ts";
import type { ErrorInfo } from "./errors.ts";
import type { Json } from "./json.ts";
import { nestOutput } from "./path.ts";
import { type RunStatus, type WaitReason, runStatuses } from "./run.ts";

/** `weir.result/1`: what a run has come to, at any moment, for programs. */

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

const spanSchema = z.object({
  page: z.number(),
  line: z.number(),
  text: z.string(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
});

const decisionSchema = z.object({
  value: json,
  confidence: z.number().nullable(),
  status: z.enum(["accepted", "review", "rejected"]),
  by: z.enum(readers),
  source: z.array(spanSchema),
  alternatives: z.array(z.object({ value: json, confidence: z.number().nullable() })),
  evidence: z.record(z.string(), z.number()),
  similar: z.array(z.object({ example: z.string(), value: json, similarity: z.number() })).optional(),
});

const doubtSchema = z.object({ code: z.string(), paths: z.array(z.string()), message: z.string(), step: z.string() });

const actionSchema = z.object({
  step: z.string(),
  turn: z.number(),
  tool: z.string(),
  arguments: z.record(z.string(), json),
  source: z.array(spanSchema),
  by: z.enum(readers),
  tokens: z.number(),
  outcome: z
    .discriminatedUnion("status", [
      z.object({ status: z.literal("done"), value: json }),
      z.object({ status: z.literal("failed"), code: z.string(), message: z.string() }),
    ])
    .nullable(),
});

const resultStatuses = runStatuses.filter((status) => status !== "waiting");

export const resultSchema = z.object({
  schema: z.literal("weir.result/1"),
  id: z.string(),
  run: z.string(),
  workflow: z.object({ name: z.string(), version: z.number(), hash: z.string() }),
  profile: z.string().nullable(),
  document: z.object({
    sha256: z.string(),
    name: z.string(),
    pages: z.number(),
    complete: z.boolean(),
    skipped: z.array(z.object({ page: z.number(), reason: z.string() })),
  }),
  status: z.enum(resultStatuses),
  waiting: z.object({ reason: z.enum(["retry", "budget"]), until: z.iso.datetime() }).optional(),
  output: z.record(z.string(), json),
  decisions: z.record(z.string(), decisionSchema),
  /** Why the document is held back, for people and programs. */
  doubts: z.array(doubtSchema),
  /** What agents did, turn by turn; absent where none did anything. */
  actions: z.array(actionSchema).optional(),
  usage: z.object({
    ms: z.number(),
    queueMs: z.number(),
    local: z.object({ promptTokens: z.number(), reusedTokens: z.number(), generatedTokens: z.number() }),
    cloud: z.object({
      calls: z.number(),
      promptTokens: z.number(),
      completionTokens: z.number(),
      bytesOut: z.number(),
      cost: z.string(),
    }),
    allCloud: z.object({ promptTokens: z.number(), completionTokens: z.number() }),
  }),
  /** True where no process that worked on the document could connect to anything outside this machine. */
  airgap: z.literal(true).optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
});

export type Result = z.infer<typeof resultSchema>;

/** What a result is made of: the run as the store has it. */
export interface ResultInput {
  readonly id: string;
  readonly itemId: string;
  readonly workflow: { readonly name: string; readonly version: number; readonly hash: string };
  readonly profile: string | null;
  readonly document: DocumentRef;
  readonly reading: ReadingRef | null;
  readonly status: RunStatus;
  readonly waiting: { readonly reason: WaitReason; readonly until: number } | null;
  readonly draft: DraftData | null;
  readonly usage: {
    readonly ms: number;
    readonly queueMs: number;
    readonly promptTokens: number;
    readonly reusedTokens: number;
    readonly generatedTokens: number;
    readonly cloud?: {
      readonly calls: number;
      readonly promptTokens: number;
      readonly completionTokens: number;
      readonly bytesOut: number;
      readonly costNano: number;
    };
    readonly airgap?: boolean;
  };
  readonly error: ErrorInfo | null;
}

export function toResult(run: ResultInput): Result {
  const decisions: Decisions = run.draft?.decisions ?? {};
  const doubts: readonly Doubt[] = run.draft && run.status !== "succeeded" ? openDoubts(run.draft) : [];
  const { usage } = run;
  return resultSchema.parse({
    schema: "weir.result/1",
    id: run.itemId,
    run: run.id,
    workflow: { name: run.workflow.name, version: run.workflow.version, hash: run.workflow.hash },
    profile: run.profile,
    document: {
      sha256: run.document.sha256,
      name: run.document.name,
      pages: run.reading?.pages ?? 0,
      complete: run.reading?.complete ?? false,
      skipped: run.reading?.skipped ?? [],
    },
    status: run.status === "waiting" ? "running" : run.status,
    ...(run.waiting && run.status === "waiting"
      ? { waiting: { reason: run.waiting.reason, until: new Date(run.waiting.until).toISOString() } }
      : {}),
    output: nestOutput(decisions),
    decisions,
    doubts,
    ...(run.draft?.actions ? { actions: run.draft.actions } : {}),
    usage: {
      ms: usage.ms,
      queueMs: usage.queueMs,
      local: {
        promptTokens: usage.promptTokens,
        reusedTokens: usage.reusedTokens,
        generatedTokens: usage.generatedTokens,
      },
      cloud: cloudOf(usage.cloud),
      allCloud: allCloud(run),
    },
    ...(usage.airgap === true ? { airgap: true } : {}),
    error: run.error,
  });
}

function cloudOf(use: ResultInput["usage"]["cloud"]): Result["usage"]["cloud"] {
  if (!use) return { calls: 0, promptTokens: 0, completionTokens: 0, bytesOut: 0, cost: "0" };
  const { calls, promptTokens, completionTokens, bytesOut } = use;
  return { calls, promptTokens, completionTokens, bytesOut, cost: decimalOfNano(use.costNano) };
}

/** Billionths of a currency as a decimal string: 1500000 is "0.0015". */
export function decimalOfNano(nano: number): string {
  return new Big(Math.round(nano)).div(1e9).toFixed();
}

/** Roughly how many characters a token of today's cloud models holds, for Latin script. */
const charactersPerToken = 4;
/** What instructions and schema add to a request. */
const instructionTokens = 400;

/** What sending the whole document to a cloud model would have taken, estimated. */
function allCloud(run: ResultInput): { promptTokens: number; completionTokens: number } {
  if (!run.reading) return { promptTokens: 0, completionTokens: 0 };
  const values = Object.entries(run.draft?.decisions ?? {}).map(([path, decision]) => [path, decision.value]);
  return {
    promptTokens: Math.ceil(run.reading.characters / charactersPerToken) + instructionTokens,
    completionTokens: Math.ceil(JSON.stringify(values).length / charactersPerToken),
  };
}
