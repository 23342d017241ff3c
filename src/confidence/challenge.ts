import { type Json, Money, sameValue } from "../core/index.ts";
import { type PageText, standsOn, wordOverlap } from "./grounding.ts";

/**
 * Checks what somebody else says about a document (a cloud model, an import, a tired person) against
 * what the engine itself makes of it. Raises doubts; proves nothing right.
 */

/** What the engine makes of one path. */
export interface Opinion {
  /**
   * Its values, likeliest first; probabilities among them, not calibrated. What they lack to one is left
   * for values that are not listed.
   */
  readonly ranked: readonly { readonly value: Json; readonly probability: number }[];
  /** Calibrated probability that the first one is right; null where nothing was calibrated: then no value is unlikely. */
  readonly confidence: number | null;
  /** Values of this type that the page prints (dates, amounts, numbers); null for free text. */
  readonly printed: readonly string[] | null;
}

/** The paths of a bill's sums, where the schema has them. */
export interface SumPaths {
  readonly net?: string;
  readonly tax?: string;
  readonly total?: string;
}

export interface Statement {
  /** What somebody says, by path, in printed form; null: not stated. */
  readonly claims: Readonly<Record<string, Json>>;
  /** What the engine makes of the same document. Paths it has no opinion about are only looked for on the page. */
  readonly opinions: Readonly<Record<string, Opinion>>;
  readonly page: PageText;
  readonly sums?: SumPaths;
}

export type ChallengeCode = "claim.not-on-page" | "claim.unlikely" | "claim.sum";

export interface Challenge {
  readonly code: ChallengeCode;
  readonly paths: readonly string[];
  /** For a person, in plain words. */
  readonly message: string;
}

/** Below this probability of being right a claim is doubted. */
export const unlikelyBelow = 0.01;

/** Doubts about what is claimed; empty when nothing speaks against it. */
export function challenge(statement: Statement, unlikely = unlikelyBelow): readonly Challenge[] {
  const doubts = Object.entries(statement.claims).flatMap(([path, value]): readonly Challenge[] => {
    const opinion = statement.opinions[path];
    if (!isPrinted(value, opinion, statement.page)) {
      if (isWorkedOut(path, statement)) return [];
      return [{ code: "claim.not-on-page", paths: [path], message: `${shown(value)} does not stand in the document` }];
    }
    const own = opinion?.ranked[0];
    if (opinion === undefined || own === undefined || opinion.confidence === null) return [];
    if (plausibility(value, opinion) >= unlikely) return [];
    const message = `${shown(own.value)} is much likelier than ${shown(value)}`;
    return [{ code: "claim.unlikely", paths: [path], message }];
  });
  return [...doubts, ...sumDoubts(statement)];
}

/**
 * Probability that a claim is right in the engine's eyes: the confidence in its own best value where
 * that is claimed, else the rest of it, shared out by the ranking. Text that is nearly one of the
 * values counts as that value.
 */
export function plausibility(value: Json, { ranked, confidence }: Opinion): number {
  const [best] = ranked;
  if (best === undefined) return value === null ? 1 : 0;
  const sure = confidence ?? best.probability;
  if (isNearly(value, best.value)) return sure;
  const rest = ranked.slice(1).filter((one) => isNearly(value, one.value));
  const mass = rest.length > 0 ? massOf(rest) : Math.max(0, 1 - massOf(ranked));
  const share = mass / Math.max(1e-9, 1 - best.probability);
  return (1 - sure) * Math.min(1, share);
}

const massOf = (some: Opinion["ranked"]) => some.reduce((sum, one) => sum + one.probability, 0);

const nearly = 0.75;

function isNearly(mine: Json, other: Json): boolean {
  if (sameValue(mine, other)) return true;
  if (typeof mine !== "string" || typeof other !== "string") return false;
  // Numbers, dates and codes are right or wrong; only words may be written a little otherwise.
  return /\p{L}{3}/u.test(mine) && wordOverlap(mine, other) >= nearly;
}

function isPrinted(value: Json, opinion: Opinion | undefined, page: PageText): boolean {
  if (value === null || typeof value === "boolean") return true;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const ranked = opinion?.ranked.some((one) => one.value !== null && sameValue(value, one.value)) === true;
  if (ranked || opinion?.printed?.some((one) => sameValue(text, one)) === true) return true;
  return opinion?.printed == null && standsOn(page, text);
}

/** A tax of nothing or a net amount is seldom printed: what follows from two printed sums needs no place of its own. */
function isWorkedOut(path: string, { claims, opinions, page, sums = {} }: Statement): boolean {
  const { net, tax, total } = sums;
  if (net === undefined || tax === undefined || total === undefined) return false;
  const parts = [net, tax, total];
  const [a, b, c] = parts.map((part) => moneyOf(claims[part]));
  if (!parts.includes(path) || !a || !b || !c || !a.plus(b).eq(c)) return false;
  return parts.every((part) => part === path || isPrinted(claims[part] ?? null, opinions[part], page));
}

/** As much as the rounding of several lines may come to. */
const roundingMax = Money.of("0.05");

/** Net and total the wrong way round, or sums that do not add up. */
function sumDoubts({ claims, sums = {}, opinions }: Statement): readonly Challenge[] {
  const amount = (path: string | undefined) => (path === undefined ? null : moneyOf(claims[path]));
  const [net, tax, total] = [amount(sums.net), amount(sums.tax), amount(sums.total)];
  const [netPath = "", taxPath = "", totalPath = ""] = [sums.net, sums.tax, sums.total];
  if (net !== null && total !== null && net.abs().cmp(total.abs()) > 0) {
    const message = `net ${net} is more than the total ${total}`;
    return [{ code: "claim.sum", paths: [netPath, totalPath], message }];
  }
  if (net === null || tax === null || total === null) return [];
  const gap = net.plus(tax).minus(total).abs();
  if (gap.cmp(roundingMax) <= 0 || ownSumsDiffer(opinions, sums)) return [];
  const message = `net ${net} and tax ${tax} do not make the total ${total}`;
  return [{ code: "claim.sum", paths: [netPath, taxPath, totalPath], message }];
}

/** Bills with discounts or deposits do not add up; where the engine reads it so too, that is no doubt. */
function ownSumsDiffer(opinions: Statement["opinions"], sums: SumPaths): boolean {
  const own = (path: string | undefined) => (path === undefined ? null : moneyOf(opinions[path]?.ranked[0]?.value));
  const [net, tax, total] = [own(sums.net), own(sums.tax), own(sums.total)];
  if (net === null || tax === null || total === null) return false;
  return net.plus(tax).minus(total).abs().cmp(roundingMax) > 0;
}

function moneyOf(value: Json | undefined): Money | null {
  return typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? Money.of(value) : null;
}

const shown = (value: Json) => (typeof value === "string" ? `"${value}"` : JSON.stringify(value));
