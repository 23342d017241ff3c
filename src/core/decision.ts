import type { Action } from "./action.ts";
import type { Span } from "./document.ts";
import type { Json } from "./json.ts";

/** Who proposed a value. Readers stand in tiers, cheapest first. */
export const readers = ["embedded", "rule", "learned", "slm", "cloud", "human"] as const;
export type Reader = (typeof readers)[number];

export type DecisionStatus = "accepted" | "review" | "rejected";

export interface Alternative {
  readonly value: Json;
  readonly confidence: number | null;
}

/** A labelled example that is like the document. */
export interface Similar {
  /** Its id. */
  readonly example: string;
  /** What was right there. */
  readonly value: Json;
  /** 0..1. */
  readonly similarity: number;
}

/** The best answer for one path of the output, accepted or not, and why we think so. */
export interface Decision {
  /** In printed form; null says that the document does not state it. */
  readonly value: Json;
  /** Calibrated probability that the value is right; null where nothing was calibrated. */
  readonly confidence: number | null;
  readonly status: DecisionStatus;
  readonly by: Reader;
  /** Empty where the value is not on the page (absent, computed, or typed by a person). */
  readonly source: readonly Span[];
  readonly alternatives: readonly Alternative[];
  /** Named signals in 0..1. */
  readonly evidence: Readonly<Record<string, number>>;
  /** What was learned from that is nearest to it, the nearest first. */
  readonly similar?: readonly Similar[] | undefined;
}

export type Decisions = Readonly<Record<string, Decision>>;

/** A reason why decisions may be wrong. Probability and rules meet in one list of these. */
export interface Doubt {
  /** Stable, e.g. `confidence.unproven`, `rule.sums`, `value.missing`, `read.incomplete`. */
  readonly code: string;
  /** The paths it falls on. A person settles it by deciding every one of them. */
  readonly paths: readonly string[];
  /** For a person, in plain words. */
  readonly message: string;
  /** The step that raised it. */
  readonly step: string;
}

/** The workflow's answer while it may still change, in plain JSON. */
export interface DraftData {
  readonly decisions: Decisions;
  readonly doubts: readonly Doubt[];
  /** Paths whose absence is an answer (nullable in the schema); they never hold a document back. */
  readonly optional: readonly string[];
  /** What agents of the workflow did, in order. */
  readonly actions?: readonly Action[];
}

export const emptyDraft: DraftData = { decisions: {}, doubts: [], optional: [] };

/** Replaces or adds decisions. */
export function amend(draft: DraftData, decisions: Decisions): DraftData {
  return { ...draft, decisions: { ...draft.decisions, ...decisions } };
}

/**
 * Raises a doubt once; the same doubt raised again by the same step changes nothing. What was
 * accepted by a machine on a doubted path goes back to review.
 */
export function raise(draft: DraftData, doubt: Doubt): DraftData {
  const known = draft.doubts.some(
    (other) => other.code === doubt.code && other.step === doubt.step && other.paths.join() === doubt.paths.join(),
  );
  const demoted = doubt.paths.flatMap((path): [string, Decision][] => {
    const decision = draft.decisions[path];
    if (decision?.status !== "accepted" || decision.by === "human") return [];
    return [[path, { ...decision, status: "review" }]];
  });
  return {
    ...draft,
    decisions: { ...draft.decisions, ...Object.fromEntries(demoted) },
    doubts: known ? draft.doubts : [...draft.doubts, doubt],
  };
}

/** Takes back what a step doubted before it doubts anew. */
export function withdraw(draft: DraftData, step: string): DraftData {
  return { ...draft, doubts: draft.doubts.filter((doubt) => doubt.step !== step) };
}

/**
 * The doubts that still hold the draft back: those not settled by a person's decision on every path
 * they fall on, plus every path that is neither accepted nor an absent optional one.
 */
export function openDoubts(draft: DraftData): readonly Doubt[] {
  const settled = (path: string) =>
    draft.decisions[path]?.by === "human" && draft.decisions[path].status === "accepted";
  const raised = draft.doubts.filter((doubt) => !doubt.paths.every(settled));
  const named = new Set(raised.flatMap((doubt) => doubt.paths));
  const unproven = Object.entries(draft.decisions)
    .filter(([path, decision]) => !named.has(path) && holdsBack(draft, path, decision))
    .map(([path, decision]): Doubt => missing(path, decision));
  return [...raised, ...unproven];
}

function holdsBack(draft: DraftData, path: string, decision: Decision): boolean {
  if (decision.status === "accepted") return false;
  return !(decision.value === null && draft.optional.includes(path));
}

function missing(path: string, decision: Decision): Doubt {
  return decision.value === null
    ? { code: "value.missing", paths: [path], message: `${path} was not found in the document`, step: "extract" }
    : { code: "confidence.unproven", paths: [path], message: `${path} is likely but not proven`, step: "extract" };
}
