import { type JsonObject, WeirError } from "../core/index.ts";
import {
  type CloudBudget,
  type Disclosure,
  type Spending,
  type Worth,
  disclosures,
  usualWorth,
} from "../ports/index.ts";

/** What a workflow says about asking a cloud model. Amounts of money are in the currency of the price list. */
export interface CloudOptions {
  /**
   * How much of a document may leave; default "surrogates": the lines that can answer, with stand-ins for
   * everything that may tell who it is about.
   */
  readonly disclose?: Disclosure;
  /** The most that may be used, tokens or money; default 20 000 tokens a document. */
  readonly budget?: {
    readonly document?: Limit;
    /** Of all documents of this workflow, a day (UTC). */
    readonly workflowDay?: Limit;
    /** Of all workflows together, a day (UTC). */
    readonly day?: Limit;
  };
  /** What becomes of a path the budget has nothing left for; default "review": a person looks. */
  readonly whenOver?: "review" | "wait";
  /** How long a document waits for a provider that is down or busy before a person looks; default 60 s. */
  readonly patienceMs?: number;
  /** What it is worth that a person need not look at a path, and what a wrong value costs. */
  readonly worth?: { readonly review?: number; readonly error?: number };
}

export interface Limit {
  readonly tokens?: number;
  readonly money?: number;
}

/** The same with everything said. */
export interface CloudPolicy {
  readonly disclose: Disclosure;
  readonly budget: CloudBudget;
  readonly patienceMs: number;
  readonly worth: Worth;
}

/** @throws WeirError `workflow.invalid` */
export function policyOf(options: CloudOptions): CloudPolicy {
  const { disclose = "surrogates", budget = {}, whenOver = "review", patienceMs = 60_000, worth = {} } = options;
  if (!disclosures.includes(disclose)) throw invalid(`disclose is one of ${disclosures.join(", ")}, not "${disclose}"`);
  if (whenOver !== "review" && whenOver !== "wait") throw invalid(`whenOver is review or wait, not "${whenOver}"`);
  if (!(patienceMs >= 0)) throw invalid("patienceMs is a number of milliseconds from 0");
  const policy: CloudPolicy = {
    disclose,
    budget: {
      document: spendingOf("budget.document", budget.document ?? { tokens: 20_000 }),
      ...(budget.workflowDay ? { workflowDay: spendingOf("budget.workflowDay", budget.workflowDay) } : {}),
      ...(budget.day ? { day: spendingOf("budget.day", budget.day) } : {}),
      whenOver,
    },
    patienceMs,
    worth: {
      reviewNano: nano("worth.review", worth.review ?? usualWorth.reviewNano / 1e9),
      errorNano: nano("worth.error", worth.error ?? usualWorth.errorNano / 1e9),
    },
  };
  return policy;
}

/** What the structural hash of a workflow covers. */
export function shapeOf({ disclose, budget, patienceMs, worth }: CloudPolicy): JsonObject {
  return { disclose, budget: JSON.parse(JSON.stringify(budget)) as JsonObject, patienceMs, worth: { ...worth } };
}

function spendingOf(name: string, { tokens, money }: Limit): Spending {
  if (tokens !== undefined && !(tokens >= 0)) throw invalid(`${name}.tokens is a number from 0`);
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(money === undefined ? {} : { costNano: nano(`${name}.money`, money) }),
  };
}

function nano(name: string, amount: number): number {
  if (!(amount >= 0)) throw invalid(`${name} is an amount from 0`);
  return Math.round(amount * 1e9);
}

function invalid(message: string): WeirError {
  return new WeirError("workflow.invalid", `cloud(…): ${message}.`, { hint: "docs/cloud.md shows what it takes." });
}
