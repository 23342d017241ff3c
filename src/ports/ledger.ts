import type { JsonObject } from "../core/index.ts";
import type { CloudBudget } from "./cloud.ts";

/**
 * The record of what left the house and what came back, byte for byte, and of what was decided; one
 * chain of hashes. The state of every call to a cloud is kept with it: a call is recorded before it is sent.
 */
export interface Ledger {
  /**
   * Whether a question may go out now; where it may, the bytes are in the ledger when this resolves.
   * One transaction: workers on several machines share budgets, rates and the circuit breaker.
   */
  begin(call: NewCall, limits: CallLimits): Promise<Verdict>;
  /** What came back, and what that means for the call. */
  end(call: CallRef, outcome: CallOutcome): Promise<void>;
  /** The tries of a question, oldest first; the first may be a mere wait. */
  tries(key: string): Promise<readonly CallRecord[]>;
  /** Adds to the record. */
  append(entry: NewEntry): Promise<void>;
  /** In order. */
  entries(filter: EntryFilter): Promise<readonly LedgerEntry[]>;
}

/** A question as it is about to be sent. */
export interface NewCall {
  readonly key: string;
  readonly run: string;
  readonly workflow: string;
  readonly paths: readonly string[];
  /** "openai:gpt-5-mini". */
  readonly model: string;
  /** Where it goes, without keys: method, address, headers. */
  readonly request: JsonObject;
  readonly body: Uint8Array;
  /** The most it can use. */
  readonly tokens: number;
  readonly costNano: number;
}

export interface CallLimits {
  readonly budget: CloudBudget;
  readonly patienceMs: number;
  /** Of one provider, over all workers. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  readonly concurrent: number;
  /** A call of that age that never ended is given up: its worker is dead. */
  readonly callMs: number;
}

export type Verdict =
  | { readonly verdict: "go"; readonly call: CallRef }
  /** Later; nothing was sent. */
  | { readonly verdict: "wait"; readonly until: number; readonly reason: "retry" | "budget"; readonly why: string }
  /** Not at all. */
  | {
      readonly verdict: "no";
      readonly code: "cloud.unavailable" | "cloud.budget" | "cloud.lost";
      readonly why: string;
    };

export interface CallRef {
  readonly key: string;
  /** From 1; 0 stands for the wait before the first. */
  readonly attempt: number;
}

/**
 * `answered`: as asked. `refused`: the provider will not, whenever asked. `unusable`: an answer, but none
 * that can be used. `unavailable`: nobody worked on it, so it may be sent again. `lost`: sent, and nobody
 * knows what became of it.
 */
export type CallStatus = "sending" | "answered" | "refused" | "unusable" | "unavailable" | "lost";

export interface CallOutcome {
  readonly status: Exclude<CallStatus, "sending">;
  /** Status line and headers of what came back; null: nothing did. */
  readonly response: JsonObject | null;
  readonly body: Uint8Array;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costNano: number;
  /** In plain words; null when it was answered. */
  readonly problem: string | null;
  /** Earliest time of another try, as the provider says. */
  readonly retryAt: number | null;
  /** The answer, where there is one. */
  readonly answer: JsonObject | null;
}

export interface CallRecord extends CallRef {
  readonly run: string;
  readonly workflow: string;
  readonly model: string;
  readonly status: CallStatus;
  readonly sentAt: number;
  /** Null while it is under way. */
  readonly endedAt: number | null;
  readonly bytesOut: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costNano: number;
  readonly problem: string | null;
  readonly retryAt: number | null;
  readonly answer: JsonObject | null;
}

/**
 * `sent` and `received` hold the bytes; `decided` says what a run ended with; `erased` names the entries
 * whose content was erased with their document.
 */
export type EntryKind = "sent" | "received" | "decided" | "erased";

export interface NewEntry {
  readonly kind: EntryKind;
  readonly run: string;
  readonly data: JsonObject;
  readonly body: Uint8Array | null;
}

export interface LedgerEntry extends NewEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** Over everything above, data and body by their digests, and the hash before it. */
  readonly hash: string;
  /** Null: written before there were any, and hashed with data and body themselves. */
  readonly digests: EntryDigests | null;
  /** Whether data and body are gone with their document: only their digests are left. */
  readonly erased: boolean;
}

/** sha256, lower-case hex. */
export interface EntryDigests {
  readonly data: string;
  readonly body: string | null;
}

export interface EntryFilter {
  readonly run?: string;
  readonly afterSeq?: number;
  /** Default 200. */
  readonly limit?: number;
}
