import type { Json, JsonObject } from "../core/index.ts";

/**
 * A stronger model outside this machine. Whatever goes there is in the ledger before it goes, whatever
 * comes back is in it before anybody reads it.
 */
export interface Cloud {
  /** "openai:gpt-5-mini": as WEIR_CLOUD names it. */
  readonly name: string;
  readonly price: TokenPrice;
  /**
   * Asks one question. The same key is sent again only while it is certain that nobody has answered it:
   * a question answered before is answered from the ledger and costs nothing.
   * @throws Postponed to ask again later; WeirError `cloud.*` when it is not to be asked again
   */
  ask(question: CloudQuestion, options: { readonly signal: AbortSignal }): Promise<CloudAnswer>;
  /** What a question took so far, all its tries together. */
  used(key: string): Promise<CloudUse>;
}

/** In billionths of the currency of the price list, a token. */
export interface TokenPrice {
  readonly promptNano: number;
  readonly completionNano: number;
}

/** What tokens cost, in billionths of the currency. */
export function costNano(price: TokenPrice, promptTokens: number, completionTokens: number): number {
  return price.promptNano * promptTokens + price.completionNano * completionTokens;
}

/** What asking is done for, in billionths of the currency. */
export interface Worth {
  /** That a person need not look at a path. */
  readonly reviewNano: number;
  /** What a wrong value costs. */
  readonly errorNano: number;
}

/** Ten seconds of somebody's time; what goes wrong further on, and is found and mended there. */
export const usualWorth: Worth = { reviewNano: 50_000_000, errorNano: 500_000_000 };

export interface CloudQuestion {
  /** Stable over retries and crashes. */
  readonly key: string;
  readonly run: string;
  readonly workflow: string;
  /** The paths it is about, for the ledger. */
  readonly paths: readonly string[];
  /** The same for every question of a kind; a provider may bill it less. */
  readonly instruction: string;
  readonly text: string;
  /** JSON Schema of the answer, in the dialect every provider takes: objects with all keys required. */
  readonly schema: JsonObject;
  readonly answerTokensMax: number;
  readonly budget: CloudBudget;
  /** How long it may go on waiting for a provider that is down or busy, milliseconds from the first try. */
  readonly patienceMs: number;
}

/** The most that may be spent; absent: no limit of that kind. */
export interface CloudBudget {
  readonly document?: Spending;
  /** Of all documents of the workflow, a day (UTC). */
  readonly workflowDay?: Spending;
  /** Of all workflows, a day (UTC). */
  readonly day?: Spending;
  /** What happens to what no longer fits: a person looks at it, or it waits for the next day. */
  readonly whenOver: "review" | "wait";
}

export interface Spending {
  readonly tokens?: number;
  readonly costNano?: number;
}

export interface CloudAnswer {
  /** JSON that fits the schema. */
  readonly value: Json;
}

/** What was asked of a cloud model and what that took. */
export interface CloudUse {
  /** Requests that left, answered or not. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly bytesOut: number;
  /** In billionths of the currency of the price list. */
  readonly costNano: number;
}

export const noCloudUse: CloudUse = { calls: 0, promptTokens: 0, completionTokens: 0, bytesOut: 0, costNano: 0 };

export function addCloudUse(a: CloudUse, b: CloudUse): CloudUse {
  return {
    calls: a.calls + b.calls,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    bytesOut: a.bytesOut + b.bytesOut,
    costNano: a.costNano + b.costNano,
  };
}
